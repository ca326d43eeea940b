import TesseraIO
import TesseraStorage

/// A folder of its own, removed with the object, and stores that no writer would make.
final class RegressionFolder: Sendable {
  let path: String

  init(_ name: String = #function) throws {
    let safe = name.prefix { $0.isLetter || $0.isNumber }
    path = "/tmp/tessera-regressions-\(safe)-\(UInt64.random(in: 0 ... .max))"
    try Directory.make(path)
  }

  deinit { try? Directory.remove(path) }

  func at(_ name: String) -> String { Path.join(path, name) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Directory.make(Path.parent(at(name)))
    try File.replace(at(name), with: bytes)
    return at(name)
  }

  func read(_ name: String) throws -> [UInt8] { try File.contents(at(name), limit: 1 << 30) }

  /// A v3 array with that metadata; `codecs` is JSON text.
  func store(
    _ name: String, shape: [Int], chunk: [Int], dtype: String = "float32", fill: String = "0",
    codecs: String = RegressionFolder.bytes, attributes: String = "{}", files: [String: [UInt8]] = [:]
  ) throws -> String {
    let json = """
      {"zarr_format":3,"node_type":"array","shape":\(shape),"data_type":"\(dtype)",
       "chunk_grid":{"name":"regular","configuration":{"chunk_shape":\(chunk)}},
       "chunk_key_encoding":{"name":"default","configuration":{"separator":"/"}},
       "fill_value":\(fill),"codecs":[\(codecs)],"attributes":\(attributes)}
      """
    try write("\(name)/zarr.json", Array(json.utf8))
    for (key, bytes) in files { try write("\(name)/\(key)", bytes) }
    return at(name)
  }

  static let bytes = #"{"name":"bytes","configuration":{"endian":"little"}}"#
  static let gzip = #"{"name":"gzip","configuration":{"level":1}}"#

  /// The sharding codec around `codecs`, its index at the end without a checksum.
  static func sharding(_ chunk: [Int], _ codecs: String = bytes, location: String = "end") -> String {
    #"{"name":"sharding_indexed","configuration":{"chunk_shape":\#(chunk),"codecs":[\#(codecs)],"#
      + #""index_codecs":[\#(bytes)],"index_location":"\#(location)"}}"#
  }
}

/// The bytes of an index entry.
func entry(_ offset: UInt64, _ size: UInt64) -> [UInt8] {
  [offset, size].flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
}
