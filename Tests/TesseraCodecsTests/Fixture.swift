import Foundation

/// A frame that somebody else's encoder wrote; see `Tests/CodecFixtures/make.py`.
struct Fixture: CustomStringConvertible, Sendable {
  /// `codec-…-typesize-size`.
  let name: String
  let frame: [UInt8]
  let content: [UInt8]

  var description: String { name }

  /// All frames whose names begin with `prefix` and a hyphen.
  static func all(_ prefix: String) -> [Fixture] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "CodecFixtures")
    let files =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { $0.pathExtension == "bin" }.map {
      ($0, $0.deletingPathExtension().lastPathComponent)
    }
    .filter { $0.1.hasPrefix(prefix + "-") }
    .sorted { $0.1 < $1.1 }
    .compactMap { file, name in
      let numbers = name.split(separator: "-").suffix(2).compactMap { Int($0) }
      guard numbers.count == 2, let data = try? Data(contentsOf: file) else { return nil }
      return Fixture(
        name: name, frame: [UInt8](data), content: content(count: numbers[1], typesize: numbers[0]))
    }
  }

  private static func content(count: Int, typesize: Int) -> [UInt8] {
    (0..<count).map { j in
      let (i, k) = j.quotientAndRemainder(dividingBy: typesize)
      return UInt8(truncatingIfNeeded: ((i * i % 23 * 11) >> k) + (i >> 6) * k)
    }
  }
}
