import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct JSONWriterTests {
  @Test func compactAndPretty() {
    let json: JSONValue = [
      "zarr_format": 3, "shape": [2, 3], "fill": 0.5, "empty": [], "none": [:], "x": nil,
      "codecs": [["name": "bytes"], true],
    ]
    #expect(
      json.text()
        == #"{"zarr_format":3,"shape":[2,3],"fill":0.5,"empty":[],"none":{},"x":null,"codecs":[{"name":"bytes"},true]}"#
    )
    #expect(
      json.text(pretty: true) == """
        {
          "zarr_format": 3,
          "shape": [2, 3],
          "fill": 0.5,
          "empty": [],
          "none": {},
          "x": null,
          "codecs": [
            {
              "name": "bytes"
            },
            true
          ]
        }
        """)
  }

  @Test func escapes() {
    #expect(
      JSONValue.string("\"\\/\u{1}\u{1F}\n\t\u{7F}é😀").text() == "\"\\\"\\\\/\\u0001\\u001f\\n\\t\u{7F}é😀\"")
  }

  @Test func editingKeepsOrder() {
    var json: JSONValue = ["a": 1, "b": 2, "c": 3]
    json["b"] = "two"
    json["d"] = 4
    json["a"] = nil
    #expect(json.text() == #"{"b":"two","c":3,"d":4}"#)
    for key in 0..<40 { json["k\(key)"] = .init(key) }
    json["k3"] = nil
    #expect(json["k39"]?.int == 39)
    #expect(json["k3"] == nil)
    #expect(json.object?.count == 42)
  }

  @Test(arguments: [true, false], [[], ["x"], ["x", "y", "z"]])
  func membersOneByOne(isPretty: Bool, keys: [String]) {
    let member: JSONValue = ["k": [], "of": [1, 2]]
    let members: JSONValue = .object(keys.reduce(into: [:]) { $0[$1] = member })
    let whole: JSONValue = ["a": 1, "b": ["c": members, "d": [:]], "c": 2]
    var writer = JSONWriter(isPretty: isPretty)
    let document: JSONObject = ["a": 1, "b": ["c": nil, "d": [:]], "c": 2]
    writer.write(document, at: ["b", "c"]) { writer in
      writer.object { writer in
        for key in keys { writer.member(key) { $0.write(member) } }
      }
    }
    #expect(writer.bytes == whole.utf8(pretty: isPretty))
  }

  @Test(arguments: UInt64(1)...40)
  func roundTrip(seed: UInt64) throws {
    var random = SeededBits(seed: seed)
    let json = randomJSON(&random, depth: 5)
    for pretty in [false, true] {
      #expect(try JSONValue(parsing: json.utf8(pretty: pretty)) == json, "seed \(seed)")
    }
  }

  @Test func everyTruncationIsAnError() throws {
    let bytes = Array(sample.utf8)
    for count in 0..<bytes.count {
      #expect(throws: TesseraError.self, "first \(count) bytes") {
        try JSONValue(parsing: Array(bytes[..<count]))
      }
    }
  }

  @Test(arguments: UInt64(1)...20)
  func flippedBytesNeverTrap(seed: UInt64) {
    var random = SeededBits(seed: seed)
    for _ in 0..<500 {
      let bytes = Array(sample.utf8).corrupted(&random)
      // What still parses is a value that survives a round trip.
      guard let json = try? JSONValue(parsing: bytes) else { continue }
      #expect((try? JSONValue(parsing: json.utf8())) == json, "seed \(seed)")
    }
  }

  private let sample =
    #"{"a": [1, -2.5e3, NaN, -Infinity, true, null], "é\u00e9\ud83d\ude00": {"x": "\n\"", "y": {}}, "z": [[], [[0]]]}"#

  private func randomJSON(_ random: inout SeededBits, depth: Int) -> JSONValue {
    switch random.next() % (depth == 0 ? 5 : 7) {
    case 0: return nil
    case 1: return .bool(random.next() % 2 == 0)
    case 2: return JSONValue(Double(bitPattern: random.next()))
    case 3: return JSONValue(Int(truncatingIfNeeded: random.next()))
    case 4: return .string(randomText(&random))
    case 5: return .array((0..<Int(random.next() % 6)).map { _ in randomJSON(&random, depth: depth - 1) })
    default:
      var members = JSONObject()
      for _ in 0..<Int(random.next() % 24) {
        members[randomText(&random)] = randomJSON(&random, depth: depth - 2 < 0 ? 0 : depth - 2)
      }
      return .object(members)
    }
  }

  private func randomText(_ random: inout SeededBits) -> String {
    var text = ""
    for _ in 0..<Int(random.next() % 12) {
      let ranges: [UInt32] = [0x20, 0x80, 0x800, 0x11_0000]
      let limit = ranges[Int(random.next() % 4)]
      if let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: random.next()) % limit) {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
