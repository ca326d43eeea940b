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

  /// Notes beside arrays, and arrays in a compression that is not read, do not hide the others.
  @Test func membersThatAreNoArrays() throws {
    let folder = try TemporaryFolder()
    try write(folder("d.npz"), ["F": 3, "squeezed": 2])
    var bytes = try folder.read("d.npz")
    // The method of the second member, in its local header and in the directory: bzip2.
    for (signature, place) in [([0x50, 0x4B, 3, 4], 8), ([0x50, 0x4B, 1, 2], 10)] as [([UInt8], Int)] {
      let last = try #require(bytes.indices.dropLast(4).last { Array(bytes[$0..<$0 + 4]) == signature })
      bytes[last + place] = 12
    }
    let squeezed = try folder.write("squeezed.npz", bytes)
    // The first member is no array: its magic number is gone.
    bytes = try folder.read("d.npz")
    let magic = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x93, 0x4E, 0x55]) })
    bytes[magic] = UInt8(ascii: "R")
    let notes = try folder.write("notes.npz", bytes)

    for (path, array, other, codec) in [
      (squeezed, "F", "squeezed", "bzip2"), (notes, "squeezed", "F", "none"),
    ] {
      let json = try ToolRun("info", path, "--json").json()
      let members = try #require(json["members"]?.array)
      #expect(members.compactMap { $0["name"]?.string } == ["F", "squeezed"])
      let good = try #require(members.first { $0["name"] == .string(array) })
      #expect(good["dtype"] == "int64" && good["problem"] == nil)
      let bad = try #require(members.first { $0["name"] == .string(other) })
      #expect(bad["shape"] == .null && bad["dtype"] == .null && bad["logical_bytes"] == .null)
      #expect(bad["codec"] == .string(codec) && bad["stored_bytes"]?.int != nil)
      #expect(bad["problem"]?.string?.isEmpty == false)
      #expect(json["logical_bytes"] == .null)

      let lines = ToolRun("info", path).output.split(separator: "\n")
      #expect(lines[0] == "\(path): npz, 1 array, 1 other member")
      #expect(lines.count == 5 && lines[4].hasPrefix("\(other): "))
      let refused = ToolRun("convert", path, folder("x.zarr"))
      #expect(refused.status == 1 && refused.errors.contains("\(path)/\(other): "))
      #expect(ToolRun("slice", "\(path)/\(array)", "0").output == "1\n")
    }
  }

  @Test func anOnlyMemberThatIsNoArray() throws {
    let folder = try TemporaryFolder()
    try write(folder("d.npz"), ["F": 3])
    var bytes = try folder.read("d.npz")
    let magic = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x93, 0x4E, 0x55]) })
    bytes[magic] = UInt8(ascii: "R")
    let path = try folder.write("notes.npz", bytes)

    let json = try ToolRun("info", path, "--json").json()
    #expect(json["format"] == "npz" && json["logical_bytes"] == .null)
    let members = try #require(json["members"]?.array)
    #expect(members.count == 1 && members[0]["name"] == "F")
    #expect(members[0]["shape"] == .null && members[0]["dtype"] == .null)
    #expect(members[0]["problem"]?.string?.contains("not a .npy file") == true)
    #expect(ToolRun("info", path).output.hasPrefix("\(path): npz, 0 arrays, 1 other member\n"))
    for destination in ["x.npy", "x.zarr", "x.npz", "x.npz/y"] {
      let refused = ToolRun("convert", path, folder(destination))
      #expect(refused.status == 1 && refused.errors.contains("\(path)/F: not a .npy"), "\(refused.errors)")
    }
    #expect(ToolRun("info", "\(path)/F").status == 1)
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

  @Test func namesOfAxes() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [1, 2], [1, 2] as [Double])
    #expect(ToolRun("convert", source, folder("a.zarr")).status == 0)
    #expect(try ToolRun("info", folder("a.zarr"), "--json").json()["dimension_names"] == nil)
    let metadata = folder("a.zarr/zarr.json")
    var document = try JSONValue(parsing: File.contents(metadata, limit: 1 << 20))
    document["dimension_names"] = ["time", .null]
    try File.replace(metadata, with: document.utf8())
    #expect(
      try ToolRun("info", folder("a.zarr"), "--json").json()["dimension_names"] == ["time", .null])
    #expect(ToolRun("info", folder("a.zarr")).output.contains("axes     (time, -)\n"))
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
