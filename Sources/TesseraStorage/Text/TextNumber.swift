import TesseraCore

/// Numbers in text, as NumPy's `loadtxt` takes them for a dtype.
struct TextNumber: Sendable {
  let dtype: DType
  /// What they are parsed as, of eight bytes each.
  let wide: DType
  private let least: Int64
  private let most: UInt64

  /// - Throws: `.unsupported` for booleans and complex numbers.
  init(_ dtype: DType) throws {
    self.dtype = dtype
    let bits = UInt64(8 * dtype.itemSize)
    switch dtype.kind {
    case .floating: (wide, least, most) = (.float64, 0, 0)
    case .signed: (wide, least, most) = (.int64, -1 << Int64(bits - 1), UInt64.max >> (65 - bits))
    case .unsigned: (wide, least, most) = (.uint64, 0, UInt64.max >> (64 - bits))
    case .bool, .complex:
      throw TesseraError(
        .unsupported, "dtype of numbers in text", expected: "integers or floats", got: dtype.name)
    }
  }

  /// Parses a field.
  ///
  /// - Returns: false when it is no number of the dtype.
  func parse(
    _ bytes: UnsafeRawBufferPointer, _ field: Range<Int>, into target: UnsafeMutableRawPointer
  ) -> Bool {
    guard wide == .float64 else { return parseInteger(bytes, field, into: target) }
    // Quotes and fields of nothing are numbers of CSV.
    guard !field.isEmpty, bytes[field.lowerBound] != UInt8(ascii: "\""),
      let value = CSVParser.number(bytes[field])
    else { return false }
    target.storeBytes(of: value, as: Double.self)
    return true
  }

  private func parseInteger(
    _ bytes: UnsafeRawBufferPointer, _ field: Range<Int>, into target: UnsafeMutableRawPointer
  ) -> Bool {
    guard let first = bytes[field].first else { return false }
    let isNegative = first == UInt8(ascii: "-")
    let digits = isNegative || first == UInt8(ascii: "+") ? field.dropFirst() : field
    guard !digits.isEmpty, wide == .int64 || !isNegative else { return false }
    var magnitude: UInt64 = 0
    for byte in bytes[digits] {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return false }
      let (tens, tooLarge) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, isOver) = tens.addingReportingOverflow(UInt64(digit))
      guard !tooLarge, !isOver else { return false }
      magnitude = sum
    }
    guard magnitude <= (isNegative ? least.magnitude : most) else { return false }
    target.storeBytes(of: isNegative ? 0 &- magnitude : magnitude, as: UInt64.self)
    return true
  }
}
