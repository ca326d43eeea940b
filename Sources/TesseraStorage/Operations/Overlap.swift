import TesseraCore
import TesseraIO

/// Whether what is written would take the place of what is read.
package enum Overlap {
  /// A destination inside the source, or around it, would be replaced or filled while it is read.
  ///
  /// - Parameter source: a file or store that is there; of a member of an archive the archive.
  /// - Throws: `.usage`.
  package static func check(_ destination: String, readFrom source: String) throws {
    let isSameFile =
      try Directory.kind(destination) != nil
      && FileStamp(path: source).isSameFile(as: FileStamp(path: destination))
    guard try !isSameFile && areApart(source, destination) else {
      throw TesseraError(
        .usage, "source and destination overlap", path: destination,
        expected: "a place apart from \(source)")
    }
  }

  static func areApart(_ a: String, _ b: String) throws -> Bool {
    let (a, b) = (try Path.resolved(a), try Path.resolved(b))
    return a != b && !a.hasPrefix(b + "/") && !b.hasPrefix(a + "/")
  }
}
