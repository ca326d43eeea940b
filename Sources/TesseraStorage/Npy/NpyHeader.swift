package import TesseraCore

// The .npy format, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
//
//   offset  size    what
//   0       6       \x93NUMPY
//   6       1       major version: 1, 2 or 3
//   7       1       minor version: 0
//   8       2 | 4   length of the rest of the header, little-endian: 2 bytes in version 1, 4 in 2 and 3
//   10 | 12 length  a Python dictionary literal with the keys descr, fortran_order and shape, padded with
//                   spaces and ended by \n; Latin-1 in versions 1 and 2, UTF-8 in 3
//   …               the elements, in C or Fortran order, at any alignment; what follows them is ignored

/// The header of a `.npy` file, and where its elements are.
package struct NpyHeader: Sendable, Hashable {
  /// nil for dtypes that can only be described; `descr` says what they are.
  package let dtype: DType?
  /// The type as NumPy spells it: `<f4`, or `[('x', '<f4'), ('y', '<i8')]` for structured arrays.
  package let descr: String
  package let order: ByteOrder
  package let fortranOrder: Bool
  package let shape: Shape
  /// Where the elements begin, in bytes from the start of the header.
  package let dataOffset: Int
  /// The major version: 1, 2 or 3.
  package let version: UInt8

  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  /// NumPy refuses headers over 10,000 bytes unless told otherwise; structured dtypes of hundreds of fields
  /// need more, and nothing real needs this much.
  package static let maximumByteCount = 64 << 10

  /// The dtype, for callers that need to compute with the elements.
  ///
  /// - Throws: what is the matter with a dtype that can only be described.
  package func supportedDType() throws -> DType {
    guard let dtype else { throw NpyDescr.refusal(descr) }
    return dtype
  }

  /// Bytes of all elements, `Int.max` when they are more; nil for dtypes that can only be described.
  package var bodyByteCount: Int? {
    guard let dtype else { return nil }
    let (bytes, overflow) = shape.count.multipliedReportingOverflow(by: dtype.itemSize)
    return overflow ? .max : bytes
  }
}
