import TesseraCore
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct AppendCommandTests {
  @Test(arguments: ["all.npy", "all.zarr"])
  func rowsOfSeveralSources(_ name: String) throws {
    let folder = try TemporaryFolder()
    let first = try folder.npy("a.npy", [2, 2], [1, 2, 3, 4] as [Int32])
    let second = try folder.npy("b.npy", [1, 2], [5, 6] as [Int32])
    #expect(ToolRun("convert", first, folder(name)).status == 0)
    let run = ToolRun("append", folder(name), second, first)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("\(second), \(first) -> \(folder(name)): "))
    #expect(ToolRun("slice", folder(name), "...").output == "[[1 2]\n [3 4]\n [5 6]\n [1 2]\n [3 4]]\n")
  }

  @Test func explainAppendsNothing() throws {
    let folder = try TemporaryFolder()
    let first = try folder.npy("a.npy", [2], [1, 2] as [Int32])
    let second = try folder.npy("b.npy", [1], [3] as [Int32])
    let json = try ToolRun("append", first, second, "--explain", "--json").json()
    #expect(json["passes"]?.array?.isEmpty == false)
    #expect(json["predicted_peak_bytes"]?.int != nil)
    #expect(ToolRun("slice", first, "...").output == "[1 2]\n")
  }

  @Test func otherShapesAreRefused() throws {
    let folder = try TemporaryFolder()
    let first = try folder.npy("a.npy", [2, 2], [1, 2, 3, 4] as [Int32])
    let second = try folder.npy("b.npy", [1, 3], [5, 6, 7] as [Int32])
    let run = ToolRun("append", first, second)
    #expect(run.status == 1 || run.status == 2)
    #expect(run.errors.hasPrefix("tessera: error: ") && run.errors.count { $0 == "\n" } == 1)
    #expect(try ToolRun("info", first, "--json").json()["shape"] == [2, 2])
  }
}
