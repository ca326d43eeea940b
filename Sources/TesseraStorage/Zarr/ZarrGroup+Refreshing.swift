import TesseraCore
import TesseraIO

extension ZarrGroup {
  /// Brings the consolidated metadata of the groups around an array up to date; groups without stay without.
  ///
  /// Documents are copied as they are, so that what this library does not understand is not lost. Writers of several
  /// arrays do this one after another, so that each of them is listed in the end.
  ///
  /// - Throws: an error that says that the array itself is in place.
  package static func refreshParents(of path: String) throws {
    try afterwards(path, "the group around it still shows it as it was") { try refreshGroups(above: path) }
  }

  private static func refreshGroups(above path: String) throws {
    let parent = Path.parent(path)
    guard parent != path, try Directory.kind(parent) == .directory else { return }
    if try Directory.kind(Path.join(parent, "zarr.json")) == .file {
      guard try refreshV3(parent) else { return }
    } else if try Directory.kind(Path.join(parent, ".zgroup")) == .file {
      try refreshV2(parent)
    } else {
      return
    }
    try refreshGroups(above: parent)
  }

  /// - Returns: whether it is a group.
  private static func refreshV3(_ folder: String) throws -> Bool {
    let kind = try ZarrStore.document(folder, "zarr.json").map {
      (isGroup: $0["node_type"] == "group", isConsolidated: $0["consolidated_metadata"]?.object != nil)
    }
    guard let kind, kind.isGroup else { return false }
    guard kind.isConsolidated else { return true }
    try File.update(Path.join(folder, "zarr.json")) {
      guard var document = try ZarrStore.document(folder, "zarr.json"),
        var consolidated = document["consolidated_metadata"]?.object
      else { return nil }
      // The old members go before the new ones are collected: there may be very many.
      document["consolidated_metadata"] = .null
      consolidated["metadata"] = .null
      var members = JSONObject()
      try collect(folder, prefix: "", depth: 0) { path, child in
        guard var member = try ZarrStore.document(child, "zarr.json") else { return false }
        member["consolidated_metadata"] = nil
        members[path] = .object(member)
        return member["node_type"] == "group"
      }
      consolidated["metadata"] = .object(members)
      document["consolidated_metadata"] = .object(consolidated)
      return ZarrStore.bytes(document)
    }
    return true
  }

  private static func refreshV2(_ folder: String) throws {
    guard try Directory.kind(Path.join(folder, ".zmetadata")) == .file else { return }
    try File.update(Path.join(folder, ".zmetadata")) {
      guard var document = try ZarrStore.document(folder, ".zmetadata") else { return nil }
      var members = JSONObject()
      func add(_ path: String, _ child: String) throws -> Bool {
        for name in [".zarray", ".zgroup", ".zattrs"] {
          guard let member = try ZarrStore.document(child, name) else { continue }
          members[path.isEmpty ? name : "\(path)/\(name)"] = .object(member)
        }
        return try Directory.kind(Path.join(child, ".zgroup")) == .file
      }
      _ = try add("", folder)
      try collect(folder, prefix: "", depth: 0, add)
      document["metadata"] = .object(members)
      return ZarrStore.bytes(document)
    }
  }

  /// Calls `body` with the path and folder of everything below a group; it says what to descend into.
  private static func collect(
    _ folder: String, prefix: String, depth: Int, _ body: (String, String) throws -> Bool
  ) throws {
    guard depth < maximumDepth else { return }
    for name in try Directory.names(folder) where !name.hasPrefix(".") {
      let child = Path.join(folder, name)
      // Links are not followed: they may lead outside, or round and round.
      guard try Directory.kind(child, followLinks: false) == .directory else { continue }
      let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
      if try body(path, child) { try collect(child, prefix: path, depth: depth + 1, body) }
    }
  }
}
