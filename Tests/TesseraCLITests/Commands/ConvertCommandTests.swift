import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct ConvertCommandTests {
  @Test func thereAndBack() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [50, 4], (0..<200).map { Float($0) * 0.5 })
    let first = ToolRun("convert", source, folder("a.zarr"), "--codec", "lz4")
    #expect(first.status == 0)
    #expect(first.errors.isEmpty)
    #expect(first.output.hasPrefix("\(source) -> \(folder("a.zarr")): 800 B in, "))
    #expect(
      first.output.contains(" stored (") && first.output.contains("x), ") && first.output.contains(", peak "))
    #expect(first.output.count { $0 == "\n" } == 1)
    #expect(ToolRun("convert", folder("a.zarr"), folder("b.npy")).status == 0)
    #expect(try File.contents(source, limit: 1 << 20) == File.contents(folder("b.npy"), limit: 1 << 20))
  }

  #if Zlib
    @Test func anArchiveIsDeflatedWhenAsked() throws {
      let folder = try TemporaryFolder()
      let source = try folder.npy("a.npy", [500, 40], (0..<20_000).map { Float($0 % 7) })
      #expect(ToolRun("convert", source, folder("d.npz"), "--codec", "gzip", "--level", "9").status == 0)
      #expect(ToolRun("info", folder("d.npz")).output.contains("deflate"))
      #expect(try File.contents(folder("d.npz"), limit: 1 << 20).count < 8000)
      #expect(ToolRun("convert", folder("d.npz"), folder("b.npy")).status == 0)
      #expect(try File.contents(source, limit: 1 << 20) == File.contents(folder("b.npy"), limit: 1 << 20))
      for options in [["--codec", "lz4"], ["--codec", "gzip", "--level", "10"], ["--level", "1"]] {
        let run = ToolRun(["convert", source, folder("e.npz")] + options)
        #expect(run.status == 2 && run.errors.hasPrefix("tessera: error: \(folder("e.npz")): "), "\(options)")
      }
      #expect(folder.names == ["a.npy", "b.npy", "d.npz"])
    }
  #endif

  @Test func jsonKeys() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [4], [1, 2, 3, 4] as [Float])
    let json = try ToolRun("convert", source, folder("b.npy"), "--dtype", "float64", "--json").json()
    #expect(json["destination"] == .string(folder("b.npy")))
    #expect(json["bytes_in"] == 16)
    #expect(json["bytes_out"] == 32)
    #expect(json["stored_bytes"] == 160)
    for key in ["sources", "ratio", "seconds", "bytes_per_second", "peak_bytes"] {
      #expect(json[key] != nil, "\(key)")
    }
    #expect(try ToolRun("info", folder("b.npy"), "--json").json()["dtype"] == "float64")
  }

  @Test(
    arguments: [["convert", "b.npy"], ["convert", "b.zarr"], ["adopt", "b.zarr"]])
  func explainRunsNothing(_ words: [String]) throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [4], [1, 2, 3, 4] as [Float])
    let json = try ToolRun(words[0], source, folder(words[1]), "--explain", "--json").json()
    let passes = try #require(json["passes"]?.array)
    #expect(passes.count == 1)
    for key in ["source", "shape", "block_shape", "bytes_read", "bytes_written"] {
      #expect(passes.first?[key] != nil, "\(key)")
    }
    for key in ["bytes_read", "bytes_written", "predicted_peak_bytes"] {
      #expect(json[key]?.int != nil, "\(key)")
    }
    let text = ToolRun(words[0], source, folder(words[1]), "--explain").output
    #expect(text.hasPrefix("plan: 1 pass, reads "))
    #expect(text.contains("predicted peak memory"))
    #expect(folder.names == ["a.npy"])
  }

  @Test func adoptKeepsTheNameWhenAsked() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [4], [1, 2, 3, 4] as [Float])
    #expect(ToolRun("adopt", source, folder("a.zarr"), "--link").status == 0)
    #expect(folder.names == ["a.npy", "a.zarr"])
    #expect(ToolRun("slice", folder("a.zarr"), "...").output == "[1. 2. 3. 4.]\n")
    let other = try folder.npy("b.npy", [4], [1, 2, 3, 4] as [Float])
    #expect(ToolRun("adopt", other, folder("b.zarr"), "--chunks", "2").status == 0)
    #expect(folder.names == ["a.npy", "a.zarr", "b.zarr"])
    #expect(try ToolRun("info", folder("b.zarr"), "--json").json()["chunks"] == [2])
  }

  @Test(arguments: ["b.npy", "b.npz", "b"]) func adoptMakesStoresOnly(_ name: String) throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [4], [1, 2, 3, 4] as [Float])
    let run = ToolRun("adopt", source, folder(name))
    #expect(run.status == 2 && run.errors.contains("expected a name ending in .zarr"), "\(run.errors)")
    #expect(folder.names == ["a.npy"])
  }

  @Test func adoptNeedsAFolder() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [4], [1, 2, 3, 4] as [Float])
    try folder.write("file", [])
    for (name, part) in [
      ("a.npy/b.zarr", "a.npy: not a folder"), ("file/b.zarr", "file: not a folder"),
      ("none/b.zarr", "none: no such folder"), ("none.zarr/b", "none.zarr: no such folder"),
    ] {
      for options in [[], ["--explain"], ["--overwrite"]] {
        let run = ToolRun(["adopt", source, folder(name)] + options)
        #expect(run.status == 1 && run.errors.contains(part), "\(name), \(options): \(run.errors)")
      }
    }
    #expect(folder.names == ["a.npy", "file"])
  }

  /// What would be refused is not planned either.
  @Test(arguments: ["convert", "adopt"]) func aFolderThatIsNoStoreIsNotReplaced(_ command: String) throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [4], [1, 2, 3, 4] as [Float])
    try folder.write("b.zarr/photo", [1])
    for options in [[], ["--explain"]] {
      let run = ToolRun([command, source, folder("b.zarr"), "--overwrite"] + options)
      #expect(run.status == 1 && run.errors.contains("b.zarr: will not replace this folder"), "\(run.errors)")
    }
    #expect(folder.names == ["a.npy", "b.zarr"])
  }

  @Test func membersTakeTheFormatOfTheirGroup() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [4, 2], (0..<8).map { Float($0) })
    let group = folder("g.zarr")
    for command in [
      ["convert", source, "\(group)/a", "--zarr-format", "2"], ["convert", source, "\(group)/b"],
      ["convert", source, "\(group)/in/c"], ["random", "3", "\(group)/d"],
      ["slice", source, "1:", "-o", "\(group)/e"], ["normalize", source, "\(group)/f"],
    ] {
      let run = ToolRun(command)
      #expect(run.status == 0, "\(run.errors)")
    }
    let members = try #require(try ToolRun("info", group, "--json").json()["members"]?.array)
    #expect(members.map { $0["name"]?.string } == ["a", "b", "d", "e", "f", "in/c"])
    #expect(members.allSatisfy { $0["format"] == "zarr v2" })
    for command in [
      ["convert", source, "\(group)/g", "--zarr-format", "3"],
      ["convert", source, "\(group)/g", "--shards", "4x2"], ["adopt", source, "\(group)/g"],
    ] {
      let run = ToolRun(command)
      #expect(run.status == 2 && run.errors.count { $0 == "\n" } == 1, "\(run.errors)")
    }
    #expect(ToolRun("info", source).status == 0)
  }

  @Test func resumeOfNothingStartsAfresh() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [4], [1, 2, 3, 4] as [Float])
    #expect(ToolRun("convert", source, folder("b.zarr"), "--resume").status == 0)
    #expect(ToolRun("slice", folder("b.zarr"), "1:3").output == "[2. 3.]\n")
  }
}
