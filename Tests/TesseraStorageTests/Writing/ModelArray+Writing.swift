import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

extension ModelArray {
  /// A box with random bits.
  static func values(_ region: Region, _ dtype: DType, random: inout SeededGenerator) -> ModelArray {
    ModelArray(shape: region.lengths, dtype: dtype, random: &random)
  }

  /// A box within an array of that shape; often one that reaches an edge, sometimes empty.
  static func region(_ shape: [Int], random: inout SeededGenerator) -> Region {
    Region(
      shape.map { length in
        let lower = Int.random(in: 0...length, using: &random)
        let upper =
          Bool.random(using: &random) ? length : Int.random(in: lower...length, using: &random)
        return Int.random(in: 0..<4, using: &random) == 0 ? 0..<length : lower..<upper
      })
  }

  /// Copies the box element by element.
  mutating func write(_ region: Region, _ values: ModelArray) {
    let size = dtype.itemSize
    var source = 0
    region.forEachIndex { index in
      let place = zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 } * size
      bytes.replaceSubrange(place..<place + size, with: values.bytes[source..<source + size])
      source += size
    }
  }

  /// What both shapes have is kept, the rest is `fill`.
  func resized(_ lengths: [Int], fill: [UInt8]? = nil) -> ModelArray {
    let fill = fill ?? [UInt8](repeating: 0, count: dtype.itemSize)
    let count = lengths.reduce(1, *)
    var result = ModelArray(shape: lengths, dtype: dtype, bytes: [])
    result.bytes.reserveCapacity(count * fill.count)
    for _ in 0..<count { result.bytes += fill }
    if bytes.isEmpty { return result }
    let common = Region(zip(lengths, shape).map { 0..<min($0, $1) })
    result.write(common, selecting(common.lengths.map { .slice(start: 0, stop: $0) }))
    return result
  }

  func appending(_ others: [ModelArray]) -> ModelArray {
    var result = self
    for other in others {
      result.shape[0] += other.shape[0]
      result.bytes += other.bytes
    }
    return result
  }

  func write(_ region: Region, to writer: ArrayWriter) throws {
    try bytes.withUnsafeBytes { try writer.write(region, from: $0) }
  }

  var whole: Region { Region(shape.map { 0..<$0 }) }

  /// Makes an array of these elements with a writer.
  func store(_ path: String, layout: ArrayLayout = .init(), attributes: JSONObject = .init()) throws {
    let writer = try ArrayWriter.create(
      path, shape: Shape(shape), dtype: dtype, layout: layout, attributes: attributes)
    try write(whole, to: writer)
    try writer.close()
  }
}

/// A layout that a writer can be asked for, or that other software makes: `edit` changes the metadata of the
/// empty array.
struct WrittenForm: Sendable, CustomStringConvertible {
  var name: String
  var suffix = "zarr"
  var layout: @Sendable ([Int]) -> ArrayLayout
  var edit: (@Sendable (inout JSONObject) -> Void)?

  var description: String { name }

  private static func chunks(_ shape: [Int]) -> [Int] { shape.map { max(1, ($0 + 3) / 4) } }
  private static func shards(_ shape: [Int]) -> [Int] { chunks(shape).enumerated().map { $1 * ($0 % 2 + 2) } }

  static let npy = WrittenForm(name: "npy", suffix: "npy") { _ in ArrayLayout() }

  static let zarr: [WrittenForm] = {
    var forms = [WrittenForm(name: "default layout") { _ in ArrayLayout() }]
    for codec in ArrayLayout.Codec.allCases {
      forms.append(
        WrittenForm(name: "v3 \(codec.rawValue), shards") {
          ArrayLayout(codec: codec, chunks: chunks($0), shards: .shape(shards($0)))
        })
      forms.append(
        WrittenForm(name: "v3 \(codec.rawValue), no shards") {
          ArrayLayout(codec: codec, chunks: chunks($0), shards: .none)
        })
      forms.append(
        WrittenForm(name: "v2 \(codec.rawValue)") {
          ArrayLayout(codec: codec, chunks: chunks($0), zarrFormat: 2)
        })
    }
    for codec in [ArrayLayout.Codec.none, .lz4] {
      forms.append(
        WrittenForm(name: "v3 \(codec.rawValue), shards, checksum") {
          ArrayLayout(codec: codec, chunks: chunks($0), shards: .shape(shards($0)), checksum: true)
        })
    }
    forms.append(
      WrittenForm(name: "v3 none, no shards, checksum") {
        ArrayLayout(chunks: chunks($0), shards: .none, checksum: true)
      })
    return forms + edited
  }()

  /// What Tessera does not write of itself.
  private static let edited: [WrittenForm] = [
    WrittenForm(name: "v3 big-endian transposed") {
      ArrayLayout(codec: .zstd, chunks: chunks($0), shards: .none)
    } edit: { document in
      let order = JSONValue(Array((0..<(document["shape"]?.array?.count ?? 0)).reversed()))
      let codecs = document["codecs"]?.array ?? []
      document["codecs"] = .array(
        [
          ["name": "transpose", "configuration": ["order": order]],
          ["name": "bytes", "configuration": ["endian": "big"]],
        ] + codecs.dropFirst())
    },
    WrittenForm(name: "v3 shards with the index first, no checksum") {
      ArrayLayout(codec: .lz4, chunks: chunks($0), shards: .shape(shards($0)))
    } edit: { document in
      guard var sharding = document["codecs"]?[0] else { return }
      sharding["configuration"]?["index_location"] = "start"
      sharding["configuration"]?["index_codecs"] = [["name": "bytes", "configuration": ["endian": "big"]]]
      document["codecs"] = .array([sharding])
    },
    WrittenForm(name: "v3 fill value 7, names of keys with dots") {
      ArrayLayout(chunks: chunks($0), shards: .shape(shards($0)))
    } edit: { document in
      document["fill_value"] = 7
      document["chunk_key_encoding"] = ["name": "v2", "configuration": ["separator": "."]]
    },
    WrittenForm(name: "v2 order F, big-endian, fill value 7, slashes") {
      ArrayLayout(codec: .gzip, chunks: chunks($0), zarrFormat: 2)
    } edit: { document in
      document["order"] = "F"
      document["dtype"] = .string(">" + (document["dtype"]?.string ?? "").dropFirst())
      document["fill_value"] = 7
      document["dimension_separator"] = "/"
    },
  ]

  /// Makes the array, every element the fill value, and opens it for writing.
  func create(_ path: String, _ shape: [Int], _ dtype: DType) throws -> ArrayWriter {
    let writer = try ArrayWriter.create(
      path, shape: Shape(shape), dtype: dtype, layout: suffix == "zarr" ? layout(shape) : ArrayLayout())
    guard let edit else { return writer }
    try writer.close()
    for name in ["zarr.json", ".zarray"] where try Directory.kind(Path.join(path, name)) != nil {
      let file = Path.join(path, name)
      var document = try #require(JSONValue(parsing: File.contents(file, limit: 1 << 20)).object)
      edit(&document)
      try File.replace(file, with: Array(JSONValue.object(document).text().utf8))
    }
    return try ArrayWriter.open(path)
  }

  /// The element that fills what was never written.
  func fill(_ dtype: DType) throws -> [UInt8] {
    try FillValue.bytes(name.contains("fill value 7") ? 7 : 0, dtype: dtype == .bool ? .uint8 : dtype)
  }
}

/// The files of a store that are neither metadata nor folders.
func chunkFiles(_ path: String) throws -> [String: [UInt8]] {
  (try snapshot(path) ?? [:]).filter { !["zarr.json", ".zarray", ".zattrs"].contains($0.key) }
}

/// What an interrupted run would have left, at any depth.
func leftovers(_ path: String) throws -> [String] {
  guard try Directory.kind(path, followLinks: false) == .directory else { return [] }
  return try Directory.names(path).flatMap { name in
    name.contains("tessera-partial") ? [name] : try leftovers(Path.join(path, name)).map { "\(name)/\($0)" }
  }
}
