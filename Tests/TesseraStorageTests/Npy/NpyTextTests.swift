import Foundation
import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

@Suite struct NpyTextTests {
  /// One line of strings.txt, which `make_strings.py` wrote with NumPy.
  struct Line {
    let isBigEndian: Bool
    let text: String
    let bytes: [UInt8]

    init(_ line: Substring) throws {
      let fields = line.split(separator: " ")
      isBigEndian = fields[0] == ">"
      text = fields[1] == "-" ? "" : String(decoding: try Line.bytes(fields[1]), as: UTF8.self)
      bytes = try Line.bytes(fields[2])
    }

    private static func bytes(_ digits: Substring) throws -> [UInt8] {
      let digits = Array(digits)
      return try stride(from: 0, to: digits.count, by: 2).map {
        try #require(UInt8(String(digits[$0...($0 + 1)]), radix: 16))
      }
    }

    static func all() throws -> [Line] {
      let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/npy/strings.txt").path
      return try String(contentsOfFile: path, encoding: .ascii).split(separator: "\n").map(Line.init)
    }
  }

  @Test func sameAsNumPy() throws {
    let lines = try Line.all()
    #expect(lines.count == 14)
    for line in lines {
      #expect(try line.bytes.withUnsafeBytes { try NpyText.parse($0) } == line.text)
      if !line.isBigEndian { #expect(NpyText.bytes(line.text) == line.bytes, "'\(line.text)'") }
    }
  }

  @Test func refusesWhatIsNoString() throws {
    let number = try NpyHeader.bytes(dtype: .float64, shape: Shape([])) + [UInt8](repeating: 0, count: 8)
    let good = NpyText.bytes("zscore")
    let head = good.count - 24
    var surrogate = good
    surrogate[head + 1] = 0xD8
    surrogate[head] = 0
    var unknown = good
    unknown[head + 3] = 0xFF
    for bytes in [number, Array(good.dropLast()), Array(good.prefix(head)), surrogate, unknown, []] {
      #expect(throws: TesseraError.self) { try bytes.withUnsafeBytes { try NpyText.parse($0) } }
    }
  }

  @Test func everyCutIsRefused() throws {
    let good = NpyText.bytes("l2")
    for count in good.indices {
      #expect(throws: TesseraError.self, "\(count) bytes") {
        try good.prefix(count).withUnsafeBytes { try NpyText.parse($0) }
      }
    }
  }

  @Test func membersOfAnArchive() throws {
    let folder = try TemporaryFolder()
    let writer = NpzWriter(try File(folder.at("p.npz"), .create))
    try writer.add("method", text: "zscore")
    let sink = try writer.member("center", shape: Shape([2]), dtype: .float32)
    try [1 as Float, 2].withUnsafeBytes {
      try sink.store(
        Region(Shape([2])), turn: 0, from: $0, gate: OrderedGate(), scratch: WriteScratch())
    }
    try sink.finish()
    try writer.add("note", text: "")
    try writer.close()

    let archive = try NpzArchive(folder.at("p.npz"))
    #expect(archive.names == ["method", "center", "note"])
    #expect(try archive.text("method") == "zscore")
    #expect(try archive.text("note") == "")
    #expect(throws: TesseraError.self) { try archive.text("center") }
    #expect(throws: TesseraError.self) { try archive.text("missing") }
    #expect(try StoredArray.open(folder.at("p.npz/center")).elements(as: Float.self) == [1, 2])

    // A flipped bit of the string is noticed.
    var bytes = try File.contents(folder.at("p.npz"), limit: 1 << 20)
    let place = try #require(bytes.firstIndex(of: UInt8(ascii: "z")))
    bytes[place] ^= 1
    try folder.write("q.npz", bytes)
    #expect(throws: TesseraError.self) { try NpzArchive(folder.at("q.npz")).text("method") }
  }
}
