import Tessera
import TesseraCore
import TesseraStorage

/// A small array as JSON: `shape`, `dtype` and `data`, nested lists as NumPy's `tolist`.
///
/// NaN and infinities are strings; complex numbers are pairs of real and imaginary part.
enum ArrayJSON {
  private static let mostElements = 100_000

  /// Whether an array of that shape is small. Empty arrays may still be many lists, which count instead.
  static func holds(_ shape: Shape) -> Bool { count(shape) <= mostElements }

  private static func count(_ shape: Shape) -> Int {
    max(shape.count, shape.dimensions.prefix { $0 > 0 }.reduce(1, *))
  }

  /// - Throws: `.usage` for an array that is not small; as `StoredArray.read`.
  static func document(_ array: StoredArray) throws -> JSONValue {
    [
      "shape": JSONValue(array.shape.dimensions), "dtype": .string(array.dtype.name),
      "data": try data(array),
    ]
  }

  /// Nested lists, or one element of an array without axes.
  ///
  /// - Throws: as `document`.
  static func data(_ array: StoredArray) throws -> JSONValue {
    let shape = array.shape
    try requireFew(shape)
    var elements = try elements(array, Region(shape))[...]
    func value(_ axis: Int) -> JSONValue {
      if axis == shape.rank { return elements.removeFirst() }
      return .array((0..<shape[axis]).map { _ in value(axis + 1) })
    }
    return value(0)
  }

  /// - Throws: `.usage` for the shape of an array that is not small.
  static func requireFew(_ shape: Shape) throws {
    guard holds(shape) else {
      throw TesseraError(
        .usage, "too many elements for JSON (-o DST writes them)", expected: "at most \(mostElements)",
        got: "\(count(shape))")
    }
  }

  /// Some elements of an array with one axis.
  static func elements(_ array: StoredArray, _ range: Range<Int>) throws -> [JSONValue] {
    try elements(array, Region([range]))
  }

  private static func elements(_ array: StoredArray, _ region: Region) throws -> [JSONValue] {
    // Once: it is a copy of all that is known of the array.
    let dtype = array.dtype
    let size = dtype.itemSize
    let buffer = Buffer(count: region.count * size)
    let target = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<(region.count * size)])
    try array.read(region, into: target)
    return withExtendedLifetime(buffer) {
      (0..<region.count).map { number in
        element(UnsafeRawBufferPointer(rebasing: target[number * size..<(number + 1) * size]), dtype)
      }
    }
  }

  /// As metadata spells it, but for NaNs with a payload, which are just NaN here.
  private static func element(_ bytes: UnsafeRawBufferPointer, _ dtype: DType) -> JSONValue {
    func plain(_ value: JSONValue) -> JSONValue {
      if let parts = value.array { return .array(parts.map(plain)) }
      return value.string?.hasPrefix("0x") == true ? "NaN" : value
    }
    return plain(FillValue.json(bytes, dtype: dtype))
  }
}
