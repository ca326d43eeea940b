import Glibc
import TesseraIO

/// A folder of its own, removed with the object.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("\(TemporaryFolder.parent)/tessera-storage-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  struct Failure: Error {}

  /// In memory where there is room: the tests sync thousands of files.
  private static let parent: String = {
    var status = statvfs()
    let isRoomy = statvfs("/dev/shm", &status) == 0 && status.f_bavail * status.f_bsize > 1 << 30
    return isRoomy && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
  }()

  deinit { try? Directory.remove(path) }

  func at(_ name: String) -> String { Path.join(path, name) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Directory.make(Path.parent(at(name)))
    let file = try File(at(name), .create)
    try file.truncate(to: 0)
    try file.write(bytes, at: 0)
    return at(name)
  }

  @discardableResult
  func write(_ name: String, text: String) throws -> String { try write(name, Array(text.utf8)) }

  /// Everything in the folder, the hidden too, sorted.
  var names: [String] { (try? Directory.names(path)) ?? [] }
}

/// Every file at and below a path, by its path from there, with its bytes; nil where nothing is.
func snapshot(_ path: String) throws -> [String: [UInt8]]? {
  switch try Directory.kind(path, followLinks: false) {
  case nil: return nil
  case .directory:
    var files: [String: [UInt8]] = [:]
    for name in try Directory.names(path) {
      for (below, bytes) in try snapshot(Path.join(path, name)) ?? [:] {
        files[below.isEmpty ? name : "\(name)/\(below)"] = bytes
      }
    }
    return files
  default: return ["": try File.contents(path, limit: 1 << 30)]
  }
}

/// Puts a copy of what is at `source` at `destination`.
func copyTree(_ source: String, to destination: String) throws {
  for (below, bytes) in try snapshot(source) ?? [:] {
    let path = below.isEmpty ? destination : Path.join(destination, below)
    try Directory.make(Path.parent(path))
    try File(path, .create).write(bytes, at: 0)
  }
}
