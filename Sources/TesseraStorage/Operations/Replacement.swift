import TesseraCore
import TesseraIO

/// What `--overwrite` may replace.
package enum Replacement {
  /// - Throws: `.exists` for a folder that is neither empty nor a Zarr store: nobody means their home folder. So for
  ///   pipes, sockets and devices, which hold no arrays; a link to one is replaced as other links are.
  package static func check(_ destination: String) throws {
    let kind = try Directory.kind(destination)
    if kind == .other, try !Syscalls.isLink(destination) { throw refusal("special file", destination) }
    guard kind == .directory, try !ZarrStore.isStore(destination), try !Directory.names(destination).isEmpty
    else { return }
    throw refusal("folder", destination)
  }

  private static func refusal(_ what: String, _ destination: String) -> TesseraError {
    TesseraError(
      .exists, "will not replace this \(what)", path: destination,
      expected: "a Zarr store, a file, or nothing")
  }
}
