import TesseraCore
import TesseraIO

/// Where an array is, as people write it: `x.npy`, `d.npz/name`, `group.zarr/name`, `x.csv`.
package struct ArrayLocation: Sendable {
  package enum Form: Sendable, Hashable { case npy, npz, zarr, csv }

  package var form: Form
  /// The file or store in the file system.
  package var path: String
  /// The member of an archive; for Zarr the member is part of `path`.
  package var member: String?

  /// Finds out what is at `path`, by what is there rather than by its name.
  ///
  /// - Throws: `.notFound`; `.corrupt` when it is none of the forms, or a link in a group that may not be followed.
  package init(existing text: String) throws {
    let text = Path.trimmed(text)
    if let (archive, member) = try ArrayLocation.archive(in: text) {
      self.init(form: .npz, path: archive, member: member)
      return
    }
    switch try Directory.kind(text) {
    case .directory:
      try ZarrGroup.checkLinks(to: text)
      self.init(form: .zarr, path: text)
    case .file: self.init(form: try ArrayLocation.form(ofFile: text), path: text)
    case .other:
      throw TesseraError(
        .corrupt, "cannot open", path: text, expected: "a regular file or folder", got: "a special file")
    case nil: throw TesseraError(.notFound, "no such file or directory", path: text)
    }
  }

  package init(form: Form, path: String, member: String? = nil) {
    self.form = form
    self.path = path
    self.member = member
  }

  /// What the name of a destination asks for.
  ///
  /// - Throws: `.usage` when the suffix is none that can be written.
  package init(destination text: String) throws {
    let text = Path.trimmed(text)
    if text.hasSuffix(".npz") {
      self.init(form: .npz, path: text)
    } else if let (archive, member) = try ArrayLocation.newMember(text) {
      self.init(form: .npz, path: archive, member: member)
    } else if text.hasSuffix(".npy") {
      self.init(form: .npy, path: text)
    } else if text.hasSuffix(".zarr") || text.contains(".zarr/") {
      self.init(form: .zarr, path: text)
    } else {
      throw TesseraError(
        .usage, "destination", path: text, expected: "a name ending in .npy, .npz or .zarr",
        got: "'\(Path.name(text))'")
    }
  }

  /// `d.npz/name/with/slashes` where `d.npz` is a file.
  private static func archive(in text: String) throws -> (path: String, member: String)? {
    for range in text.ranges(of: "/").reversed() where range.lowerBound != text.startIndex {
      let path = String(text[..<range.lowerBound])
      guard try Directory.kind(path) == .file else { continue }
      return (path, String(text[range.upperBound...]))
    }
    return nil
  }

  /// A name in an archive that is to be made, without `.npy`, which all members of an archive bear.
  private static func newMember(_ text: String) throws -> (path: String, member: String)? {
    guard let range = text.ranges(of: ".npz/").last else { return nil }
    let path = String(text[..<text.index(before: range.upperBound)])
    let member = text[range.upperBound...]
    guard member.hasSuffix(".npy") else { return (path, String(member)) }
    // A folder may be called so, too.
    if try Directory.kind(path) == .directory { return nil }
    let short = member.dropLast(4)
    return (path, String(short.isEmpty || short.hasSuffix("/") ? member : short))
  }

  private static func form(ofFile path: String) throws -> Form {
    let file = try File(path)
    let count = min(6, try file.size())
    var magic = [UInt8](repeating: 0, count: count)
    try magic.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
    if magic == [0x93] + Array("NUMPY".utf8) { return .npy }
    if magic.starts(with: [0x50, 0x4B, 0x03, 0x04]) || magic.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
      return .npz
    }
    // By name where the bytes do not tell: the parser then says what is wrong with them.
    if path.hasSuffix(".npy") { return .npy }
    if path.hasSuffix(".npz") { return .npz }
    if path.hasSuffix(".csv") || path.hasSuffix(".tsv") { return .csv }
    throw TesseraError(
      .corrupt, "cannot open", path: path, expected: "a .npy, .npz, Zarr, .csv or .tsv array",
      got: "another kind of file")
  }
}
