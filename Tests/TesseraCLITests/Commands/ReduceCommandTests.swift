import TesseraCore
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct ReduceCommandTests {
  private static func example(_ folder: TemporaryFolder) throws -> String {
    try folder.npy("a.npy", [2, 3], [4, 0, 1, 1, 7, 2] as [Float])
  }

  @Test(
    arguments: [
      ("sum", [], "15.0\n"), ("sum", ["--axis", "0"], "[5. 7. 3.]\n"),
      ("max", ["--axis", "-1"], "[4. 7.]\n"),
      ("mean", ["--axis", "0,1", "--keepdims"], "[[2.5]]\n"), ("prod", ["--axis", "1"], "[ 0. 14.]\n"),
      ("var", ["--axis", "0", "--ddof", "1"], "[ 4.5 24.5  0.5]\n"), ("any", [], "True\n"),
      ("all", ["--axis", "0"], "[ True False  True]\n"), ("argmin", [], "1\n"),
      ("argmax", ["--axis", "1"], "[0 1]\n"), ("count_nonzero", [], "5\n"), ("median", [], "1.5\n"),
      ("quantile", ["--q", "0.5"], "1.5\n"), ("quantile", ["--q", "0,1"], "[0. 7.]\n"),
      ("nanquantile", ["--q", "0.5", "--axis", "0"], "[2.5 3.5 1.5]\n"),
      ("min,max", [], "min  0.0\nmax  7.0\n"), ("min,max", ["--axis", "1"], "min\n[0. 1.]\nmax\n[4. 7.]\n"),
    ])
  func printsAsNumPy(_ operation: String, _ options: [String], _ expected: String) throws {
    let folder = try TemporaryFolder()
    let run = ToolRun(["reduce", operation, try ReduceCommandTests.example(folder)] + options)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output == expected)
  }

  @Test(arguments: ReduceOperation.all.map(\.name))
  func everyOperationRuns(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = try ReduceCommandTests.example(folder)
    for options in [[], ["--axis", "0"], ["--axis", "1", "--keepdims"]] {
      let run = ToolRun(
        ["reduce", name, path] + options + (name.hasSuffix("quantile") ? ["--q", "0.3"] : []))
      #expect(run.status == 0, "\(run.errors)")
      #expect(!run.output.isEmpty)
    }
  }

  @Test func nansAreLeftOut() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [4], [1, .nan, -.infinity, 3] as [Double])
    #expect(
      ToolRun("reduce", "max,nanmax,nanargmin", path).output
        == "max        nan\nnanmax     3.0\nnanargmin  2\n")
    let json = try ToolRun("reduce", "max,nanmin", path, "--json").json()
    #expect(json["max"] == ["shape": [], "dtype": "float64", "data": "NaN"])
    #expect(json["nanmin"]?["data"] == "-Infinity")
    #expect(try ToolRun("reduce", "nanmax", path, "--json").json()["data"] == 3.0)
  }

  @Test func destinations() throws {
    let folder = try TemporaryFolder()
    let path = try ReduceCommandTests.example(folder)
    #expect(ToolRun("reduce", "sum", path, "--axis", "0", "-o", folder("s.npy")).status == 0)
    #expect(ToolRun("slice", folder("s.npy"), "...").output == "[5. 7. 3.]\n")
    let layout = ["--codec", "lz4", "--dtype", "int64"]
    #expect(ToolRun(["reduce", "sum", path, "--axis", "1", "-o", folder("s.zarr")] + layout).status == 0)
    #expect(ToolRun("slice", folder("s.zarr"), "...").output == "[ 5 10]\n")
    #expect(ToolRun("reduce", "min,max", path, "--axis", "1", "-o", folder("m.npz")).status == 0)
    #expect(ToolRun("slice", folder("m.npz/max"), "...").output == "[4. 7.]\n")
    #expect(ToolRun("reduce", "min", path, "-o", folder("one.npz")).status == 0)
    #expect(ToolRun("slice", folder("one.npz/min"), "...").output == "0.0\n")
    let several = ToolRun("reduce", "min,max", path, "-o", folder("m.npy"))
    #expect(several.status == 2 && several.errors.contains(".npz"))
    #expect(ToolRun("reduce", "min", path, "-o", folder("s.npy")).status == 1)
    #expect(folder.names.sorted() == ["a.npy", "m.npz", "one.npz", "s.npy", "s.zarr"])
  }

  @Test func jsonIsForSmallResults() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [1, 100_001], [UInt8](repeating: 3, count: 100_001))
    let run = ToolRun("reduce", "max", path, "--axis", "0", "--json")
    #expect(run.status == 2 && run.output.isEmpty && run.errors.contains("-o DST"))
    let options = ["--axis", "0", "--json", "-o", folder("m.npy")]
    let json = try ToolRun(["reduce", "max", path] + options).json()
    #expect(json["destination"] == .string(folder("m.npy")) && json["data"] == nil)
    #expect(ToolRun("slice", folder("m.npy"), "-1").output == "3\n")
  }

  @Test func onePassForSeveral() throws {
    let folder = try TemporaryFolder()
    let path = try ReduceCommandTests.example(folder)
    for options in [[], ["--axis", "0"], ["-o", folder("t.npz")]] {
      let plan = try ToolRun(["reduce", "mean,std,nanmin,argmax", path, "--explain", "--json"] + options)
        .json()
      #expect(plan["passes"]?.array?.count == 1, "\(options)")
      #expect(plan["bytes_read"] == 24, "\(options)")
    }
    #expect(folder.names == ["a.npy"])
  }

  @Test func quantilesOfNothing() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("none.npy", [0, 3], [Int32]())
    let run = ToolRun("reduce", "quantile", path, "--q", "0.5", "--axis", "0")
    #expect(run.status == 2 && run.output.isEmpty)
    #expect(run.errors.hasPrefix("tessera: error: \(path): cannot take quantiles"), "\(run.errors)")
    #expect(run.errors.count { $0 == "\n" } == 1)
    let nans = ToolRun("reduce", "nanquantile,median", path, "--q", "0.5", "--axis", "0")
    #expect(nans.output == "nanquantile\n[nan nan nan]\nmedian\n[nan nan nan]\n", "\(nans.errors)")
  }

  @Test(
    arguments: [
      (["meen"], "did you mean 'mean'?"), (["sum,nanstdd"], "did you mean 'nanstd'?"),
      (["mode"], "one or more of sum"),
      (["sum", "--axis", "2"], "axis 2 is out of bounds"), (["sum", "--axis", "x"], "whole numbers"),
      (["argmax", "--axis", "0,1"], "one axis"), (["sum", "--ddof", "1"], "--ddof"),
      (["sum", "--q", "1"], "--q"),
      (["quantile"], "missing --q"), (["quantile", "--q", "1.01"], "0 to 1"), (["sum,sum"], "once"),
      (["sum", "--chunks", "1x1"], "-o OUT"),
    ])
  func mistakes(_ arguments: [String], _ part: String) throws {
    let folder = try TemporaryFolder()
    let path = try ReduceCommandTests.example(folder)
    let run = ToolRun(["reduce", arguments[0], path] + arguments.dropFirst())
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("tessera: error: ") && run.errors.count { $0 == "\n" } == 1)
    #expect(run.errors.contains(part), "\(run.errors)")
  }
}
