import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct NormalizeCommandTests {
  private func source(_ folder: TemporaryFolder) throws -> String {
    try folder.npy("x.npy", [4, 2], [1, 10, 2, 10, 3, 10, 6, 10] as [Float])
  }

  @Test func intoAStore() throws {
    let folder = try TemporaryFolder()
    let run = ToolRun("normalize", try source(folder), folder("z.zarr"), "--codec", "lz4")
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output.hasPrefix("\(folder("x.npy")) -> \(folder("z.zarr")): 64 B in, "))
    let z = try StoredArray.open(folder("z.zarr"))
    #expect(z.dtype == .float32 && z.description.codec == "lz4")
    let deviation = Float(3.5.squareRoot())
    #expect(try z.elements(as: Float.self) == [-2 / deviation, 0, -1 / deviation, 0, 0, 0, 3 / deviation, 0])
  }

  @Test func minmaxToTheDigit() throws {
    let folder = try TemporaryFolder()
    #expect(ToolRun("normalize", try source(folder), folder("z.npy"), "--method", "minmax").status == 0)
    #expect(ToolRun("slice", folder("z.npy"), ":,0").output == "[0.  0.2 0.4 1. ]\n")
    #expect(ToolRun("slice", folder("z.npy"), ":,1").output == "[0. 0. 0. 0.]\n")
  }

  @Test func rowsToUnitNorm() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("x.npy", [2, 2], [3, 4, 0, 5] as [Int32])
    #expect(ToolRun("normalize", source, folder("z.npy"), "--method", "l2").status == 0)
    #expect(ToolRun("slice", folder("z.npy"), "...").output == "[[0.6 0.8]\n [0.  1. ]]\n")
  }

  @Test func parametersOfOneFileForAnother() throws {
    let folder = try TemporaryFolder()
    let first = ToolRun("normalize", try source(folder), folder("z.npy"), "--save-params", folder("p.npz"))
    #expect(first.status == 0, "\(first.errors)")
    let other = try folder.npy("y.npy", [1, 2], [3, 11] as [Float])
    #expect(ToolRun("normalize", other, folder("w.npy"), "--params", folder("p.npz")).status == 0)
    #expect(ToolRun("slice", folder("w.npy"), "...").output == "[[0. 1.]]\n")
    let wrong = ToolRun(
      "normalize", other, folder("v.npy"), "--params", folder("p.npz"), "--method", "minmax")
    #expect(wrong.status == 2 && wrong.errors.contains("zscore"))
  }

  @Test func explainShowsBothPasses() throws {
    let folder = try TemporaryFolder()
    let json = try ToolRun(
      "normalize", try source(folder), folder("z.npy"), "--save-params", folder("p.npz"), "--explain",
      "--json"
    ).json()
    #expect(json["passes"]?.array?.count == 2)
    #expect(json["bytes_read"] == 64 && json["bytes_written"] == 32)
    #expect(json["predicted_peak_bytes"]?.int != nil)
    #expect(folder.names == ["x.npy"])
  }

  @Test func dtypeOfTheResult() throws {
    let folder = try TemporaryFolder()
    let run = ToolRun("normalize", try source(folder), folder("z.npy"), "--dtype", "float64")
    #expect(run.status == 0)
    #expect(try StoredArray.open(folder("z.npy")).dtype == .float64)
  }

  @Test(
    arguments: [
      (["--method", "best"], 2), (["--axis", "2"], 2), (["--axis", "one"], 2),
      (["--params", "p.npz", "--save-params", "q.npz"], 2),
      (["--method", "l2", "--save-params", "q.npz"], 2),
      (["--params", "none.npz"], 1), (["--memory", "1MiB"], 2), (["--chunks", "2x2"], 2),
    ] as [([String], Int32)])
  func mistakes(_ words: [String], _ status: Int32) throws {
    let folder = try TemporaryFolder()
    let paths = words.map { $0.hasSuffix(".npz") ? folder($0) : $0 }
    let run = ToolRun(["normalize", try source(folder), folder("z.npy")] + paths)
    #expect(run.status == status, "\(run.errors)")
    #expect(run.output.isEmpty && run.errors.hasPrefix("tessera: error: "))
    #expect(run.errors.count { $0 == "\n" } == 1)
    #expect(folder.names == ["x.npy"])
  }

  @Test func existingDestinations() throws {
    let folder = try TemporaryFolder()
    let source = try source(folder)
    let words = ["normalize", source, folder("z.npy"), "--save-params", folder("p.npz")]
    #expect(ToolRun(words).status == 0)
    #expect(ToolRun(words).status == 1)
    try Directory.remove(folder("z.npy"))
    let kept = ToolRun(words)
    #expect(kept.status == 1 && kept.errors.contains("p.npz"))
    #expect(folder.names == ["p.npz", "x.npy"])
    #expect(ToolRun(words + ["--overwrite"]).status == 0)
  }
}
