import Glibc
import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraCLI

/// `verify --repair`, and `--follow-links`.
@Suite struct RepairCommandTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder("a.zarr")
    let source = try folder.npy("a.npy", [8, 4], (1...32).map { Float($0) })
    let options = ["--chunks", "2x4", "--shards", "8x4", "--checksum"]
    #expect(ToolRun(["convert", source, path] + options).status == 0)
  }

  private func flip(_ name: String, _ positions: Int...) throws {
    var bytes = try File.contents(folder(name), limit: 1 << 20)
    for position in positions { bytes[position] ^= 1 }
    try File.replace(folder(name), with: bytes)
  }

  @Test func soundStore() throws {
    let run = ToolRun("verify", path, "--repair")
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output.hasPrefix("ok: 1 array, 4 chunks, ") && run.output.hasSuffix(" checked\n"))
  }

  @Test func whatIsDroppedIsPrinted() throws {
    try flip("a.zarr/c/0/0", 0, 64)
    #expect(ToolRun("verify", path).status == 1)
    let run = ToolRun("verify", path, "--repair")
    #expect(run.status == 0 && run.errors.isEmpty)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(
      lines[0].hasPrefix(
        "\(path)/c/0/0: dropped chunk (0, 0), elements [0:2, 0:4] read as the fill value 0.0 now: checksum of a raw"
      ),
      "\(run.output)")
    #expect(lines[1].contains("dropped chunk (2, 0), elements [4:6, 0:4]"))
    #expect(lines[2].hasPrefix("note: fill values may occur as data"))
    #expect(lines[3].hasPrefix("repaired: 2 dropped (16 elements), 1 file rewritten; 1 array, 4 chunks, "))
    #expect(ToolRun("verify", path).status == 0)
  }

  @Test func asJSON() throws {
    try flip("a.zarr/c/0/0", 33)
    let json = try ToolRun("verify", path, "--repair", "--json").json()
    #expect(json["ok"] == true && json["problems"] == [] && json["dropped_elements"] == 8)
    let loss = try #require(json["dropped"]?[0])
    #expect(loss["array"] == .string(path) && loss["file"] == .string("\(path)/c/0/0"))
    #expect(loss["chunk"] == [1, 0] && loss["start"] == [2, 0] && loss["stop"] == [4, 4])
    #expect(loss["fill_value"] == 0.0 && loss["reason"]?["what"] != nil)
    #expect(json["rewritten"] == [.string("\(path)/c/0/0")])
    #expect(json["removed"] == [] && json["leftovers"] == [] && json["corrected"] == [])
    #expect(ToolRun("verify", path).status == 0)
  }

  @Test func whatIsLeftIsAnError() throws {
    try File.replace(folder("a.zarr/zarr.json"), with: Array("{".utf8))
    #expect(ToolRun("verify", path, "--repair").status == 1)
    let usage = ToolRun("verify", folder("a.npy"), "--repair")
    #expect(usage.status == 2 && usage.errors.contains("only Zarr stores can be repaired"))
    #expect(ToolRun("verify", path, "--repare").errors.contains("did you mean '--repair'?"))
  }

  @Test func explainChangesNothing() throws {
    try flip("a.zarr/c/0/0", 0)
    let before = try File.contents(folder("a.zarr/c/0/0"), limit: 1 << 20)
    #expect(ToolRun("verify", path, "--repair", "--explain").status == 0)
    #expect(try File.contents(folder("a.zarr/c/0/0"), limit: 1 << 20) == before)
  }

  @Test func linksThatLeadOut() throws {
    #expect(rename(folder("a.zarr/c/0/0"), folder("shard")) == 0)
    #expect(symlink("../../../shard", folder("a.zarr/c/0/0")) == 0)
    for command in [
      ["slice", path, "0:2"], ["stats", path], ["info", path], ["convert", path, folder("b.npy")],
    ] {
      let run = ToolRun(command)
      #expect(
        run.status == 1 && run.errors.contains("a symbolic link leads out of the store"), "\(run.errors)")
      #expect(ToolRun(command + ["--follow-links"]).status == 0, "\(command)")
    }
  }
}
