import TesseraCore
import TesseraIO

/// Where a new array or group is put: into a folder, or into a group, as a member of the group's format.
struct ZarrPlace {
  private let path: String
  /// The format of the nearest group above; nil where there is none.
  private let groupFormat: Int?
  /// How many names lead to it from the outermost group around it, or from where groups will be made.
  private let depth: Int

  /// Looks at what is above `path`; nothing is changed.
  ///
  /// - Throws: `.usage` for a place in an array, where chunks are or will be, and for names that members cannot have;
  ///   `.corrupt` for a path that leads out of a group by a link, and for a group's document that is damaged.
  init(_ path: String) throws {
    // First, so that what is found is what the path seems to be in.
    try ZarrGroup.requireConfined(path)
    self.path = path
    let place = Path.join(try Path.resolved(Path.parent(path)), Path.name(path))
    let store = try ZarrPlace.store(above: place)
    if let store, store.isArray {
      let folder = try ZarrPlace.asGiven(store.folder, in: path)
      throw TesseraError(.usage, "destination in an array", path: path, expected: "a place outside \(folder)")
    }
    groupFormat = store?.format
    let names = ZarrPlace.names(of: place, in: store?.folder)
    // What others have named so may be replaced.
    let isThere = try Directory.kind(place, followLinks: false) == .directory
    try ZarrPlace.check(names: isThere ? Array(names.dropLast()) : names, format: groupFormat, path)
    depth = max(names.count, try ZarrGroup.place(of: path).map { Path.names($0.name).count } ?? 0)
    try requireWithinReach([])
  }

  /// Refuses a file in the folder of an array, which has it for a shard, or may come to.
  ///
  /// - Parameters:
  ///   - file: something that is there.
  ///   - instead: what would do.
  /// - Throws: `.usage`; `.corrupt`, of the file, for a damaged document beside it.
  static func requireOutsideArrays(_ file: String, instead: String) throws {
    do {
      guard let store = try ZarrPlace.store(above: Path.resolved(file)), store.isArray else { return }
      let folder = try ZarrPlace.asGiven(store.folder, in: file)
      throw TesseraError(
        .usage, "this is a file of the Zarr array \(folder)", path: file, expected: instead)
    } catch let error as TesseraError where error.kind == .corrupt {
      throw TesseraError(.corrupt, "cannot tell whether this is a shard: \(error)", path: file)
    }
  }

  /// - Parameter names: what leads on from the place.
  /// - Throws: `.usage` for what is so deep in groups that it would not be found again.
  func requireWithinReach(_ names: [String]) throws {
    let depth = self.depth + names.count
    guard depth <= ZarrGroup.maximumDepth else {
      throw TesseraError(
        .usage, "groups within groups", path: path, expected: "at most \(ZarrGroup.maximumDepth) names",
        got: "\(depth)")
    }
  }

  /// The nearest store that holds a place: an array, whatever folders lie between, as its chunks are in folders; or a
  /// group, down from which nothing is there yet but what becomes one. What is in another folder is no group's member.
  private static func store(above place: String) throws -> (folder: String, format: Int, isArray: Bool)? {
    var (folder, inner) = (Path.parent(place), place)
    var isJoined = true
    while folder != inner {
      // A document that says nothing of what it is for is somebody else's, but for that of the folder itself.
      if let found = try isJoined ? ZarrStore.kind(of: folder) : (try? ZarrStore.kind(of: folder)) {
        return isJoined || found.isArray ? (folder, found.format, found.isArray) : nil
      }
      if isJoined { isJoined = try ZarrGroup.willBeMade(folder) }
      (folder, inner) = (Path.parent(folder), folder)
    }
    return nil
  }

  /// A folder above a place as messages call it: as the path begins that led there, unless a link or dots led past it.
  private static func asGiven(_ folder: String, in path: String) throws -> String {
    var (given, inner) = (Path.parent(path), path)
    while given != inner {
      if try Path.resolved(given) == folder { return given }
      (given, inner) = (Path.parent(given), given)
    }
    return folder
  }

  /// Of a place, and of the groups down to it: below the store that holds it, or below the first folder `….zarr`, from
  /// which on groups are made.
  private static func names(of place: String, in folder: String?) -> [String] {
    let names = Path.names(place)
    if let folder { return Array(names.dropFirst(Path.names(folder).count)) }
    return Array(names.drop { !$0.hasSuffix(".zarr") }.dropFirst())
  }

  /// - Parameter format: of what is written, if that is known.
  /// - Throws: `.usage` for names that a store has for files of its own, those with a dot in front, which are not looked
  ///   for, as other software keeps its own there, and, but in format 2, for those that begin with `__`, which format 3
  ///   reserves (https://zarr-specs.readthedocs.io/en/latest/v3/core/index.html#node-names).
  static func check(names: [String], format: Int?, _ path: String) throws {
    for name in names
    where ZarrStore.documents.contains(name) || name.hasPrefix(".") || (format != 2 && name.hasPrefix("__")) {
      throw TesseraError(
        .usage, "name in a group", path: path,
        expected: "no dot and no __ at its beginning, and none of a store's own files",
        got: "'\(TesseraError.printable(name))'")
    }
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

  /// Looks again when what is around a destination is locked: others may have made it something else meanwhile.
  ///
  /// - Throws: `.usage` as making a place and resolving a layout do.
  static func recheck(_ path: String, _ layout: ArrayLayout) throws {
    _ = try ZarrPlace(path).resolve(ArrayLayout(zarrFormat: layout.format))
  }
}
