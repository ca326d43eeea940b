import TesseraCore
import TesseraIO

/// The metadata files of Zarr arrays and groups.
package enum ZarrStore {
  package enum Node: Sendable {
    case array(ZarrMetadata)
    case group(ZarrGroup)
  }

  /// The names of all of them, in either format.
  static let documents = groupDocuments.union([".zarray"])
  /// The names of those that a group has.
  static let groupDocuments: Set = ["zarr.json", ".zgroup", ".zattrs", ".zmetadata"]

  /// Metadata files larger than this are refused; consolidated ones of 10,000 arrays have some MiB.
  private static let maximumMetadataBytes = 64 << 20

  /// What is stored in a folder.
  ///
  /// - Throws: `.corrupt` when it holds no Zarr metadata or metadata that is not valid.
  package static func open(_ folder: String) throws -> Node {
    if let document = try document(folder, "zarr.json") {
      return try naming(Path.join(folder, "zarr.json")) { try node(v3: document) }
    }
    if let document = try document(folder, ".zarray") {
      return try naming(Path.join(folder, ".zarray")) {
        try requireFormat(2, document)
        let attributes = try self.document(folder, ".zattrs") ?? JSONObject()
        return .array(try ZarrMetadata(v2: document, attributes: attributes))
      }
    }
    if let document = try document(folder, ".zgroup") {
      return try naming(Path.join(folder, ".zgroup")) {
        try requireFormat(2, document)
        let consolidated = try self.document(folder, ".zmetadata") ?? JSONObject()
        return .group(
          ZarrGroup(
            version: 2, attributes: try self.document(folder, ".zattrs") ?? JSONObject(),
            consolidated: ZarrGroup.consolidated(v2: consolidated),
            consolidatedGroups: ZarrGroup.consolidatedGroups(v2: consolidated)))
      }
    }
    throw TesseraError(
      .corrupt, "not a Zarr store", path: folder, expected: "zarr.json, .zarray or .zgroup in the folder",
      got: "none")
  }

  /// Whether a folder holds Zarr metadata.
  package static func isStore(_ folder: String) throws -> Bool {
    try ["zarr.json", ".zarray", ".zgroup"].contains { try Directory.kind(Path.join(folder, $0)) == .file }
  }

  /// What a group says of itself, without the members that its document may list; nothing where no group is.
  static func attributes(ofGroup folder: String) throws -> JSONObject {
    if let document = try document(folder, "zarr.json", omitting: ZarrGroup.membersPath) {
      guard document["node_type"] == "group" else { return JSONObject() }
      return try naming(Path.join(folder, "zarr.json")) {
        try ZarrMetadata.attributes(document["attributes"])
      }
    }
    guard try Directory.kind(Path.join(folder, ".zgroup")) == .file else { return JSONObject() }
    return try document(folder, ".zattrs") ?? JSONObject()
  }

  /// The format of the store in a folder, by its documents, without the members that a group's may list; nil when the
  /// folder is no store.
  static func kind(of folder: String) throws -> (format: Int, isArray: Bool)? {
    if let document = try document(folder, "zarr.json", omitting: ZarrGroup.membersPath),
      document["zarr_format"]?.int == 3
    {
      return (3, document["node_type"] == "array")
    }
    if try Directory.kind(Path.join(folder, ".zarray")) == .file { return (2, true) }
    return try Directory.kind(Path.join(folder, ".zgroup")) == .file ? (2, false) : nil
  }

  private static func node(v3 document: JSONObject) throws -> Node {
    try requireFormat(3, document)
    switch document["node_type"]?.string {
    case "array": return .array(try ZarrMetadata(v3: document))
    case "group":
      return .group(
        ZarrGroup(
          version: 3, attributes: try ZarrMetadata.attributes(document["attributes"]),
          consolidated: ZarrGroup.consolidated(v3: document),
          consolidatedGroups: ZarrGroup.consolidatedGroups(v3: document)))
    default:
      throw TesseraError(
        .corrupt, "node_type", expected: "array or group", got: document["node_type"]?.text() ?? "nothing")
    }
  }

  private static func requireFormat(_ format: Int, _ document: JSONObject) throws {
    guard document["zarr_format"]?.int == format else {
      throw TesseraError(
        .corrupt, "zarr_format", expected: "\(format)", got: document["zarr_format"]?.text() ?? "nothing")
    }
  }

  /// - Parameter path: keys that lead to an object that is not needed, and may be very large; it is read as null.
  static func document(_ folder: String, _ name: String, omitting path: [String] = []) throws -> JSONObject? {
    let place = Path.join(folder, name)
    guard let file = try file(folder, name, place) else { return nil }
    return try naming(place) {
      let value = try JSONValue(parsing: try file.contents(limit: maximumMetadataBytes), omitting: path)
      guard let object = value.object else {
        throw TesseraError(.corrupt, "metadata", expected: "a JSON object", got: value.kindName)
      }
      return object
    }
  }

  private static func file(_ folder: String, _ name: String, _ path: String) throws -> File? {
    switch try Directory.kind(path, followLinks: false) {
    case nil, .directory: return nil
    case .file: return try File(path)
    case .other: return try StoreFolder(folder).link(name)
    }
  }

  /// Writes an array's metadata, replacing what is there in one step.
  package static func write(_ metadata: ZarrMetadata, to folder: String) throws {
    if metadata.version == 3 {
      var document = metadata.document
      document["attributes"] = .object(metadata.attributes)
      try File.replace(Path.join(folder, "zarr.json"), with: bytes(document))
    } else {
      let attributes = Path.join(folder, ".zattrs")
      if !metadata.attributes.isEmpty {
        try File.replace(attributes, with: bytes(metadata.attributes))
      } else if try Directory.kind(attributes) != nil {
        try Directory.remove(attributes)
      }
      // Last: it is what makes the folder an array.
      try File.replace(Path.join(folder, ".zarray"), with: bytes(metadata.document))
    }
  }

  /// A document's text.
  ///
  /// - Throws: `.unsupported` for what could not be read again.
  static func bytes(_ object: JSONObject) throws -> [UInt8] {
    if let bytes = readableBytes(object) { return bytes }
    let limits = JSONLimits()
    throw TesseraError(
      .unsupported, "metadata is too large to be read again",
      expected: "at most \(limits.bytes) bytes, \(limits.values) values and \(limits.depth) levels",
      got: "more")
  }

  /// A document's text; nil when it could not be read again.
  static func readableBytes(_ object: JSONObject) -> [UInt8]? {
    var writer = JSONWriter(isPretty: true)
    writer.write(object)
    return readable(writer)
  }

  /// The same of a document in which the value at `path` is an object whose members `body` writes. It need not go on when
  /// `requireReadable` throws.
  static func readableBytes(
    _ object: JSONObject, membersAt path: [String], _ body: (inout JSONWriter) throws -> Void
  ) throws -> [UInt8]? {
    var writer = JSONWriter(isPretty: true)
    do {
      try writer.write(object, at: path[...]) { try $0.object(body) }
    } catch is Unreadable {
      return nil
    }
    return readable(writer)
  }

  private struct Unreadable: Error {}

  static func requireReadable(_ writer: JSONWriter) throws {
    guard JSONLimits().allow(writer) else { throw Unreadable() }
  }

  private static func readable(_ writer: JSONWriter) -> [UInt8]? {
    JSONLimits().allow(writer) ? writer.bytes + [0x0A] : nil
  }
}
