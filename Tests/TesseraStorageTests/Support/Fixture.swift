import TesseraIO
import Testing

@testable import TesseraStorage

/// One entry of `Tests/Fixtures/index.json`: an array that other software wrote.
struct Fixture: Sendable, CustomStringConvertible {
  var path: String
  /// The `.npy` file that it must read as; nil for those that must be refused.
  var expected: String?
  /// One of these words is in the refusal.
  var words: [String]
  /// Whether `contents` describes what cannot be read.
  var info: String
  var attributes: JSONObject?
  var dtype: String
  var shape: [Int]

  var description: String { path }
  var absolute: String { Path.join(Fixture.folder, path) }

  static let folder: String = {
    // Tests/TesseraStorageTests/Support/Fixture.swift
    let tests = Path.parent(Path.parent(Path.parent(#filePath)))
    return Path.join(tests, "Fixtures")
  }()

  static let all: [Fixture] = {
    guard let bytes = try? File.contents(Path.join(folder, "index.json"), limit: 1 << 24),
      let entries = try? JSONValue(parsing: bytes).array
    else { return [] }
    return entries.compactMap { entry in
      guard let path = entry["path"]?.string else { return nil }
      return Fixture(
        path: path, expected: entry["expected"]?.string,
        words: (entry["names"]?.array ?? []).compactMap(\.string), info: entry["info"]?.string ?? "describes",
        attributes: entry["attributes"]?.object, dtype: entry["dtype"]?.string ?? "",
        shape: entry["shape"]?.ints ?? [])
    }
  }()

  static let readable = all.filter { $0.expected != nil }
  static let refused = all.filter { $0.expected == nil }
}
