import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

/// Consolidated metadata is what zarr-python reads first; a stale or thinned-out copy hides what the folders say.
@Suite struct ConsolidatedRegressionTests {
  private func group(_ folder: RegressionFolder) throws {
    let plain = #"{"zarr_format":3,"node_type":"group","attributes":{"by":"me"}}"#
    let empty = #"{"kind":"inline","must_understand":false,"metadata":{}}"#
    let root =
      #"{"zarr_format":3,"node_type":"group","attributes":{"at":1},"consolidated_metadata":"# + empty + "}"
    try folder.write("g.zarr/zarr.json", Array(root.utf8))
    try folder.write("g.zarr/empty/zarr.json", Array(plain.utf8))
  }

  private func member(_ folder: RegressionFolder, _ path: String) throws -> JSONValue? {
    let root = try JSONValue(parsing: folder.read("g.zarr/zarr.json"))
    #expect(root["attributes"]?["at"]?.int == 1)
    return root["consolidated_metadata"]?["metadata"]?.object?[path]
  }

  @Test func aRefreshKeepsEmptyGroupsAttributesAndForeignArrays() throws {
    let folder = try RegressionFolder()
    try group(folder)
    _ = try folder.store("g.zarr/strange", shape: [2], chunk: [2], codecs: #"{"name":"x.unknown"}"#)
    let writer = try ArrayWriter.create(folder.at("g.zarr/a"), shape: Shape([4]), dtype: .float32)
    try writer.close()
    #expect(try member(folder, "empty")?["attributes"]?["by"]?.string == "me")
    #expect(try member(folder, "strange")?["shape"] == [2])
    #expect(try member(folder, "a")?["shape"] == [4])
  }

  /// Whoever changed a member without telling the group, or wrote the group with what had been there before, is made
  /// good for by the next write.
  @Test func staleMembersAreBroughtUpToDate() throws {
    let folder = try RegressionFolder()
    let members = #"{"gone":{"node_type":"group"},"b":{"shape":[]]}"#
    let stale = #"{"kind":"inline","must_understand":false,"metadata":"# + members + "}"
    let root = #"{"zarr_format":3,"attributes":{"at":1},"consolidated_metadata":"# + stale
    try folder.write("g.zarr/zarr.json", Array((root + #","node_type":"group"}"#).utf8))
    let within =
      #"{"zarr_format":3,"node_type":"group","attributes":{},"consolidated_metadata":"# + stale + "}"
    try folder.write("g.zarr/in/zarr.json", Array(within.utf8))
    _ = try folder.store("g.zarr/b", shape: [2], chunk: [2])
    _ = try folder.store("g.zarr/in/c", shape: [3], chunk: [2])
    let writer = try ArrayWriter.create(folder.at("g.zarr/a"), shape: Shape([4]), dtype: .float32)
    try writer.close()
    #expect(try member(folder, "gone") == nil)
    #expect(try member(folder, "a")?["shape"] == [4])
    #expect(try member(folder, "b")?["shape"] == [2])
    #expect(try member(folder, "in/c")?["shape"] == [3])
    #expect(try member(folder, "in") == ["zarr_format": 3, "node_type": "group", "attributes": [:]])
    guard case .group(let found) = try ZarrStore.open(folder.at("g.zarr")) else {
      Issue.record("no group")
      return
    }
    #expect(found.consolidated?.map(\.path) == ["a", "b", "in/c"])
  }

  @Test func appendingShowsInTheGroup() throws {
    let folder = try RegressionFolder()
    try group(folder)
    let writer = try ArrayWriter.create(folder.at("g.zarr/a"), shape: Shape([4]), dtype: .float32)
    try writer.close()
    let rows = try folder.store("rows.zarr", shape: [3], chunk: [4])
    try Appending([rows], to: folder.at("g.zarr/a")).run()
    #expect(try member(folder, "a")?["shape"] == [7])
    let again = try ArrayWriter.open(folder.at("g.zarr/a"))
    try again.resize(to: Shape([5]))
    try again.close()
    #expect(try member(folder, "a")?["shape"] == [5])
  }
}
