import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct VerifyCommandTests {
  /// A checksummed store of 4 chunks in one shard, and the path of that shard.
  private func store(in folder: TemporaryFolder) throws -> (store: String, shard: String) {
    let source = try folder.npy("a.npy", [8, 4], (0..<32).map { Float($0) })
    let options = ["--chunks", "2x4", "--shards", "8x4", "--checksum"]
    #expect(ToolRun(["convert", source, folder("a.zarr")] + options).status == 0)
    return (folder("a.zarr"), folder("a.zarr/c/0/0"))
  }

  @Test func soundStore() throws {
    let folder = try TemporaryFolder()
    let path = try store(in: folder).store
    let run = ToolRun("verify", path)
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    #expect(run.output.hasPrefix("ok: 1 array, 4 chunks, "))
    let json = try ToolRun("verify", path, "--json").json()
    #expect(json["ok"] == true && json["arrays"] == 1 && json["chunks"] == 4 && json["problems"] == [])
  }

  @Test func oneLinePerProblem() throws {
    let folder = try TemporaryFolder()
    let (path, shard) = try store(in: folder)
    var bytes = try File.contents(shard, limit: 1 << 20)
    bytes[0] ^= 1
    bytes[bytes.count / 2] ^= 1
    try File.replace(shard, with: bytes)
    let run = ToolRun("verify", path)
    #expect(run.status == 1)
    let lines = run.output.split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines { #expect(line.hasPrefix(path), "\(line)") }
    #expect(run.errors.hasPrefix("tessera: error: \(path): \(lines.count) problem"))

    let machine = ToolRun("verify", path, "--json")
    #expect(machine.status == 1)
    let json = try JSONValue(parsing: Array(machine.output.utf8))
    #expect(json["ok"] == false)
    #expect(json["problems"]?.array?.count == lines.count)
    for key in ["path", "what", "expected", "got"] { #expect(json["problems"]?[0]?[key] != nil, "\(key)") }
  }

  @Test func aFolderInThePlaceOfAShard() throws {
    let folder = try TemporaryFolder()
    let (path, shard) = try store(in: folder)
    try Directory.remove(shard)
    try Directory.make(shard)
    for options in [[], ["--repair"]] {
      let run = ToolRun(["verify", path] + options)
      #expect(run.status == 1, "\(options)")
      #expect(run.output.contains("\(shard): cannot open: expected a regular file, got a directory\n"))
      let machine = ToolRun(["verify", path, "--json"] + options)
      #expect(machine.status == 1, "\(options)")
      let json = try JSONValue(parsing: Array(machine.output.utf8))
      #expect(json["ok"] == false && json["problems"]?[0]?["path"] == .string(shard))
      #expect(try Directory.kind(shard) == .directory)
    }
  }

  @Test func explainReadsOnlyMetadata() throws {
    let folder = try TemporaryFolder()
    let (path, shard) = try store(in: folder)
    try File.replace(shard, with: [0])
    let json = try ToolRun("verify", path, "--explain", "--json", "--memory", "100MiB").json()
    #expect(json["passes"]?[0]?["shape"] == [8, 4])
    #expect(json["bytes_written"] == 0)
    // A window of a quarter of the budget, and next to nothing for chunks as small as these.
    let peak = try #require(json["predicted_peak_bytes"]?.int)
    #expect((39 << 20..<45 << 20).contains(peak))
  }
}
