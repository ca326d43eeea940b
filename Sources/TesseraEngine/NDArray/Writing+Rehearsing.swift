import TesseraCore
import TesseraIO
package import TesseraStorage

extension Writing {
  /// Finds out whether destinations can be built, before long work that ends with writing them.
  ///
  /// - Throws: `.exists`, `.notFound` for a folder that is missing, `.busy`, `.system` (no permission); `.cancelled` while
  ///   it waits for another writer.
  package static func rehearse(_ paths: [String], options: TransferOptions) throws {
    let waiting = options.lockWaiting
    for path in paths {
      let location = try ArrayLocation(destination: path)
      if location.form == .zarr, try isInNewGroup(location.path) { continue }
      if options.overwrite { try Replacement.check(location.path) }
      try Staging.rehearse(location.path, overwrites: options.overwrite, waiting: waiting)
    }
  }

  /// Whether groups around an array are yet to be made, so that nothing can be in its place.
  ///
  /// - Throws: `.notFound` when the folder is missing that they would be in.
  private static func isInNewGroup(_ path: String) throws -> Bool {
    let parent = Path.parent(path)
    guard parent.contains(".zarr"), try Directory.kind(parent) == nil else { return false }
    if try isInNewGroup(parent) { return true }
    try Directory.require(Path.parent(parent))
    return true
  }
}
