// Fill values in Zarr metadata.
//
// Zarr v3 core, "Fill value list": booleans, integers, floats as numbers or "NaN", "Infinity",
// "-Infinity" or the bits in hexadecimal ("0x7fc00000"), complex numbers as pairs of those. Zarr v2 has
// the same, without hexadecimal, and null for "undefined", which is read as zero here as elsewhere.
// https://zarr-specs.readthedocs.io/en/latest/v3/data-types/index.html#fill-value

package import TesseraCore

package enum FillValue {
  /// The native-endian bytes of one element.
  package static func bytes(_ value: JSONValue, dtype: DType) throws -> [UInt8] {
    if value.isNull { return [UInt8](repeating: 0, count: dtype.itemSize) }
    switch dtype.kind {
    case .bool: return [try boolean(value) ? 1 : 0]
    case .signed, .unsigned: return try integer(value, dtype)
    case .floating: return try float(value, dtype)
    case .complex:
      let part: DType = dtype == .complex64 ? .float32 : .float64
      guard let pair = value.array else { return try float(value, part) + float(0, part) }
      guard pair.count == 2 else { throw invalid(value, dtype) }
      return try float(pair[0], part) + float(pair[1], part)
    }
  }

  /// How metadata spells one element; the inverse of `bytes`.
  package static func json(_ bytes: [UInt8], dtype: DType) -> JSONValue {
    bytes.withUnsafeBytes { json($0, dtype: dtype) }
  }

  package static func json(_ raw: UnsafeRawBufferPointer, dtype: DType) -> JSONValue {
    switch dtype {
    case .bool: .bool(raw[0] != 0)
    case .int8: JSONValue(raw.loadUnaligned(as: Int8.self))
    case .int16: JSONValue(raw.loadUnaligned(as: Int16.self))
    case .int32: JSONValue(raw.loadUnaligned(as: Int32.self))
    case .int64: JSONValue(raw.loadUnaligned(as: Int64.self))
    case .uint8: JSONValue(raw[0])
    case .uint16: JSONValue(raw.loadUnaligned(as: UInt16.self))
    case .uint32: JSONValue(raw.loadUnaligned(as: UInt32.self))
    case .uint64: JSONValue(raw.loadUnaligned(as: UInt64.self))
    case .float16, .bfloat16, .float32, .float64: json(float: raw, dtype)
    case .complex64, .complex128:
      .array(
        [0, raw.count / 2].map { start in
          let part = UnsafeRawBufferPointer(rebasing: raw[start..<start + raw.count / 2])
          return json(float: part, dtype == .complex64 ? .float32 : .float64)
        })
    }
  }

  private static func boolean(_ value: JSONValue) throws -> Bool {
    if let flag = value.bool { return flag }
    guard let number = value.int, number == 0 || number == 1 else { throw invalid(value, .bool) }
    return number == 1
  }

  private static func integer(_ value: JSONValue, _ dtype: DType) throws -> [UInt8] {
    let bits = dtype.itemSize * 8
    let pattern: UInt64
    if let number = value.int ?? value.double.flatMap({ Int(exactly: $0) }) {
      let lowest = dtype.kind == .signed ? Int.min >> (64 - bits) : 0
      let fits =
        dtype.kind == .signed
        ? number >= lowest && number <= ~lowest
        : number >= 0 && (bits == 64 || number >> bits == 0)
      guard fits else { throw invalid(value, dtype) }
      pattern = UInt64(bitPattern: Int64(number))
    } else if let number = value.uint64, dtype == .uint64 {
      pattern = number
    } else {
      throw invalid(value, dtype)
    }
    return native(pattern, count: dtype.itemSize)
  }

  private static func float(_ value: JSONValue, _ dtype: DType) throws -> [UInt8] {
    let number: Double
    switch value {
    case .string("NaN"): number = .nan
    case .string("Infinity"): number = .infinity
    case .string("-Infinity"): number = -.infinity
    case .string(let text) where text.hasPrefix("0x"):
      guard text.utf8.count == 2 + 2 * dtype.itemSize, let bits = UInt64(text.dropFirst(2), radix: 16)
      else { throw invalid(value, dtype) }
      return native(bits, count: dtype.itemSize)
    default:
      guard let parsed = value.double else { throw invalid(value, dtype) }
      number = parsed
    }
    switch dtype {
    case .float16: return native(UInt64(Float16(number).bitPattern), count: 2)
    case .bfloat16: return native(UInt64(BFloat16(Float(number)).bitPattern), count: 2)
    case .float32: return native(UInt64(Float(number).bitPattern), count: 4)
    default: return native(number.bitPattern, count: 8)
    }
  }

  private static func json(float raw: UnsafeRawBufferPointer, _ dtype: DType) -> JSONValue {
    let value: Double
    let canonicalNaN: UInt64
    let bits: UInt64
    switch dtype {
    case .float16:
      bits = UInt64(raw.loadUnaligned(as: UInt16.self))
      (value, canonicalNaN) = (Double(Float16(bitPattern: UInt16(bits))), 0x7E00)
    case .bfloat16:
      bits = UInt64(raw.loadUnaligned(as: UInt16.self))
      (value, canonicalNaN) = (Double(BFloat16(bitPattern: UInt16(bits)).float), 0x7FC0)
    case .float32:
      bits = UInt64(raw.loadUnaligned(as: UInt32.self))
      (value, canonicalNaN) = (Double(Float(bitPattern: UInt32(bits))), 0x7FC0_0000)
    default:
      bits = raw.loadUnaligned(as: UInt64.self)
      (value, canonicalNaN) = (Double(bitPattern: bits), 0x7FF8_0000_0000_0000)
    }
    if value.isNaN {
      if bits == canonicalNaN { return "NaN" }
      let digits = String(bits, radix: 16)
      return .string("0x" + String(repeating: "0", count: 2 * dtype.itemSize - digits.count) + digits)
    }
    if value.isInfinite { return value > 0 ? "Infinity" : "-Infinity" }
    return JSONValue(value)
  }

  private static func native(_ pattern: UInt64, count: Int) -> [UInt8] {
    withUnsafeBytes(of: pattern.littleEndian) { little in
      let bytes = Array(little[..<count])
      return ByteOrder.native == .little ? bytes : bytes.reversed()
    }
  }

  private static func invalid(_ value: JSONValue, _ dtype: DType) -> TesseraError {
    TesseraError(.corrupt, "fill value", expected: "a \(dtype)", got: String(value.text().prefix(60)))
  }
}
