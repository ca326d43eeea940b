import TesseraCore

/// The elements of one array as text, each padded as NumPy pads it within that array.
enum ElementWords {
  static func words(_ dtype: DType, _ bytes: UnsafeRawBufferPointer) -> [String] {
    switch dtype.kind {
    case .bool:
      return bytes.map { $0 != 0 ? " True" : "False" }
    case .signed, .unsigned:
      return rightAligned(integers(dtype, bytes))
    case .floating:
      let values = floats(dtype, bytes)
      let column = FloatColumn(values)
      return values.map(column.text)
    case .complex:
      return complex(floats(dtype, bytes))
    }
  }

  /// A single element as NumPy's scalar of that dtype prints itself.
  static func scalar(_ dtype: DType, _ bytes: UnsafeRawBufferPointer) -> String {
    switch dtype.kind {
    case .bool: bytes[0] != 0 ? "True" : "False"
    case .signed, .unsigned: integers(dtype, bytes)[0]
    case .floating: ScalarText.real(floats(dtype, bytes)[0])
    case .complex: ScalarText.complex(floats(dtype, bytes)[0], floats(dtype, bytes)[1])
    }
  }

  private static func rightAligned(_ words: [String]) -> [String] {
    let width = words.lazy.map(\.utf8.count).max() ?? 0
    return words.map { String(repeating: " ", count: width - $0.utf8.count) + $0 }
  }

  /// Real and imaginary parts form a column each; `j` follows the last digit, not the padding.
  private static func complex(_ parts: [BinaryFloat]) -> [String] {
    let reals = stride(from: 0, to: parts.count, by: 2).map { parts[$0] }
    let imaginaries = stride(from: 1, to: parts.count, by: 2).map { parts[$0] }
    let realColumn = FloatColumn(reals)
    let imaginaryColumn = FloatColumn(imaginaries, plus: true)
    return zip(reals, imaginaries).map { real, imaginary in
      let text = imaginaryColumn.text(imaginary)
      let spaces = text.reversed().prefix { $0 == " " }
      return realColumn.text(real) + text.dropLast(spaces.count) + "j" + String(spaces)
    }
  }

  private static func integers(_ dtype: DType, _ bytes: UnsafeRawBufferPointer) -> [String] {
    func each<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) -> [String] {
      stride(from: 0, to: bytes.count, by: MemoryLayout<T>.size).map {
        String(bytes.loadUnaligned(fromByteOffset: $0, as: T.self))
      }
    }
    switch dtype {
    case .int8: return each(Int8.self)
    case .int16: return each(Int16.self)
    case .int32: return each(Int32.self)
    case .int64: return each(Int64.self)
    case .uint8: return each(UInt8.self)
    case .uint16: return each(UInt16.self)
    case .uint32: return each(UInt32.self)
    default: return each(UInt64.self)
    }
  }

  /// The floats of real elements, or real and imaginary parts in turn.
  private static func floats(_ dtype: DType, _ bytes: UnsafeRawBufferPointer) -> [BinaryFloat] {
    let format: FloatFormat
    switch dtype {
    case .float16: format = .float16
    case .bfloat16: format = .bfloat16
    case .float32, .complex64: format = .float32
    default: format = .float64
    }
    return stride(from: 0, to: bytes.count, by: format.byteCount).map { offset in
      let bits: UInt64
      switch format.byteCount {
      case 2: bits = UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
      case 4: bits = UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
      default: bits = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      }
      return BinaryFloat(bits: bits, format: format)
    }
  }
}
