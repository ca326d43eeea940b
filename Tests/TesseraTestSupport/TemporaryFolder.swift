import Glibc
import TesseraIO

/// A folder of a test's own, removed with the object.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() throws {
    var template = Array("\(TemporaryFolder.parent)/tessera-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  package struct Failure: Error {}

  /// In memory where there is room: the tests sync thousands of files.
  private static let parent: String = {
    var status = statvfs()
    let isRoomy = statvfs("/dev/shm", &status) == 0 && status.f_bavail * status.f_bsize > 1 << 30
    return isRoomy && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
  }()

  deinit { try? Directory.remove(path) }

  package func at(_ name: String) -> String { Path.join(path, name) }

  @discardableResult
  package func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Directory.make(Path.parent(at(name)))
    let file = try File(at(name), .create)
    try file.truncate(to: 0)
    try file.write(bytes, at: 0)
    return at(name)
  }

  @discardableResult
  package func write(_ name: String, text: String) throws -> String { try write(name, Array(text.utf8)) }

  package func read(_ name: String) throws -> [UInt8] { try File.contents(at(name), limit: 1 << 30) }

  /// Everything in the folder, the hidden too, sorted.
  package var names: [String] { (try? Directory.names(path)) ?? [] }
}
