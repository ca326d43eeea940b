import TesseraCore

/// One stored float: its bits, its value, and its place among all floats of its dtype.
struct FloatingBits {
  let bits: UInt64
  let value: Double
  /// Neighbouring floats have neighbouring keys; both zeros have 0.
  let key: Int
  let isNegative: Bool
  let epsilon: Double

  init(_ dtype: DType, _ bytes: [UInt8], at offset: Int) {
    let width = dtype.itemSize * 8
    bits = (0..<dtype.itemSize).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (8 * $1) }
    let magnitude = Int(bits & (1 << (width - 1) &- 1))
    isNegative = bits >> (width - 1) == 1
    key = isNegative ? -magnitude : magnitude
    switch dtype {
    case .float16: (value, epsilon) = (Double(Float16(bitPattern: UInt16(bits))), 0x1p-10)
    case .bfloat16: (value, epsilon) = (Double(BFloat16(bitPattern: UInt16(bits)).float), 0x1p-7)
    case .float32: (value, epsilon) = (Double(Float(bitPattern: UInt32(bits))), 0x1p-23)
    default: (value, epsilon) = (Double(bitPattern: bits), 0x1p-52)
    }
  }
}
