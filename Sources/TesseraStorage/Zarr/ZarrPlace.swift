import TesseraCore
import TesseraIO

/// Where a new array or group is put: into a folder, or into a group, as a member of the group's format.
struct ZarrPlace {
  private let path: String
  /// The format of the nearest group above; nil where there is none.
  private let groupFormat: Int?

  /// Looks at what is above `path`; nothing is changed.
  ///
  /// - Throws: `.corrupt` for a path that leads out of a group by a link, and for a group's document that is damaged.
  init(_ path: String) throws {
    // First, so that what is found is what the path seems to be in.
    try ZarrGroup.requireConfined(path)
    self.path = path
    let place = Path.join(try Path.resolved(Path.parent(path)), Path.name(path))
    let store = try ZarrPlace.store(above: place)
    groupFormat = store.flatMap { $0.isArray ? nil : $0.format }
  }

  /// The nearest store that holds a place; the folders between them are none, or are not there yet.
  private static func store(above place: String) throws -> (folder: String, format: Int, isArray: Bool)? {
    let folder = Path.parent(place)
    guard folder != place else { return nil }
    if let found = try ZarrStore.kind(of: folder) { return (folder, found.format, found.isArray) }
    return try store(above: folder)
  }

  /// A layout with the format that is written here: the group's, as readers of a group look for members of its own
  /// format only.
  ///
  /// - Throws: `.usage` when another one is asked for.
  func resolve(_ layout: ArrayLayout) throws -> ArrayLayout {
    guard let groupFormat else { return layout }
    guard layout.zarrFormat ?? groupFormat == groupFormat else {
      throw TesseraError(
        .usage, "Zarr format of a member of a group", path: path,
        expected: "\(groupFormat), that of the group", got: "\(layout.format)")
    }
    var layout = layout
    layout.zarrFormat = groupFormat
    return layout
  }
}
