import Glibc
import TesseraIO

/// A folder of its own, removed with the object.
final class NormalizationFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/tessera-normalization-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  struct Failure: Error {}

  deinit { try? Directory.remove(path) }

  func at(_ name: String) -> String { Path.join(path, name) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = try File(at(name), .create)
    try file.truncate(to: 0)
    try file.write(bytes, at: 0)
  }
}
