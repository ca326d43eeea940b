import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraCLI

/// The commands gram, cov and corr.
@Suite struct ColumnProductsTests {
  private func source(_ folder: TemporaryFolder) throws -> String {
    try folder.npy("x.npy", [4, 2], [1, 2, 3, 1, 5, 0, 7, 5] as [Float])
  }

  @Test func gram() throws {
    let folder = try TemporaryFolder()
    let run = ToolRun("gram", try source(folder), folder("g.npy"))
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("\(folder("x.npy")) -> \(folder("g.npy")): 32 B in, "))
    #expect(try StoredArray.open(folder("g.npy")).elements(as: Float.self) == [84, 40, 40, 30])
    let integers = try folder.npy("i.npy", [2, 1], [100, 100] as [Int8])
    #expect(ToolRun("gram", integers, folder("h.npy")).status == 0)
    #expect(try StoredArray.open(folder("h.npy")).elements(as: Double.self) == [20_000])
  }

  @Test func covariance() throws {
    let folder = try TemporaryFolder()
    let source = try source(folder)
    #expect(ToolRun("cov", source, folder("c.npy")).status == 0)
    #expect(ToolRun("cov", source, folder("p.zarr"), "--ddof", "0", "--codec", "lz4").status == 0)
    // Of deviations (-3, -1, 1, 3) and (0, -1, -2, 3).
    let sample = try StoredArray.open(folder("c.npy")).elements(as: Double.self)
    let population = try StoredArray.open(folder("p.zarr")).elements(as: Double.self)
    for (index, expected) in [20.0, 8, 8, 14].enumerated() {
      #expect(abs(sample[index] - expected / 3) < 1e-6 && abs(population[index] - expected / 4) < 1e-6)
    }
  }

  @Test func correlation() throws {
    let folder = try TemporaryFolder()
    #expect(ToolRun("corr", try source(folder), folder("r.npy"), "--dtype", "float64").status == 0)
    let values = try StoredArray.open(folder("r.npy")).elements(as: Double.self)
    let expected = 8 / (20.0 * 14).squareRoot()
    #expect(abs(values[0] - 1) < 1e-15 && abs(values[1] - expected) < 1e-15 && values[1] == values[2])
  }

  @Test func dtypeOfTheResult() throws {
    let folder = try TemporaryFolder()
    let source = try source(folder)
    for (command, dtype) in [("gram", DType.float64), ("cov", .float32), ("corr", .int32)] {
      let path = folder("\(command).npy")
      #expect(ToolRun(command, source, path, "--dtype", dtype.name).status == 0)
      #expect(try StoredArray.open(path).dtype == dtype)
    }
  }

  @Test(arguments: ["gram", "cov", "corr"])
  func complexNumbersAreNotMadeReal(_ command: String) throws {
    let folder = try TemporaryFolder()
    let numbers: [Complex<Double>] = [Complex(1, 2), Complex(3, 5), Complex(-1, 4), Complex(0, 1)]
    let source = try folder.npy("c.npy", [2, 2], numbers)
    for dtype in ["float32", "float64", "int32"] {
      let run = ToolRun(command, source, folder("d.npy"), "--dtype", dtype)
      #expect(run.status == 2)
      #expect(run.errors.contains("expected complex64 or complex128, got \(dtype)"), "\(run.errors)")
    }
    #expect(folder.names == ["c.npy"])
    #expect(ToolRun(command, source, folder("d.npy"), "--dtype", "complex64").status == 0)
    #expect(try StoredArray.open(folder("d.npy")).dtype == .complex64)
  }

  @Test func explainsOnePass() throws {
    let folder = try TemporaryFolder()
    for command in ["gram", "cov", "corr"] {
      let json = try ToolRun(command, try source(folder), folder("d.npy"), "--explain", "--json").json()
      #expect(json["passes"]?.array?.count == 1)
      #expect(json["bytes_read"] == 32)
      #expect(json["bytes_written"] == (command == "gram" ? 16 : 32))
    }
    #expect(folder.names == ["x.npy"])
  }

  @Test(arguments: ["gram", "cov", "corr"])
  func mistakes(_ command: String) throws {
    let folder = try TemporaryFolder()
    let source = try source(folder)
    let cube = try folder.npy("cube.npy", [1, 2, 2], [1, 2, 3, 4] as [Double])
    for (words, status, text) in [
      ([cube, folder("d.npy")], 2, "(1, 2, 2)"), ([folder("none.npy"), folder("d.npy")], 1, "none.npy"),
      ([source, folder("d.txt")], 2, "d.txt"), ([source, source], 1, "x.npy"),
      ([source, folder("d.npy"), "--memory", "1MiB"], 2, "memory"),
    ] as [([String], Int32, String)] {
      let run = ToolRun([command] + words)
      #expect(run.status == status, "\(run.errors)")
      #expect(run.output.isEmpty && run.errors.hasPrefix("tessera: error: ") && run.errors.contains(text))
      #expect(run.errors.count { $0 == "\n" } == 1)
    }
    #expect(folder.names == ["cube.npy", "x.npy"])
  }
}
