import Glibc
import TesseraCore

/// What is done to folders and names.
package enum Directory {
  package enum Kind: Sendable { case file, directory, other }

  /// What is at `path`; nil when nothing is.
  package static func kind(_ path: String, followLinks: Bool = true) throws -> Kind? {
    do {
      let mode = try Syscalls.status(path, followLinks: followLinks).st_mode & S_IFMT
      return mode == S_IFREG ? .file : mode == S_IFDIR ? .directory : .other
    } catch let error as TesseraError where error.kind == .notFound || error.kind == .system(ENOTDIR) {
      return nil
    }
  }

  /// Refuses a place in what is no folder.
  ///
  /// - Throws: `.notFound`.
  package static func require(_ path: String) throws {
    switch try kind(path) {
    case .directory: return
    case nil: throw TesseraError(.notFound, "no such folder", path: path)
    case .file, .other: throw TesseraError(.notFound, "not a folder", path: path)
    }
  }

  /// The names in a folder, sorted, without `.` and `..`.
  package static func names(_ path: String) throws -> [String] {
    var names: [String] = []
    try scan(path) { name, _ in names.append(name) }
    return names.sorted()
  }

  /// Calls `body` with everything in a folder, in the order in which the file system has it: nothing is kept, as there may
  /// be millions. Links are not followed, and are `.other`.
  package static func forEach(_ path: String, _ body: (String, Kind) throws -> Void) throws {
    try scan(path) { name, type in
      switch Int(type) {
      case Int(DT_REG): try body(name, .file)
      case Int(DT_DIR): try body(name, .directory)
      default: if let kind = try kind(Path.join(path, name), followLinks: false) { try body(name, kind) }
      }
    }
  }

  private static func scan(_ path: String, _ body: (String, UInt8) throws -> Void) throws {
    if let code = FaultInjector.current?.fault(for: .list) {
      throw TesseraError(.system(code), "cannot list: \(Syscalls.describe(code))", path: path)
    }
    guard let stream = opendir(path) else {
      let code = errno
      if code == ENOENT { throw TesseraError(.notFound, "no such file or directory", path: path) }
      throw TesseraError(.system(code), "cannot list: \(Syscalls.describe(code))", path: path)
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { try body(name, entry.pointee.d_type) }
    }
  }

  /// Makes `path` and the folders above it that are missing.
  package static func make(_ path: String) throws {
    if try kind(path) == .directory { return }
    let parent = Path.parent(path)
    if parent != path { try make(parent) }
    do {
      try Syscalls.makeDirectory(path)
    } catch let error as TesseraError where error.kind == .exists {
      // Another thread was faster, or the name is a file's.
      guard try kind(path) == .directory else { throw error }
    }
  }

  /// Removes a file or a folder with all in it; symbolic links are removed, never followed.
  package static func remove(_ path: String) throws {
    switch try kind(path, followLinks: false) {
    case nil: return
    case .directory:
      for name in try names(path) { try remove(Path.join(path, name)) }
      try Syscalls.removeDirectory(path)
    default: try Syscalls.unlink(path)
    }
  }

  /// Makes the names in a folder durable.
  package static func sync(_ path: String) throws {
    let descriptor = try Syscalls.open(path, O_RDONLY | O_DIRECTORY)
    defer { Syscalls.close(descriptor) }
    try Syscalls.sync(descriptor, path: path)
  }

  /// Makes the names in a folder and in all folders below it durable.
  package static func syncTree(_ path: String) throws {
    for name in try names(path) {
      let child = Path.join(path, name)
      if try kind(child, followLinks: false) == .directory { try syncTree(child) }
    }
    try sync(path)
  }
}

/// Plain text work on paths.
package enum Path {
  package static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// Without trailing slashes.
  package static func trimmed(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
    return String(path)
  }

  package static func parent(_ path: String) -> String {
    let path = trimmed(path)
    guard let slash = path.utf8.lastIndex(of: Path.slash) else { return "." }
    return slash == path.startIndex ? "/" : trimmed(String(path[..<slash]))
  }

  /// The path without links and dots; where nothing is there yet, that of the nearest folder there is and the names below.
  package static func resolved(_ path: String) throws -> String {
    if let found = try Syscalls.realPath(path) { return found }
    let folder = parent(path)
    guard folder != path else { return trimmed(path) }
    return join(try resolved(folder), name(path))
  }

  package static func name(_ path: String) -> String {
    let path = trimmed(path)
    return path.utf8.lastIndex(of: Path.slash).map { String(path[path.utf8.index(after: $0)...]) } ?? path
  }

  /// The names in a path, without empty ones.
  package static func names(_ path: String) -> [String] {
    path.utf8.split(separator: Path.slash).map { String(Substring($0)) }
  }

  /// Whether each slash is a character of its own. With a combining mark behind it, it is part of one that is no slash to
  /// comparisons, but separates names all the same.
  package static func hasPlainSlashes(_ path: String) -> Bool {
    path.count(where: { $0 == "/" }) == path.utf8.count(where: { $0 == Path.slash })
  }

  private static let slash = UInt8(ascii: "/")
}
