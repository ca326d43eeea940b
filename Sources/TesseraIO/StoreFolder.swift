import Glibc
import TesseraCore

/// The folder of a store, whose files are not looked for outside it: symbolic links are followed as long as they stay
/// within.
///
/// The path of the folder itself is the user's, links and all. A file is opened by one system call, which refuses links
/// (`openat2` with `RESOLVE_NO_SYMLINKS`); only where there is one, its target is looked at.
package struct StoreFolder: Sendable {
  /// Whether links may lead anywhere, for folders that are made in that scope. Nothing is written through such links.
  @TaskLocal package static var followsLinks = false

  package let path: String
  /// The same place, without links.
  private let real: String
  private let followsAny: Bool

  package init(_ path: String) throws {
    self.init(path, real: try Path.resolved(path), followsAny: StoreFolder.followsLinks)
  }

  private init(_ path: String, real: String, followsAny: Bool) {
    (self.path, self.real, self.followsAny) = (path, real, followsAny)
  }

  /// The same folder for writers, for whom no link may lead out of it.
  package var confined: StoreFolder { StoreFolder(path, real: real, followsAny: false) }

  /// Opens a file to read it.
  ///
  /// - Parameter name: its path in the folder.
  /// - Throws: `.notFound`; `.corrupt` for a link that leads out of the folder, nowhere or in a circle.
  package func open(_ name: String) throws -> File {
    if followsAny { return try openChecked(name) }
    let path = Path.join(path, name)
    let descriptor: Int32
    do {
      descriptor = try Syscalls.openWithoutLinks(Path.join(real, name), File.readingFlags, name: path)
    } catch let error as TesseraError where StoreFolder.needsLook(error) {
      return try openChecked(name)
    }
    return try File(path, owning: descriptor)
  }

  private func openChecked(_ name: String) throws -> File {
    try check(name)
    return try File(Path.join(path, name))
  }

  /// Opens what a link in the folder leads to; nil when it leads to a folder, or `name` is no link.
  package func link(_ name: String) throws -> File? {
    try check(name)
    return try Directory.kind(Path.join(path, name)) == .file ? open(name) : nil
  }

  /// What has a name in the folder, links followed where they may be; nil when nothing has.
  package func kind(_ name: String) throws -> Directory.Kind? {
    let path = Path.join(path, name)
    let kind = try Directory.kind(path, followLinks: false)
    guard kind == .other else { return kind }
    try check(name)
    return try Directory.kind(path)
  }

  /// - Throws: `.corrupt` when `name`, or a folder above it, is a link that may not be followed.
  package func check(_ name: String) throws {
    if !followsAny, try isFreeOfLinks(name) { return }
    var place = path
    for part in Path.names(name) {
      place = Path.join(place, part)
      if try Syscalls.isLink(place) { try checkLink(place) }
    }
  }

  /// - Throws: `.corrupt` when a file of that name would be written outside the folder.
  package func requireConfinedParent(of name: String) throws {
    let parent = Path.parent(name)
    if parent != "." { try confined.check(parent) }
  }

  /// - Returns: whether nothing needs to be looked at.
  private func isFreeOfLinks(_ name: String) throws -> Bool {
    do {
      Syscalls.close(
        try Syscalls.openWithoutLinks(Path.join(real, name), Syscalls.nameOnly, name: Path.join(path, name)))
      return true
    } catch let error as TesseraError where error.kind == .notFound || error.kind == .system(ENOTDIR) {
      return true
    } catch let error as TesseraError where StoreFolder.needsLook(error) {
      return false
    }
  }

  /// There is a link, or the kernel cannot tell.
  private static func needsLook(_ error: TesseraError) -> Bool {
    [.system(ELOOP), .system(ENOSYS), .system(EPERM)].contains(error.kind)
  }

  private func checkLink(_ place: String) throws {
    let target: String?
    do {
      target = try Syscalls.realPath(place)
    } catch let error as TesseraError where error.kind == .system(ELOOP) {
      throw TesseraError(.corrupt, "symbolic links in a circle", path: place)
    }
    guard let target else {
      throw TesseraError(.corrupt, "a symbolic link that leads nowhere", path: place)
    }
    guard followsAny || target == real || target.hasPrefix(Path.join(real, "")) else {
      throw TesseraError(
        .corrupt, "a symbolic link leads out of the store", path: place,
        expected: "one within it (--follow-links reads through others)", got: target)
    }
  }
}
