package import TesseraCore

extension NpyHeader {
  /// NumPy's alignment of the elements, so that mapped arrays suit vector instructions.
  private static let alignment = 64
  /// Digits of 2^64 and one more: room for the axis that appending lengthens.
  private static let growthDigits = 21

  /// The header that NumPy 2 writes for such an array, to the byte.
  ///
  /// Version 1.0 always: the longest header, of 64 axes of 19 digits, is far below its 65,535 bytes.
  ///
  /// - Throws: for bfloat16, which `.npy` cannot hold.
  package static func bytes(
    dtype: DType, order: ByteOrder = .native, fortranOrder: Bool = false, shape: Shape
  ) throws -> [UInt8] {
    let literal = literal(descr: try NpyDescr.text(dtype, order), fortranOrder: fortranOrder, shape: shape)
    var room = 0
    if let growing = fortranOrder ? shape.dimensions.last : shape.dimensions.first {
      room = growthDigits - String(growing).utf8.count
    }
    return aligned(literal, room: room)
  }

  /// The header that NumPy 2 writes for one string of so many characters.
  static func bytes(textLength: Int) -> [UInt8] {
    aligned(literal(descr: "<U\(textLength)", fortranOrder: false, shape: Shape(known: [])), room: 0)
  }

  private static func aligned(_ literal: String, room: Int) -> [UInt8] {
    let used = 10 + literal.utf8.count + room + 1
    // NumPy adds a whole block of padding to a header that ends at a boundary already.
    return assembled(literal, version: 1, total: (used / alignment + 1) * alignment)
  }

  /// The header for another shape in exactly as many bytes as this one, to be written over it.
  ///
  /// - Returns: nil when the shape does not fit, or the dtype can only be described.
  package func rewritten(shape: Shape) -> [UInt8]? {
    guard let dtype, let descr = try? NpyDescr.text(dtype, order) else { return nil }
    let literal = NpyHeader.literal(descr: descr, fortranOrder: fortranOrder, shape: shape)
    let prefix = version == 1 ? 10 : 12
    guard prefix + literal.utf8.count + 1 <= dataOffset else { return nil }
    return NpyHeader.assembled(literal, version: version, total: dataOffset)
  }

  private static func literal(descr: String, fortranOrder: Bool, shape: Shape) -> String {
    "{'descr': '\(descr)', 'fortran_order': \(fortranOrder ? "True" : "False"), 'shape': \(shape), }"
  }

  private static func assembled(_ literal: String, version: UInt8, total: Int) -> [UInt8] {
    let lengthBytes = version == 1 ? 2 : 4
    let length = total - 8 - lengthBytes
    var bytes = magic + [version, 0]
    for index in 0..<lengthBytes { bytes.append(UInt8(truncatingIfNeeded: length >> (8 * index))) }
    bytes.append(contentsOf: literal.utf8)
    bytes.append(contentsOf: repeatElement(0x20, count: total - 1 - bytes.count))
    bytes.append(0x0A)
    return bytes
  }
}
