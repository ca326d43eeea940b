import Tessera
import TesseraCore
import TesseraStorage

/// A small array as JSON: `shape`, `dtype` and `data`, nested lists as NumPy's `tolist`.
///
/// NaN and infinities are strings; complex numbers are pairs of real and imaginary part.
enum ArrayJSON {
  private static let mostElements = 100_000

  /// - Throws: `.usage` for an array that is not small; as `StoredArray.read`.
  static func document(_ array: StoredArray) throws -> JSONValue {
    let shape = array.shape
    // Empty arrays may still be many lists.
    let lists = shape.dimensions.prefix { $0 > 0 }.reduce(1, *)
    guard max(shape.count, lists) <= mostElements else {
      throw TesseraError(
        .usage, "too many elements for JSON (-o DST writes them)", expected: "at most \(mostElements)",
        got: "\(max(shape.count, lists))")
    }
    let size = array.dtype.itemSize
    let buffer = Buffer(count: shape.count * size)
    let target = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<(shape.count * size)])
    try array.read(into: target)
    var next = 0
    func value(_ axis: Int) -> JSONValue {
      if axis < shape.rank { return .array((0..<shape[axis]).map { _ in value(axis + 1) }) }
      defer { next += size }
      return element(Array(target[next..<next + size]), array.dtype)
    }
    let data = withExtendedLifetime(buffer) { value(0) }
    return [
      "shape": JSONValue(shape.dimensions), "dtype": .string(array.dtype.name), "data": data,
    ]
  }

  /// As metadata spells it, but for NaNs with a payload, which are just NaN here.
  private static func element(_ bytes: [UInt8], _ dtype: DType) -> JSONValue {
    func plain(_ value: JSONValue) -> JSONValue {
      if let parts = value.array { return .array(parts.map(plain)) }
      return value.string?.hasPrefix("0x") == true ? "NaN" : value
    }
    return plain(FillValue.json(bytes, dtype: dtype))
  }
}
