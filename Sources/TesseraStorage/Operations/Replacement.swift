import TesseraCore
import TesseraIO

/// What `--overwrite` may replace.
enum Replacement {
  /// - Throws: `.exists` for a folder that is neither empty nor a Zarr store: nobody means their home folder.
  static func check(_ destination: String) throws {
    guard try Directory.kind(destination) == .directory, try !ZarrStore.isStore(destination),
      try !Directory.names(destination).isEmpty
    else { return }
    throw TesseraError(
      .exists, "will not replace this folder", path: destination, expected: "a Zarr store, a file, or nothing"
    )
  }
}
