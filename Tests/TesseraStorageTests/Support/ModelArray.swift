import TesseraCore
import TesseraIO

@testable import TesseraStorage

/// An array in memory, in C order and native-endian, with the plainest code there is: what the stored forms are
/// compared with.
struct ModelArray: Equatable {
  var shape: [Int]
  var dtype: DType
  var bytes: [UInt8]

  var count: Int { shape.reduce(1, *) }

  init(shape: [Int], dtype: DType, bytes: [UInt8]) {
    self.shape = shape
    self.dtype = dtype
    self.bytes = bytes
  }

  /// Random bits, with stretches of zeros so that some chunks are nothing but the fill value.
  init(shape: [Int], dtype: DType, random: inout SeededGenerator) {
    let count = shape.reduce(dtype.itemSize, *)
    var bytes = [UInt8](repeating: 0, count: count)
    var position = 0
    while position < count {
      let end = min(count, position + Int.random(in: 1...max(1, count / 2), using: &random))
      if Int.random(in: 0..<4, using: &random) > 0 {
        bytes.withUnsafeMutableBytes { target in
          while position < end {
            var bits = random.next()
            let step = min(8, end - position)
            withUnsafeBytes(of: &bits) {
              target.baseAddress!.advanced(by: position).copyMemory(from: $0.baseAddress!, byteCount: step)
            }
            position += step
          }
        }
      }
      position = end
    }
    if dtype == .bool { for index in bytes.indices { bytes[index] &= 1 } }
    self.init(shape: shape, dtype: dtype, bytes: bytes)
  }

  /// Opens and reads everything at `path`.
  init(reading path: String) throws {
    try self.init(reading: StoredArray.open(path))
  }

  init(reading array: StoredArray, _ selection: Selection = .all, threads: Int? = nil) throws {
    shape = try selection.resolve(array.shape).resultShape.dimensions
    dtype = array.dtype
    bytes = [UInt8](repeating: 0xA5, count: shape.reduce(array.dtype.itemSize, *))
    try bytes.withUnsafeMutableBytes { try array.read(selection, into: $0, threads: threads) }
  }

  // MARK: Selecting, as Python does

  /// `range(length)[start:stop:step]`, position by position.
  private static func positions(_ item: Selection.Item, length: Int) -> [Int] {
    switch item {
    case .index(let index): return [index < 0 ? index + length : index]
    case .slice(let start, let stop, let step):
      let step = step ?? 1
      func bound(_ value: Int) -> Int {
        let value = value < 0 ? value + length : value
        return step > 0 ? min(max(value, 0), length) : min(max(value, -1), length - 1)
      }
      return Array(
        stride(
          from: start.map(bound) ?? (step > 0 ? 0 : length - 1),
          to: stop.map(bound) ?? (step > 0 ? length : -1),
          by: step))
    case .ellipsis, .newAxis: return Array(0..<length)
    }
  }

  /// One item per axis.
  func selecting(_ items: [Selection.Item]) -> ModelArray {
    let positions = zip(items, shape).map { ModelArray.positions($0, length: $1) }
    var result: [UInt8] = []
    let size = dtype.itemSize
    func gather(_ axis: Int, _ offset: Int) {
      if axis == shape.count {
        result.append(contentsOf: bytes[offset * size..<(offset + 1) * size])
        return
      }
      for position in positions[axis] { gather(axis + 1, offset * shape[axis] + position) }
    }
    if !positions.contains([]) { gather(0, 0) }
    let kept = zip(items, positions).compactMap { item, positions -> Int? in
      if case .index = item { nil } else { positions.count }
    }
    return ModelArray(shape: kept, dtype: dtype, bytes: result)
  }

  /// A selection with slices of every kind, that picks at most a few thousand elements of arrays of that shape.
  static func selection(_ shape: [Int], random: inout SeededGenerator) -> [Selection.Item] {
    var budget = 4000
    return shape.map { length in
      if length > 0, Int.random(in: 0..<5, using: &random) == 0 {
        return .index(Int.random(in: -length..<length, using: &random))
      }
      var step = [1, 1, 2, 3, 7, -1, -2, -5].randomElement(using: &random)!
      if length / abs(step) > budget { step *= length / budget + 1 }
      budget = max(1, budget / max(1, length / abs(step)))
      func bound() -> Int? {
        Bool.random(using: &random) ? nil : Int.random(in: -length - 2...length + 2, using: &random)
      }
      return .slice(start: bound(), stop: bound(), step: step)
    }
  }

  // MARK: Writing sources without the code under test

  /// A Zarr v3 array of one raw chunk; every dtype can be written like that.
  func writeRawZarr(_ path: String, attributes: String = "{}") throws {
    let chunk = shape.map { max($0, 1) }
    let endian = dtype.itemSize == 1 ? "" : #", "configuration": {"endian": "little"}"#
    let fill: String = dtype == .bool ? "false" : dtype.kind == .complex ? "[0.0, 0.0]" : "0"
    let metadata = """
      {"zarr_format": 3, "node_type": "array", "shape": \(shape), "data_type": "\(dtype.name)",
       "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": \(chunk)}},
       "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
       "fill_value": \(fill), "codecs": [{"name": "bytes"\(endian)}], "attributes": \(attributes)}
      """
    try Directory.make(path)
    try File(Path.join(path, "zarr.json"), .create).write(Array(metadata.utf8), at: 0)
    if count == 0 { return }
    let key = ["c"] + shape.map { _ in "0" }
    let file = Path.join(path, key.joined(separator: "/"))
    try Directory.make(Path.parent(file))
    try File(file, .create).write(bytes, at: 0)
  }

  /// A `.npy` file with a header of version 1, written by hand.
  func writeNpy(_ path: String) throws {
    let kind: String =
      switch dtype.kind {
      case .bool: "|b1"
      case .signed: "<i\(dtype.itemSize)"
      case .unsigned: "<u\(dtype.itemSize)"
      case .floating: "<f\(dtype.itemSize)"
      case .complex: "<c\(dtype.itemSize)"
      }
    let lengths = shape.map { "\($0)," }.joined(separator: " ")
    let dictionary = "{'descr': '\(kind)', 'fortran_order': False, 'shape': (\(lengths)), }\n"
    var file: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    file += [UInt8(dictionary.utf8.count), 0] + Array(dictionary.utf8) + bytes
    let target = try File(path, .create)
    try target.truncate(to: 0)
    try target.write(file, at: 0)
  }
}

extension ModelArray: CustomStringConvertible {
  var description: String { "\(dtype) \(shape), \(bytes.count) bytes from \(bytes.prefix(16))" }
}
