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
      // Groups around an array may be yet to be made.
      if location.form == .zarr, try Directory.kind(Path.parent(location.path)) == nil { continue }
      if options.overwrite { try Replacement.check(location.path) }
      try Staging.rehearse(location.path, overwrites: options.overwrite, waiting: waiting)
    }
  }
}
