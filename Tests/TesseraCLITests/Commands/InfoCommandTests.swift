import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct InfoCommandTests {
  private static let keys = [
    "shape", "dtype", "format", "chunks", "shards", "codec", "logical_bytes", "stored_bytes", "ratio",
  ]

  @Test func npy() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [2, 3], [1, 2, 3, 4, 5, 6] as [Float])
    let json = try ToolRun("info", path, "--json").json()
    #expect(json["shape"] == [2, 3])
    #expect(json["dtype"] == "float32")
    #expect(json["format"] == "npy")
    #expect(json["chunks"] == .null && json["shards"] == .null)
    #expect(json["codec"] == "none")
    #expect(json["logical_bytes"] == 24)
    #expect(json["stored_bytes"] == 152)
    #expect(json["ratio"]?.double == 24.0 / 152)
  }

  @Test func zarr() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [40, 30], [Int16](repeating: 7, count: 1200))
    let store = folder("a.zarr")
    let options = ["--codec", "lz4", "--chunks", "10x30", "--shards", "20x30"]
    #expect(ToolRun(["convert", source, store] + options).status == 0)
    let json = try ToolRun("info", store, "--json").json()
    #expect(json["format"] == "zarr v3")
    #expect(json["chunks"] == [10, 30])
    #expect(json["shards"] == [20, 30])
    #expect(json["codec"]?.string?.contains("lz4") == true)
    #expect(json["logical_bytes"] == 2400)
    #expect(json["fill_value"] == 0)
    #expect(json["attributes"] == [:])
    let stored = try #require(json["stored_bytes"]?.int)
    #expect(stored > 0)
    #expect(json["ratio"]?.double == 2400 / Double(stored))

    let text = ToolRun("info", store).output
    for line in [
      "format   zarr v3", "shape    (40, 30)", "dtype    int16", "chunks   (10, 30)", "shards   (20, 30)",
    ] {
      #expect(text.contains(line + "\n"), "\(line)")
    }
  }

  @Test func members() throws {
    let folder = try TemporaryFolder()
    let archive = folder("d.npz")
    try write(archive, ["first": 3, "second": 5])
    let json = try ToolRun("info", archive, "--json").json()
    #expect(json["format"] == "npz")
    let members = try #require(json["members"]?.array)
    #expect(members.map { $0["name"] } == ["first", "second"])
    #expect(members.map { $0["shape"] } == [[3], [5]])
    for member in members {
      for key in InfoCommandTests.keys { #expect(member[key] != nil, "\(key)") }
    }
    #expect(json["logical_bytes"] == 64)
    #expect(ToolRun("info", archive).output.hasPrefix("\(archive): npz, 2 arrays\n  name "))

    #expect(ToolRun("convert", archive, folder("g.zarr")).status == 0)
    let group = try ToolRun("info", folder("g.zarr"), "--json").json()
    #expect(group["members"]?.array?.map { $0["name"] } == ["first", "second"])
    let one = try ToolRun("info", folder("g.zarr/second"), "--json").json()
    #expect(one["shape"] == [5])
    #expect(one["members"] == nil)
  }

  @Test func archiveOfOneArray() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [3], [1, 2, 3] as [Int64])
    #expect(ToolRun("convert", source, folder("d.npz")).status == 0)
    let json = try ToolRun("info", folder("d.npz"), "--json").json()
    #expect(json["shape"] == [3])
    #expect(json["members"]?[0]?["name"] == "arr_0")
    #expect(json["members"]?[0]?["shape"] == [3])
    for key in InfoCommandTests.keys { #expect(json[key] != nil, "\(key)") }
  }

  @Test func nanFillValueIsAString() throws {
    #expect(
      JSONValue.array([JSONValue(Double.nan), JSONValue(-Double.infinity)]).printed
        == "[\"NaN\", \"-Infinity\"]\n")
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [1], [1] as [Double])
    #expect(ToolRun("convert", source, folder("a.zarr")).status == 0)
    let metadata = folder("a.zarr/zarr.json")
    let text = try String(decoding: File.contents(metadata, limit: 1 << 20), as: UTF8.self)
    var document = try JSONValue(parsing: Array(text.utf8))
    document["fill_value"] = "NaN"
    try File.replace(metadata, with: document.utf8())
    #expect(try ToolRun("info", folder("a.zarr"), "--json").json()["fill_value"] == "NaN")
  }

  @Test func unsupportedDtypeIsDescribed() throws {
    let folder = try TemporaryFolder()
    let path = folder("o.npy")
    var header = "{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    try File.replace(
      path,
      with: [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8)
        + [UInt8](repeating: 0, count: 8))
    let json = try ToolRun("info", path, "--json").json()
    #expect(json["dtype"] == "<U2")
    #expect(json["logical_bytes"] == .null && json["ratio"] == .null)
  }

  @Test func explainReadsNothing() throws {
    let json = try ToolRun("info", "/nowhere", "--explain", "--json").json()
    #expect(json["passes"] == [])
    #expect(json["bytes_read"] == 0 && json["bytes_written"] == 0)
    #expect(json["predicted_peak_bytes"]?.int != nil)
  }

  /// An archive of int64 arrays of ones with the given lengths, in order of their names.
  private func write(_ path: String, _ lengths: [String: Int]) throws {
    let archive = NpzWriter(try File(path, .create))
    for (name, length) in lengths.sorted(by: { $0.key < $1.key }) {
      let shape = try Shape([length])
      let sink = try archive.member(name, shape: shape, dtype: .int64)
      let ones = [Int64](repeating: 1, count: length)
      let gate = OrderedGate()
      try ones.withUnsafeBytes {
        try sink.store(Region(shape), turn: 0, from: $0, gate: gate, scratch: WriteScratch())
      }
      try sink.finish()
    }
    try archive.close()
  }
}
