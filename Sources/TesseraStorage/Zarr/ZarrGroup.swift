import TesseraCore
import TesseraIO

/// A Zarr group: attributes, and arrays and groups in folders below it.
package struct ZarrGroup: Sendable {
  package var version: Int
  package var attributes: JSONObject
  /// The metadata of everything below, when the group carries it; nil when it must be looked for.
  package var consolidated: [(path: String, metadata: ZarrMetadata)]?
  /// The paths of the groups below, from where that metadata is.
  var consolidatedGroups: [String] = []

  /// The arrays in and below the group, with their paths within it.
  package func arrays(in folder: String) throws -> [(path: String, metadata: ZarrMetadata)] {
    if let consolidated {
      // Unlike the folders that are found, these are named by a document that may name anything.
      let store = try StoreFolder(folder)
      for (path, _) in consolidated { try store.check(path) }
      return consolidated
    }
    return try ZarrGroup.members(in: folder).compactMap { path in
      guard case .array(let metadata) = try ZarrStore.open(Path.join(folder, path)) else { return nil }
      return (path, metadata)
    }
  }

  /// The paths of the groups below the group. Where it carries the metadata of everything below, those around arrays may
  /// be missing.
  func groups(in folder: String) throws -> [String] {
    if consolidated != nil { return consolidatedGroups }
    return try ZarrGroup.members(in: folder).filter { path in
      try ZarrStore.kind(of: Path.join(folder, path))?.isArray == false
    }
  }

  /// The paths of all arrays and groups below a group's folder, whether their metadata is valid or not.
  package static func members(in folder: String) throws -> [String] {
    var found: [String] = []
    try walk(folder, prefix: "", depth: 0) { found.append($0) }
    return found
  }

  private static func walk(_ folder: String, prefix: String, depth: Int, _ body: (String) throws -> Void)
    throws
  {
    guard depth < maximumDepth else { return }
    for name in try Directory.names(folder) where !name.hasPrefix(".") {
      let child = Path.join(folder, name)
      // Links are not followed: they may lead outside, or round and round.
      guard try Directory.kind(child, followLinks: false) == .directory, try ZarrStore.isStore(child) else {
        continue
      }
      let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
      try body(path)
      if case .group? = try? ZarrStore.open(child) { try walk(child, prefix: path, depth: depth + 1, body) }
    }
  }

  /// Arrays and groups deeper than this are not looked for.
  static let maximumDepth = 32

  // MARK: Consolidated metadata

  /// zarr-python's form: `consolidated_metadata.metadata` of the group's `zarr.json`, by path.
  ///
  /// - Returns: nil when there is none, or it is not understood: it is a cache of what the folders say.
  static func consolidated(v3 document: JSONObject) -> [(path: String, metadata: ZarrMetadata)]? {
    guard let members = document["consolidated_metadata"]?["metadata"]?.object else { return nil }
    var found: [(path: String, metadata: ZarrMetadata)] = []
    for (path, value) in members where value["node_type"] == "array" {
      guard isInside(path), let object = value.object, let metadata = try? ZarrMetadata(v3: object) else {
        return nil
      }
      found.append((path, metadata))
    }
    return found.sorted { $0.path < $1.path }
  }

  /// `.zmetadata`: documents by their path, `name/.zarray` and `name/.zattrs`.
  static func consolidated(v2 document: JSONObject) -> [(path: String, metadata: ZarrMetadata)]? {
    guard let members = document["metadata"]?.object else { return nil }
    var found: [(path: String, metadata: ZarrMetadata)] = []
    for (key, value) in members where key.hasSuffix("/.zarray") {
      let path = String(key.dropLast("/.zarray".count))
      guard isInside(path), let object = value.object,
        let metadata = try? ZarrMetadata(
          v2: object, attributes: members[path + "/.zattrs"]?.object ?? JSONObject())
      else { return nil }
      found.append((path, metadata))
    }
    return found.sorted { $0.path < $1.path }
  }

  /// Like those of arrays, names that lead out of the group are not gone by; nor are those that folders would not be looked
  /// for at.
  static func consolidatedGroups(v3 document: JSONObject) -> [String] {
    guard let members = document["consolidated_metadata"]?["metadata"]?.object else { return [] }
    var found: [String] = []
    for (path, value) in members where value["node_type"] == "group" { found.append(path) }
    return found.filter(isWithinReach)
  }

  static func consolidatedGroups(v2 document: JSONObject) -> [String] {
    guard let members = document["metadata"]?.object else { return [] }
    return members.keys.filter { $0.hasSuffix("/.zgroup") }
      .map { String($0.dropLast("/.zgroup".count)) }
      .filter(isWithinReach)
  }

  private static func isWithinReach(_ path: String) -> Bool {
    isInside(path) && Path.names(path).count <= maximumDepth
  }

  /// Whether a name, or path of names, leads into a group.
  static func isInside(_ path: String) -> Bool {
    !path.isEmpty && !path.utf8.contains(0) && Path.hasPlainSlashes(path)
      && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && $0 != "." && $0 != ".." && $0 != "zarr.json"
      }
  }

  /// Writes the metadata of a group and of the groups below it, consolidated if it can be read as one document: of those that are said to be there, and of
  /// those between it and its arrays.
  package static func write(
    _ arrays: [(path: String, metadata: ZarrMetadata)], version: Int,
    groups: GroupAttributes = GroupAttributes(), to folder: String
  ) throws {
    var groups = groups
    groups.add(groupsAround: arrays.map(\.path))
    let sorted = arrays.sorted { $0.path < $1.path }
    if version == 3 {
      try writeV3(sorted, groups, to: folder)
    } else {
      try writeV2(sorted, groups, to: folder)
    }
  }

  private static func documentV3(_ attributes: JSONValue?) -> JSONObject {
    ["zarr_format": 3, "node_type": "group", "attributes": attributes ?? [:]]
  }

  /// Finds out whether what groups say can be written so that it can be read again.
  ///
  /// - Throws: `.unsupported`.
  static func check(_ groups: GroupAttributes, version: Int) throws {
    for said in [.object(groups.own)] + groups.within.values {
      _ = try ZarrStore.bytes(version == 3 ? documentV3(said) : said.object ?? [:])
    }
  }

  private static func writeV3(
    _ arrays: [(path: String, metadata: ZarrMetadata)], _ groups: GroupAttributes, to folder: String
  ) throws {
    var members = JSONObject()
    for path in groups.within.keys.sorted() {
      var own = documentV3(groups.within[path])
      try writeOnce(Path.join(Path.join(folder, path), "zarr.json"), own)
      if case .group(let found) = try ZarrStore.open(Path.join(folder, path)) {
        own["attributes"] = .object(found.attributes)
      }
      members[path] = .object(own)
    }
    for (path, metadata) in arrays { members[path] = .object(metadata.document) }
    let root = documentV3(.object(groups.own))
    var consolidated = root
    consolidated["consolidated_metadata"] = [
      "kind": "inline", "must_understand": false, "metadata": .object(members),
    ]
    // Nothing is lost with what could not be read as one document.
    try File.replace(
      Path.join(folder, "zarr.json"),
      with: ZarrStore.readableBytes(consolidated) ?? ZarrStore.bytes(root))
  }

  private static func writeV2(
    _ arrays: [(path: String, metadata: ZarrMetadata)], _ groups: GroupAttributes, to folder: String
  ) throws {
    let plain: JSONObject = ["zarr_format": 2]
    var members: JSONObject = [".zgroup": .object(plain)]
    for path in groups.within.keys.sorted() {
      let place = Path.join(folder, path)
      if let said = groups.within[path]?.object, !said.isEmpty {
        try writeOnce(Path.join(place, ".zattrs"), said)
      }
      try writeOnce(Path.join(place, ".zgroup"), plain)
      members["\(path)/.zgroup"] = .object(plain)
      if case .group(let found) = try ZarrStore.open(place), !found.attributes.isEmpty {
        members["\(path)/.zattrs"] = .object(found.attributes)
      }
    }
    for (path, metadata) in arrays {
      members["\(path)/.zarray"] = .object(metadata.document)
      if !metadata.attributes.isEmpty { members["\(path)/.zattrs"] = .object(metadata.attributes) }
    }
    if !groups.own.isEmpty {
      members[".zattrs"] = .object(groups.own)
      try File.replace(Path.join(folder, ".zattrs"), with: ZarrStore.bytes(groups.own))
    }
    let consolidated: JSONObject = ["zarr_consolidated_format": 1, "metadata": .object(members)]
    // Nothing is lost with what could not be read as one document.
    if let bytes = ZarrStore.readableBytes(consolidated) {
      try File.replace(Path.join(folder, ".zmetadata"), with: bytes)
    }
    try File.replace(Path.join(folder, ".zgroup"), with: ZarrStore.bytes(plain))
  }

  /// A group within that is there keeps its own metadata; one that holds nothing has no folder yet.
  private static func writeOnce(_ path: String, _ document: JSONObject) throws {
    if try Directory.kind(path) != nil { return }
    try Directory.make(Path.parent(path))
    try File.replace(path, with: ZarrStore.bytes(document))
  }
}
