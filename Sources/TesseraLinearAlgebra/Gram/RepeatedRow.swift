import TesseraCore
import TesseraKernels

/// A row that is subtracted from many, repeated so that one call of a kernel takes several of them.
struct RepeatedRow {
  /// float32 or float64: complex numbers are two.
  private let dtype: DType
  private let parts: Int
  private let length: Int
  private let copies: Int
  private let memory: Buffer

  private static let elements = 4096

  /// - Parameter dtype: of the rows.
  init(columns: Int, dtype: DType) {
    self.dtype = dtype.realPart
    parts = dtype.kind == .complex ? 2 : 1
    length = columns * parts
    copies = max(1, RepeatedRow.elements / max(1, length))
    memory = Buffer(count: RepeatedRow.bytes(columns: length, dtype: self.dtype))
  }

  /// - Parameters:
  ///   - columns: reals in a row.
  ///   - dtype: a real one.
  static func bytes(columns: Int, dtype: DType) -> Int {
    max(columns, elements).saturatingMultiply(dtype.itemSize)
  }

  /// Sets the row, rounded to the dtype.
  ///
  /// - Returns: the numbers as they were rounded.
  func set(_ values: [Double]) -> [Double] {
    precondition(values.count == length)
    let start = memory.bytes.baseAddress!
    let bytes = length * dtype.itemSize
    values.withUnsafeBytes { Cast.convert(length, from: .float64, $0.baseAddress!, to: dtype, start) }
    for copy in 1..<max(1, copies) { (start + copy * bytes).copyMemory(from: start, byteCount: bytes) }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: length) { rounded in
      Cast.convert(length, from: dtype, start, to: .float64, rounded.baseAddress!)
      return Array(rounded)
    }
  }

  /// Subtracts the row from `count` elements of consecutive rows, of which the first stands in column `column`.
  ///
  /// `target` may be `source`.
  func subtract(
    from source: UnsafeRawPointer, _ count: Int, at column: Int, into target: UnsafeMutableRawPointer
  ) throws {
    var place = column * parts
    var done = 0
    while done < count * parts {
      let step = min(count * parts - done, copies * length - place)
      let offset = done * dtype.itemSize
      try Elementwise.binary(
        .subtract, dtype, count: step, source + offset, isScalar: false,
        UnsafeRawPointer(memory.bytes.baseAddress!) + place * dtype.itemSize, isScalar: false,
        into: target + offset)
      done += step
      place = 0
    }
  }
}
