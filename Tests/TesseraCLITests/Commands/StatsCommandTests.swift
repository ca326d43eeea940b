import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct StatsCommandTests {
  private static let keys = ["count", "nan_count", "min", "max", "mean", "std"]
  private static let numbers: [Float] = [1, .nan, 5, 3, 2, .infinity, 5, 4, 6]

  @Test func tableOfFeatures() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [3, 3], StatsCommandTests.numbers)
    let run = ToolRun("stats", path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.output == """
        \(path): (3, 3) float32, along axis 0
        feature  count  nan  min  max  mean      std
              0      3    0    1    5     3  1.63299
              1      2    1    2    4     3        1
              2      3    0    5  inf   inf      nan

        """)
  }

  @Test func json() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [3, 3], StatsCommandTests.numbers)
    let json = try ToolRun("stats", path, "--json").json()
    #expect(json.object?.keys == ["shape", "dtype", "axis"] + StatsCommandTests.keys)
    #expect(json["shape"] == [3, 3])
    #expect(json["dtype"] == "float32")
    #expect(json["axis"] == 0)
    #expect(json["count"] == [3, 2, 3])
    #expect(json["nan_count"] == [0, 1, 0])
    #expect(json["min"] == [1.0, 2.0, 5.0])
    #expect(json["max"] == [5.0, 4.0, "Infinity"])
    #expect(json["mean"] == [3.0, 3.0, "Infinity"])
    #expect(json["std"]?[1] == 1.0)
    #expect(json["std"]?[2] == "NaN")
  }

  @Test func everythingAtOnce() throws {
    let folder = try TemporaryFolder()
    let matrix = try folder.npy("a.npy", [2, 2], [1, 2, 3, 4] as [Int32])
    let row = try folder.npy("b.npy", [4], [1, 2, 3, 4] as [Int32])
    for arguments in [[matrix, "--all"], [row], [row, "--axis", "0"]] {
      let json = try ToolRun(["stats", "--json"] + arguments).json()
      #expect(
        json["count"] == 4 && json["min"] == 1 && json["max"] == 4 && json["mean"] == 2.5, "\(arguments)")
    }
    #expect(try ToolRun("stats", matrix, "--all", "--json").json()["axis"] == .null)
    #expect(try ToolRun("stats", row, "--axis", "-1", "--json").json()["axis"] == 0)
    let table = ToolRun("stats", row).output
    #expect(table.hasSuffix("count  nan  min  max  mean      std\n    4    0    1    4   2.5  1.11803\n"))
  }

  /// Writing the table, which is little, does not begin the bar again.
  @Test func theBarOfATableThatIsWrittenNeverGoesBack() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [3, 3], StatsCommandTests.numbers)
    let run = ToolRun("stats", path, "-o", folder.at("t.npz"), "--progress", "always")
    #expect(run.status == 0, "\(run.errors)")
    let shown = run.errors.matches(of: #/(\d+)%/#).compactMap { Int($0.1) }
    #expect(shown.last == 100 && shown == shown.sorted(), "\(shown)")
  }

  @Test func boolsAndEmptyAxes() throws {
    let folder = try TemporaryFolder()
    let flags = try folder.npy("b.npy", [4, 1], [true, false, true, true])
    let json = try ToolRun("stats", flags, "--json").json()
    #expect(json["min"] == [false] && json["max"] == [true] && json["mean"] == [0.75])
    let none = try folder.npy("e.npy", [0, 2], [] as [Int16])
    let empty = try ToolRun("stats", none, "--json").json()
    #expect(empty["count"] == [0, 0] && empty["min"] == ["NaN", "NaN"] && empty["std"] == ["NaN", "NaN"])
    #expect(try ToolRun("stats", none, "--axis", "1", "--json").json()["mean"] == [])
  }

  @Test func manyFeaturesFitAScreen() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [2, 50, 2], (0..<200).map { Int64($0) })
    let lines = ToolRun("stats", path).output.split(separator: "\n")
    #expect(lines.count == 24)
    #expect(lines[2].contains("(0, 0)") && lines[12].contains("...") && lines[22].contains("(49, 1)"))
    #expect(ToolRun("stats", path, "--all-features").output.split(separator: "\n").count == 102)
  }

  @Test(arguments: ["t.npz", "t.csv", "t.tsv"])
  func files(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [3, 3], StatsCommandTests.numbers)
    #expect(ToolRun("stats", path, "-o", folder(name)).status == 0)
    let again = ToolRun("stats", path, "-o", folder(name))
    #expect(again.status == 1 && again.output.isEmpty)
    #expect(ToolRun("stats", path, "-o", folder(name), "--overwrite").status == 0)
    #expect(folder.names.sorted() == ["a.npy", name])
    if name == "t.npz" {
      let members = try ToolRun("info", folder(name), "--json").json()["members"]?.array ?? []
      #expect(members.compactMap { $0["name"]?.string } == StatsCommandTests.keys)
      #expect(ToolRun("slice", folder("t.npz/max"), "...").output == "[ 5.  4. inf]\n")
    } else {
      let separator = name == "t.csv" ? "," : "\t"
      let lines = String(decoding: try File.contents(folder(name), limit: 1000), as: UTF8.self).split(
        separator: "\n")
      #expect(lines[0] == StatsCommandTests.keys.joined(separator: separator))
      #expect(lines[2] == ["2", "1", "2.0", "4.0", "3.0", "1.0"].joined(separator: separator))
      #expect(lines[3] == ["3", "0", "5.0", "inf", "inf", "nan"].joined(separator: separator))
    }
  }

  /// Rows are written many at a time.
  @Test func everyRowOfALongTable() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [1, 2500], (0..<2500).map { Int16($0) })
    #expect(ToolRun("stats", path, "-o", folder("t.csv")).status == 0)
    let lines = String(decoding: try folder.read("t.csv"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 2501)
    #expect(lines.dropFirst().enumerated().allSatisfy { $1 == "1,0,\($0),\($0),\($0).0,0.0" })
  }

  @Test func jsonNamesTheFileOfATableThatIsTooLong() throws {
    let folder = try TemporaryFolder()
    let features = 100_001
    let path = try folder.npy("a.npy", [1, features], [UInt8](repeating: 3, count: features))
    let refused = ToolRun("stats", path, "--json")
    #expect(refused.status == 2 && refused.output.isEmpty && refused.errors.contains("at most 100000"))
    let json = try ToolRun("stats", path, "--json", "-o", folder("t.npz")).json()
    #expect(json.object?.keys == ["shape", "dtype", "axis", "destination"])
    #expect(json["destination"] == .string(folder("t.npz")))
    #expect(ToolRun("slice", folder("t.npz/max"), "-1").output == "3\n")
    // A table that fits is printed, written or not.
    let few = try folder.npy("b.npy", [1, 2], [5, 6] as [UInt8])
    let whole = try ToolRun("stats", few, "--json", "-o", folder("few.npz")).json()
    #expect(whole["max"] == [5, 6] && whole["destination"] == nil)
  }

  @Test func onePass() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [100, 3], [Float](repeating: 1, count: 300))
    for options in [[], ["--all"], ["--axis", "1"], ["-o", folder("t.npz")], ["-o", folder("t.csv")]] {
      let plan = try ToolRun(["stats", path, "--explain", "--json"] + options).json()
      #expect(plan["passes"]?.array?.count == 1, "\(options)")
      #expect(plan["bytes_read"] == 1200, "\(options)")
    }
    #expect(ToolRun("stats", path, "--explain").output.hasPrefix("plan: 1 pass, reads 1.17 KiB"))
    #expect(folder.names == ["a.npy"])
  }

  @Test(arguments: ["csv", "npz"]) func aTableThatCannotBeIsNotPlanned(_ form: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [2, 2], [1, 2, 3, 4] as [Int32])
    try folder.write("t.\(form)", [])
    try folder.write("file", [])
    for (name, part) in [
      ("none/t", "no such folder"), ("file/t", "not a folder"), ("t", "exists already"),
    ] {
      let run = ToolRun("stats", path, "-o", folder("\(name).\(form)"), "--explain")
      #expect(run.status == 1 && run.output.isEmpty && run.errors.contains(part), "\(name): \(run.errors)")
    }
    #expect(ToolRun("stats", path, "-o", folder("t.\(form)"), "--explain", "--overwrite").status == 0)
    #expect(try folder.read("t.\(form)") == [])
  }

  /// Not even the source, with which a place in it does not overlap.
  @Test(arguments: ["csv", "npz"]) func aFileIsNoFolderForATable(_ form: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [2, 2], [1, 2, 3, 4] as [Int32])
    for options in [[], ["--explain"], ["--overwrite"]] {
      let run = ToolRun(["stats", path, "-o", "\(path)/t.\(form)"] + options)
      #expect(run.status == 1 && run.errors.contains("a.npy: not a folder"), "\(options): \(run.errors)")
    }
    #expect(folder.names == ["a.npy"])
  }

  @Test func aFolderIsNotReplacedByATable() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [2, 2], [1, 2, 3, 4] as [Int32])
    try folder.write("t.csv/holiday.jpg", [1, 2, 3])
    let run = ToolRun("stats", path, "-o", folder("t.csv"), "--overwrite")
    #expect(run.status == 1 && run.errors.contains("t.csv: will not replace this folder"), "\(run.errors)")
    #expect(try folder.read("t.csv/holiday.jpg") == [1, 2, 3])
    #expect(folder.names == ["a.npy", "t.csv"])
  }

  /// Archives and groups are known by what is in them, and may be called as a table is.
  @Test func aTableDoesNotReplaceItsSource() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [2, 2], [1, 2, 3, 4] as [Int32])
    for name in ["t.npz/x", "g.zarr/x", "z.zarr"] {
      #expect(ToolRun("convert", path, folder(name)).status == 0)
    }
    try Syscalls.rename(folder("t.npz"), to: folder("t.csv"))
    try Syscalls.rename(folder("g.zarr"), to: folder("g.csv"))
    let before = try snapshot(folder.path)
    for (source, table) in [
      ("t.csv/x", "t.csv"), ("t.csv", "t.csv"), ("g.csv/x", "g.csv"), ("z.zarr", "z.zarr/c/0/s.csv"),
    ] {
      let run = ToolRun("stats", folder(source), "-o", folder(table), "--overwrite")
      #expect(run.status == 2 && run.errors.contains("overlap"), "\(source) to \(table): \(run.errors)")
    }
    #expect(try snapshot(folder.path) == before)
  }

  @Test func mistakes() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [2, 2], [1, 2, 3, 4] as [Int32])
    let complex = try folder.npy("c.npy", [1], [Complex<Double>(1, 2)])
    for (arguments, part) in [
      ([path, "--axis", "2"], "axis 2"), ([path, "--axis", "0", "--all"], "both"),
      ([path, "-o", path], ".npz"),
      ([complex], "complex"),
    ] {
      let run = ToolRun(["stats"] + arguments)
      #expect(run.status == 2, "\(arguments)")
      #expect(run.errors.contains(part) && run.errors.count { $0 == "\n" } == 1, "\(run.errors)")
    }
  }
}
