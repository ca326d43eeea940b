import TesseraCore
import TesseraIO

// What a writer of an array does about the groups around it.
extension ZarrGroup {
  /// Makes the groups that shall hold an array at `path`, `….zarr/name`, as far as they are missing or were begun by a
  /// process that was killed.
  ///
  /// - Returns: the outermost folder that was made, so that it can be removed when the array does not
  ///   come about; nil when all were there.
  package static func prepareParents(of path: String, version: Int) throws -> String? {
    let parent = Path.parent(path)
    guard path.contains(".zarr/") else { return nil }
    if let kind = try Directory.kind(parent) {
      if kind == .directory, try isBegun(parent) { try begin(parent, version: version) }
      return nil
    }
    let outer = try prepareParents(of: parent, version: version)
    do {
      return try make(parent, version: version) ? outer ?? parent : outer
    } catch {
      if let outer { try? removeEmpty(outer) }
      throw error
    }
  }

  /// Makes a group, where nothing is; where that fails nothing is again.
  private static func make(_ folder: String, version: Int) throws -> Bool {
    // The folder that holds `x.zarr` is the user's to make.
    guard folder.contains(".zarr"), try Directory.kind(Path.parent(folder)) == .directory else {
      return false
    }
    do {
      try Syscalls.makeDirectory(folder)
    } catch let error as TesseraError where error.kind == .exists {
      // Another process makes the same group.
      return false
    }
    do {
      try begin(folder, version: version)
    } catch {
      if (try? isBegun(folder)) == true { try? Directory.remove(folder) } else { try? removeEmpty(folder) }
      throw error
    }
    return true
  }

  /// Makes a group of a folder that has just been made, which outlives a power failure then.
  private static func begin(_ folder: String, version: Int) throws {
    try write([], version: version, to: folder)
    try Directory.sync(Path.parent(folder))
  }

  /// Whether a folder becomes a group when an array is put into it.
  static func willBeMade(_ folder: String) throws -> Bool {
    guard folder.contains(".zarr") else { return false }
    let kind = try Directory.kind(folder)
    return try kind == nil || kind == .directory && isBegun(folder)
  }

  /// Whether a folder is no store, and has nothing in it but parts of a group's documents.
  private static func isBegun(_ folder: String) throws -> Bool {
    try !ZarrStore.isStore(folder)
      && Directory.names(folder).allSatisfy {
        ZarrStore.groupDocuments.contains($0) || $0.hasSuffix(".tessera-partial")
      }
  }

  /// The outermost store around an array, and the array's path within it; nil when there is none.
  ///
  /// What lies between them need not be groups: where a link leads out, anything may follow.
  static func place(of path: String) throws -> (group: String, name: String)? {
    var group: String?
    var folder = path
    // What is above `..` does not hold what is below it.
    while Path.name(folder) != "..", case let parent = Path.parent(folder), parent != folder {
      if try ZarrStore.isStore(parent) { group = parent }
      folder = parent
    }
    guard let group else { return nil }
    return (group, group == "." ? path : String(path.dropFirst(group.count)))
  }

  /// A member of a group may be a symbolic link, which may lead where links in stores may lead.
  ///
  /// - Throws: `.corrupt` for others.
  package static func checkLinks(to path: String) throws {
    guard let (group, name) = try place(of: path) else { return }
    try StoreFolder(group).check(name)
  }

  /// - Parameter isThere: whether files in what is at `path` are changed, rather than something put there.
  /// - Throws: `.corrupt` when writing there would go through a symbolic link that leads out of a group.
  static func requireConfined(_ path: String, isThere: Bool = false) throws {
    guard let (group, name) = try place(of: path) else { return }
    let folder = try StoreFolder(group)
    if isThere { try folder.confined.check(name) } else { try folder.requireConfinedParent(of: name) }
  }

  /// Keeps those away who would replace or remove one of the groups around an array; other members may be written.
  ///
  /// - Throws: `.busy`; `.corrupt` as `requireConfined`.
  static func lockParents(of path: String, waiting: LockWaiting?) throws -> [PathLock] {
    try requireConfined(path)
    return try lock(above: path, waiting: waiting)
  }

  private static func lock(above path: String, waiting: LockWaiting?) throws -> [PathLock] {
    let parent = Path.parent(path)
    guard parent != path, try ZarrStore.isStore(parent) else { return [] }
    return try lock(above: parent, waiting: waiting) + [PathLock(parent, .shared, waiting: waiting)]
  }

  /// Removes a group that was made for an array which did not come about, unless others have put theirs in it.
  static func removeEmpty(_ folder: String) throws {
    let lock = try PathLock(folder)
    defer { withExtendedLifetime(lock) {} }
    guard case .group = try ZarrStore.open(folder) else { return }
    for name in try Directory.names(folder) {
      let child = Path.join(folder, name)
      if try Directory.kind(child, followLinks: false) == .directory { try? removeEmpty(child) }
    }
    if try ZarrStore.groupDocuments.isSuperset(of: Directory.names(folder)) { try Directory.remove(folder) }
  }
}
