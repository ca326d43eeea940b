// Zarr v3 array metadata: `zarr.json`.
// https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#array-metadata

import TesseraCodecs
import TesseraCore

extension ZarrMetadata {
  private static let knownFields: Set<String> = [
    "zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value",
    "codecs", "attributes", "storage_transformers", "dimension_names", "consolidated_metadata",
  ]

  /// Reads the metadata of a v3 array.
  ///
  /// - Throws: `.corrupt` for what the specification forbids; `.unsupported` for extensions that must be
  ///   understood and are not.
  package init(v3 document: JSONObject) throws {
    for (key, value) in document where !ZarrMetadata.knownFields.contains(key) {
      guard value["must_understand"] == .bool(false) else {
        throw TesseraError(.unsupported, "unknown field '\(key)' in zarr.json")
      }
    }
    if let transformers = document["storage_transformers"], transformers.array?.isEmpty != true {
      throw TesseraError(
        .unsupported, "storage_transformers are not supported: \(transformers.text().prefix(60))")
    }
    let shape = try Shape(stored: field("shape", in: document) { $0.ints })
    let grid = try NamedConfiguration(field("chunk_grid", in: document) { $0 }, field: "chunk_grid")
    guard grid.name == "regular" else {
      throw TesseraError(.unsupported, "chunk grid", expected: "regular", got: grid.name)
    }
    let fileShape = try field("chunk_shape", in: grid.configuration) { $0.ints }
    _ = try ChunkGrid(shape: shape, chunkShape: fileShape)

    let (dtype, dtypeName) = try ZarrMetadata.dtype(v3: document["data_type"])
    let fillValue = document["fill_value"] ?? .null
    let codecs = try field("codecs", in: document) { $0.array }
    let elementSize = dtype?.itemSize ?? 1
    var names: [String] = []
    var pipeline = ChunkPipeline()
    if dtype == nil {
      // Described only; codecs may depend on the type.
      names = try codecs.map { try NamedConfiguration($0, field: "codecs").name }
    } else {
      pipeline = try ChunkPipeline(v3: codecs, shape: fileShape, elementSize: elementSize, names: &names)
    }
    self.init(
      version: 3, shape: shape, dtype: dtype, dtypeName: dtypeName,
      fill: try dtype.map { try FillValue.bytes(fillValue, dtype: $0) } ?? [], fillValue: fillValue,
      fileShape: fileShape, keys: try ChunkKeys(v3: document["chunk_key_encoding"]), pipeline: pipeline,
      codec: ZarrMetadata.label(names), attributes: try ZarrMetadata.attributes(document["attributes"]),
      dimensionNames: try ZarrMetadata.dimensionNames(document["dimension_names"], rank: shape.rank),
      document: document)
    try requireHandyChunks()
  }

  private static func dtype(v3 value: JSONValue?) throws -> (DType?, String) {
    switch value {
    case .string(let name): return (DType(name: name), name)
    case .object(let extended):
      // Since v3.1 a name alone may be written as an object too.
      guard let name = extended["name"]?.string else { break }
      let isPlain = extended["configuration"]?.object?.isEmpty ?? true
      return (isPlain ? DType(name: name) : nil, isPlain ? name : JSONValue.object(extended).text())
    default: break
    }
    throw TesseraError(.corrupt, "data_type", expected: "a name", got: value?.text() ?? "nothing")
  }

  static func attributes(_ value: JSONValue?) throws -> JSONObject {
    guard let value else { return JSONObject() }
    guard let object = value.object else {
      throw TesseraError(.corrupt, "attributes", expected: "an object", got: value.kindName)
    }
    return object
  }

  private static func dimensionNames(_ value: JSONValue?, rank: Int) throws -> [String?]? {
    guard let value, !value.isNull else { return nil }
    guard let names = value.array, names.count == rank, names.allSatisfy({ $0.isNull || $0.string != nil })
    else {
      throw TesseraError(
        .corrupt, "dimension_names", expected: "a name or null for each of \(rank) axes",
        got: String(value.text().prefix(60)))
    }
    return names.map { $0.string }
  }

  /// How people call a list of codecs: `none`, `lz4`, `zstd+crc32c`.
  static func label(_ names: [String]) -> String {
    let shown = names.filter { $0 != "bytes" && $0 != "sharding_indexed" }
    return shown.isEmpty ? "none" : shown.joined(separator: "+")
  }
}

extension ChunkKeys {
  fileprivate init(v3 value: JSONValue?) throws {
    guard let value else { throw TesseraError(.corrupt, "zarr.json has no field 'chunk_key_encoding'") }
    let named = try NamedConfiguration(value, field: "chunk_key_encoding")
    let separator = named.configuration["separator"]?.string
    guard separator == nil || separator == "/" || separator == "." else {
      throw TesseraError(.corrupt, "chunk key separator", expected: "'/' or '.'", got: "'\(separator ?? "")'")
    }
    switch named.name {
    case "default": self.init(.standard, separator: separator == "." ? "." : "/")
    case "v2": self.init(.v2, separator: separator == "/" ? "/" : ".")
    default:
      throw TesseraError(.unsupported, "chunk key encoding", expected: "default or v2", got: named.name)
    }
  }
}

/// `{"name": …, "configuration": {…}}`, or the name alone as a string.
struct NamedConfiguration {
  var name: String
  var configuration: JSONObject

  init(_ value: JSONValue, field: String) throws {
    if let name = value.string {
      self.name = name
      configuration = JSONObject()
      return
    }
    guard let object = value.object, let name = object["name"]?.string else {
      throw TesseraError(
        .corrupt, field, expected: "an object with a name", got: String(value.text().prefix(60)))
    }
    self.name = name
    guard let configuration = object["configuration"] else {
      self.configuration = JSONObject()
      return
    }
    guard let object = configuration.object else {
      throw TesseraError(
        .corrupt, "\(field) '\(name)': configuration", expected: "an object", got: configuration.kindName)
    }
    self.configuration = object
  }
}

/// A required field of a metadata document, converted by `body`.
func field<Value>(_ name: String, in document: JSONObject, _ body: (JSONValue) -> Value?) throws -> Value {
  guard let value = document[name] else { throw TesseraError(.corrupt, "metadata has no field '\(name)'") }
  guard let converted = body(value) else {
    throw TesseraError(
      .corrupt, "metadata field '\(name)' is not valid", got: String(value.text().prefix(60)))
  }
  return converted
}
