import TesseraCore
import TesseraIO

extension ZarrGroup {
  /// Brings the consolidated metadata of the groups around an array up to date; groups without stay without, and those
  /// whose members have more than can be read as one document come to be without.
  ///
  /// Documents are copied as they are, so that what this library does not understand is not lost. Writers of several
  /// arrays do this one after another, so that each of them is listed in the end.
  ///
  /// All members are read anew, one at a time, as they are the truth and what is consolidated may be stale: a writer was
  /// killed before it came to this, or other software wrote the group's document with members as it had once read them.
  ///
  /// - Throws: an error that says that the array itself is in place.
  package static func refreshParents(of path: String) throws {
    try afterwards(path, "the group around it still shows it as it was") { try refreshGroups(above: path) }
  }

  /// The same for several arrays, once where they lie side by side.
  package static func refreshParents(of paths: [String]) throws {
    var done: Set<String> = []
    for path in paths where done.insert(Path.parent(path)).inserted { try refreshParents(of: path) }
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

  /// Where a group's own document has the metadata of its members.
  static let membersPath = ["consolidated_metadata", "metadata"]

  /// - Returns: whether it is a group.
  private static func refreshV3(_ folder: String) throws -> Bool {
    func own() throws -> JSONObject? { try ZarrStore.document(folder, "zarr.json", omitting: membersPath) }
    guard let found = try own(), found["node_type"] == "group" else { return false }
    guard found["consolidated_metadata"]?.object != nil else { return true }
    try File.update(Path.join(folder, "zarr.json")) {
      guard var document = try own(), var consolidated = document["consolidated_metadata"]?.object
      else { return nil }
      consolidated["metadata"] = .null
      document["consolidated_metadata"] = .object(consolidated)
      let bytes = try ZarrStore.readableBytes(document, membersAt: membersPath) { writer in
        try collect(folder, prefix: "", depth: 0) { path, child in
          guard var member = try ZarrStore.document(child, "zarr.json", omitting: membersPath) else {
            return false
          }
          member["consolidated_metadata"] = nil
          writer.member(path) { $0.write(member) }
          try ZarrStore.requireReadable(writer)
          return member["node_type"] == "group"
        }
      }
      if let bytes { return bytes }
      document["consolidated_metadata"] = nil
      return try ZarrStore.bytes(document)
    }
    return true
  }

  private static func refreshV2(_ folder: String) throws {
    let path = Path.join(folder, ".zmetadata")
    guard try Directory.kind(path) == .file else { return }
    var isTooLarge = false
    try File.update(path) {
      guard var document = try ZarrStore.document(folder, ".zmetadata", omitting: ["metadata"])
      else { return nil }
      document["metadata"] = .null
      let bytes = try ZarrStore.readableBytes(document, membersAt: ["metadata"]) { writer in
        try writeV2(folder, at: "", to: &writer)
        try collect(folder, prefix: "", depth: 0) { path, child in
          try writeV2(child, at: path, to: &writer)
          try ZarrStore.requireReadable(writer)
          return try Directory.kind(Path.join(child, ".zgroup")) == .file
        }
      }
      isTooLarge = bytes == nil
      // Others who update it are kept away until it is gone.
      if isTooLarge { try Directory.remove(path) }
      return bytes
    }
    if isTooLarge {
      try afterwards(path, "may come back after a power failure") { try Directory.sync(folder) }
    }
  }

  /// The documents of one array or group, as `.zmetadata` has them.
  private static func writeV2(_ folder: String, at path: String, to writer: inout JSONWriter) throws {
    for name in [".zarray", ".zgroup", ".zattrs"] {
      guard let document = try ZarrStore.document(folder, name) else { continue }
      writer.member(path.isEmpty ? name : "\(path)/\(name)") { $0.write(document) }
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
