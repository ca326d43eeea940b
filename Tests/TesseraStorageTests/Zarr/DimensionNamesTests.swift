import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// What axes are called, which Zarr v3 has as `dimension_names`.
@Suite struct DimensionNamesTests {
  private let folder: TemporaryFolder
  private let array: ModelArray

  init() throws {
    folder = try TemporaryFolder()
    var random = SeededGenerator(seed: 61)
    array = ModelArray(shape: [10, 6], dtype: .float32, random: &random)
    try array.writeRawZarr(folder.at("s.zarr"), attributes: #"{"u": 1}"#)
  }

  /// Gives the axes of the source the names of a JSON text.
  private func name(_ text: String) throws {
    var document = try JSONValue(parsing: folder.read("s.zarr/zarr.json"))
    document["dimension_names"] = try JSONValue(parsing: text)
    try folder.write("s.zarr/zarr.json", document.utf8())
  }

  private func names(in path: String) throws -> JSONValue? {
    try JSONValue(parsing: folder.read("\(path)/zarr.json"))["dimension_names"]
  }

  @Test(arguments: [
    ArrayLayout(), ArrayLayout(codec: .lz4, chunks: [3, 4], shards: .none), ArrayLayout(checksum: true),
  ])
  func aConversionKeepsThem(_ layout: ArrayLayout) throws {
    try name(#"["time", null]"#)
    try Conversion(from: folder.at("s.zarr"), to: folder.at("o.zarr"), layout: layout).run()
    #expect(try names(in: "o.zarr") == ["time", .null])
    let stored = try StoredArray.open(folder.at("o.zarr"))
    #expect(stored.description.dimensionNames == ["time", nil])
    #expect(stored.attributes["u"] == 1)
    #expect(try ModelArray(reading: stored) == array)
  }

  @Test func aGroupKeepsThem() throws {
    try name(#"["time", "x"]"#)
    try copyTree(folder.at("s.zarr"), to: folder.at("g.zarr/in/a"))
    let plain = #"{"zarr_format": 3, "node_type": "group", "attributes": {}}"#
    for path in ["g.zarr", "g.zarr/in"] { try folder.write("\(path)/zarr.json", text: plain) }
    try Conversion(from: folder.at("g.zarr"), to: folder.at("h.zarr")).run()
    #expect(try names(in: "h.zarr/in/a") == ["time", "x"])
    let root = try JSONValue(parsing: folder.read("h.zarr/zarr.json"))
    let members = root["consolidated_metadata"]?["metadata"]
    #expect(members?["in/a"]?["dimension_names"] == ["time", "x"])
  }

  @Test func aSelectionHasThoseOfItsAxes() throws {
    try name(#"["time", "x"]"#)
    let cases: [(String, JSONValue?)] = [
      ("2:5", ["time", "x"]), ("3", ["x"]), ("::-1,0", ["time"]), ("None,:,1", [.null, "time"]),
      ("...,None", ["time", "x", .null]), ("3,None", [.null, "x"]), ("0,0", nil), ("0,None,0", nil),
    ]
    for (number, (selection, expected)) in cases.enumerated() {
      let path = "\(number).zarr"
      try Conversion(
        from: folder.at("s.zarr"), to: folder.at(path), selection: Selection(parsing: selection)
      ).run()
      #expect(try names(in: path) == expected, "\(selection)")
      _ = try StoredArray.open(folder.at(path))
    }
  }

  @Test func whatHasNoPlaceForThemGoesWithout() throws {
    try name(#"["time", "x"]"#)
    try Conversion(from: folder.at("s.zarr"), to: folder.at("o.zarr"), layout: .init(zarrFormat: 2)).run()
    #expect(try JSONValue(parsing: folder.read("o.zarr/.zarray"))["dimension_names"] == nil)
    #expect(try JSONValue(parsing: folder.read("o.zarr/.zattrs")) == ["u": 1])
    try Conversion(from: folder.at("s.zarr"), to: folder.at("o.npy")).run()
    #expect(try ModelArray(reading: folder.at("o.npy")) == array)
  }

  @Test func nullIsNoNames() throws {
    try name("null")
    try Conversion(from: folder.at("s.zarr"), to: folder.at("o.zarr")).run()
    #expect(try StoredArray.open(folder.at("s.zarr")).description.dimensionNames == nil)
    #expect(try names(in: "o.zarr") == nil)
  }

  @Test(arguments: [
    #""time""#, #"["time"]"#, #"["time", "x", "y"]"#, #"["time", 1]"#, "{}", "[]", "1", "false",
  ])
  func wrongOnesAreCorrupt(_ text: String) throws {
    try name(text)
    let error = tesseraError { _ = try StoredArray.open(self.folder.at("s.zarr")) }
    #expect(error?.kind == .corrupt, "\(text)")
  }
}
