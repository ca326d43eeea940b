import TesseraCore
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct RandomCommandTests {
  /// `Generator(Philox(7)).random((2, 2), dtype)` in NumPy 2.4.
  @Test func uniformIsNumPys() throws {
    let folder = try TemporaryFolder()
    #expect(ToolRun("random", "2x2", folder("a.npy"), "--seed", "7").status == 0)
    #expect(
      ToolRun("slice", folder("a.npy"), "...").output
        == "[[0.26863855 0.46881747]\n [0.9738699  0.4261458 ]]\n")
  }

  @Test(arguments: ["uniform", "normal", "integers:-5:1000", "gamma:0.5:2", "poisson:30", "binomial:9:0.2"])
  func layoutAndThreadsChangeNothing(_ distribution: String) throws {
    let folder = try TemporaryFolder()
    let common = [
      "--dist", distribution, "--seed", "3", "--dtype", distribution == "normal" ? "float64" : "float32",
    ]
    let plain = folder("a.npy")
    #expect(ToolRun(["random", "37x29", plain, "--threads", "1"] + common).status == 0)
    let expected = try StoredArray.open(plain).bytes
    for chunks in ["5x7", "37x1", "1x29"] {
      let store = folder("\(chunks).zarr")
      #expect(ToolRun(["random", "37x29", store, "--chunks", chunks, "--threads", "3"] + common).status == 0)
      #expect(try StoredArray.open(store).bytes == expected, "\(chunks)")
    }
  }

  @Test func dtypes() throws {
    let folder = try TemporaryFolder()
    for (options, dtype) in [
      ([], "float32"), (["--dist", "integers:0:9"], "int64"), (["--dtype", "float16"], "float16"),
      (["--dist", "integers:0:2", "--dtype", "bool"], "bool"), (["--dist", "beta:2:3"], "float32"),
      (["--dist", "standard_cauchy", "--dtype", "float64"], "float64"), (["--dist", "poisson:3"], "int64"),
      (["--dist", "negative_binomial:2.5:0.5", "--dtype", "uint8"], "uint8"),
    ] {
      #expect(ToolRun(["random", "9", folder("a.npy"), "--overwrite"] + options).status == 0)
      #expect(try ToolRun("info", folder("a.npy"), "--json").json()["dtype"] == .string(dtype))
    }
  }

  /// Each distribution that the help names, of parameters that all of them take.
  @Test func everyNamedDistribution() throws {
    let folder = try TemporaryFolder()
    for distribution in NamedDistribution.all {
      let parts = distribution.spelling.split(separator: ":")
      let name = ([String(parts[0])] + parts.dropFirst().map { _ in "1" }).joined(separator: ":")
      let run = ToolRun("random", "9x2", folder("a.npy"), "--dist", name, "--overwrite")
      #expect(run.status == 0, "\(name): \(run.errors)")
      #expect(ToolRun("random", "--help").output.contains(distribution.spelling))
    }
  }

  @Test(arguments: ["()", "0x5", "7", "2x3x4"])
  func shapes(_ text: String) throws {
    let folder = try TemporaryFolder()
    let run = ToolRun("random", text, folder("a.npy"))
    #expect(run.status == 0, "\(run.errors)")
    let lengths = text == "()" ? [] : text.split(separator: "x").map { Int($0)! }
    #expect(try ToolRun("info", folder("a.npy"), "--json").json()["shape"] == JSONValue(lengths))
  }

  @Test func explainWritesNothing() throws {
    let folder = try TemporaryFolder()
    let json = try ToolRun("random", "10x10", folder("a.zarr"), "--explain", "--json").json()
    #expect(json["bytes_read"] == 0)
    #expect(json["bytes_written"] == 400)
    #expect(json["passes"]?.array?.count == 1)
    #expect(folder.names.isEmpty)
  }

  @Test(
    arguments: [
      ["3xx4"], ["-1"], ["a"], ["99999999999x99999999999"], ["3", "--dist", "norml"], ["3", "--seed", "-1"],
      ["3", "--dist", "integers:3:3"], ["3", "--dist", "integers:0:300", "--dtype", "int8"],
      ["3", "--dtype", "int32"], ["3", "--dist", "normal", "--dtype", "complex64"],
      ["3", "--dist", "gamma:2"], ["3", "--dist", "gamma:2:x"], ["3", "--dist", "poisson:-1"],
      ["3", "--dist", "binomial:2.5:0.5"], ["3", "--dist", "binomial:9007199254740993:0.5"],
      ["3", "--dist", "beta:1:1", "--dtype", "int32"],
    ])
  func mistakes(_ arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let run = ToolRun(["random", arguments[0], folder("a.npy")] + arguments.dropFirst())
    #expect(run.status == 2, "\(run.errors)")
    #expect(run.errors.hasPrefix("tessera: error: ") && run.errors.count { $0 == "\n" } == 1)
    #expect(folder.names.isEmpty)
  }
}

extension StoredArray {
  /// The elements' bytes in C order.
  var bytes: [UInt8] {
    get throws {
      var bytes = [UInt8](repeating: 0, count: shape.count * dtype.itemSize)
      try bytes.withUnsafeMutableBytes { try read(into: $0) }
      return bytes
    }
  }
}
