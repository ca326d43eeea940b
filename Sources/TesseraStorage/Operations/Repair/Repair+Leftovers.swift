import TesseraCore
import TesseraIO

// What writers that were killed have left in a store. Beside the store, `.NAME.tessera-partial` is the staging folder of
// one that was to replace it, and may be resumed.
extension Repair {
  /// Removes temporary files in an array's folder, which the caller has locked.
  func removeLeftovers(inArray path: String, rank: Int, _ report: inout Report) throws {
    try removeLeftovers(in: path, depth: rank + 1, &report)
  }

  private func removeLeftovers(in folder: String, depth: Int, _ report: inout Report) throws {
    var removed: [String] = []
    for name in try Directory.names(folder) {
      let path = Path.join(folder, name)
      switch try Directory.kind(path, followLinks: false) {
      case .file where Staging.isTemporary(name):
        if try File.removeLeftover(path) { removed.append(path) }
      case .directory where depth > 0 && !name.hasPrefix("."):
        try removeLeftovers(in: path, depth: depth - 1, &report)
      default: break
      }
    }
    try note(removed, in: folder, &report)
  }

  /// Removes temporary files and staging folders in a group's folder, as far as nobody has them locked.
  func removeLeftovers(inGroup path: String, _ report: inout Report) throws {
    var removed: [String] = []
    for name in try Directory.names(path) where Staging.isTemporary(name) {
      let place = Path.join(path, name)
      switch try Directory.kind(place, followLinks: false) {
      case .file: if try File.removeLeftover(place) { removed.append(place) }
      case .directory: if try removeStaging(place) { removed.append(place) }
      default: break
      }
    }
    try note(removed, in: path, &report)
  }

  /// - Returns: false when a writer is at work there, or `--resume` may go on with it.
  private func removeStaging(_ folder: String) throws -> Bool {
    do {
      let lock = try PathLock(folder)
      defer { withExtendedLifetime(lock) {} }
      if try Directory.kind(Path.join(folder, Staging.noteName)) != nil { return false }
      try Directory.remove(folder)
      return true
    } catch let error as TesseraError where error.kind == .busy {
      return false
    }
  }

  private func note(_ removed: [String], in folder: String, _ report: inout Report) throws {
    if removed.isEmpty { return }
    report.leftovers += removed
    try Directory.sync(folder)
  }
}
