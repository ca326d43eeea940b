import TesseraCodecs
import TesseraCore
import TesseraIO

/// What a group and the groups below it say of themselves; their arrays are no part of it.
package struct GroupAttributes: Sendable {
  /// The group's own.
  var own = JSONObject()
  /// An object for each group below, whether it holds anything or not, by its path within the group.
  var within = JSONObject()

  /// Says nothing, of no group below.
  package init() {}

  /// Reads what is said at a location, which says nothing unless it is a Zarr group.
  ///
  /// As for arrays, what is consolidated tells which groups there are, and their own documents tell what they say.
  ///
  /// - Throws: `.corrupt` for documents that are damaged, arrays that are said to be groups, and links that may not be
  ///   followed.
  init(of location: ArrayLocation) throws {
    guard location.form == .zarr, case .group(let group) = try ZarrStore.open(location.path) else { return }
    own = group.attributes
    let store = try StoreFolder(location.path)
    for path in try group.groups(in: location.path) {
      try store.check(path)
      let place = Path.join(location.path, path)
      // What is consolidated may be older than the folders.
      guard let kind = try ZarrStore.kind(of: place) else { continue }
      guard !kind.isArray else {
        throw TesseraError(
          .corrupt, "consolidated metadata", path: place, expected: "the array that is there", got: "a group")
      }
      _ = within.insert(path, [:])
      add(groupsAround: [path])
    }
    // Paths that are only said take more memory the deeper they are.
    for path in group.consolidated?.map(\.path) ?? [] {
      try store.check(path)
      if try Directory.kind(Path.join(location.path, path)) == .directory { add(groupsAround: [path]) }
    }
    for path in within.keys {
      try store.check(path)
      within[path] = .object(try ZarrStore.attributes(ofGroup: Path.join(location.path, path)))
    }
  }

  /// Adds the groups that hold what is at `paths`; those that were not there say nothing.
  mutating func add(groupsAround paths: [String]) {
    for path in paths {
      var parent = Path.parent(path)
      while parent != ".", within.insert(parent, [:]) {
        parent = Path.parent(parent)
      }
    }
  }

  var isEmpty: Bool { own.isEmpty && within.isEmpty }

  /// Tells whether it has changed, in a few characters.
  var fingerprint: String {
    let text = JSONValue.array([.object(own), .object(within)]).utf8()
    return "groups \(text.count) \(text.withUnsafeBytes { CRC32C.checksum($0) })"
  }

  /// The memory it takes, at most.
  var heldBytes: Int { isEmpty ? 0 : JSONValue.array([.object(own), .object(within)]).heldBytes }
}
