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
  /// - Throws: `.corrupt` for documents that are damaged, and links that may not be followed.
  init(of location: ArrayLocation) throws {
    guard location.form == .zarr, case .group(let group) = try ZarrStore.open(location.path) else { return }
    own = group.attributes
    let groups = try group.groups(in: location.path)
    for path in groups { _ = within.insert(path, [:]) }
    add(groupsAround: groups)
    if let arrays = group.consolidated { add(groupsAround: arrays.map(\.path)) }
    let store = try StoreFolder(location.path)
    for path in within.keys {
      try store.check(path)
      within[path] = .object(try ZarrStore.attributes(ofGroup: Path.join(location.path, path)))
    }
  }

  /// Adds the groups that hold what is at `paths`; those that were not there say nothing.
  mutating func add(groupsAround paths: [String]) {
    for path in paths {
      var parent = Path.parent(path)
      while parent != "." {
        _ = within.insert(parent, [:])
        parent = Path.parent(parent)
      }
    }
  }

  /// All of it, to tell whether it has changed.
  var text: String { "\(JSONValue.object(own).text()) \(JSONValue.object(within).text())" }
}
