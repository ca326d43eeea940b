import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraCLI

/// Without it these commands say what to install.
private let hasOpenBLAS = Version.text.split(separator: "\n")[1].contains("OpenBLAS")

/// The commands pca, svd and lstsq.
@Suite(.enabled(if: hasOpenBLAS)) struct FittingCommandTests {
  /// Four samples on a line through (1, 2) in the direction (3, 4), with distances -3, -1, 1, 3 from it.
  private func line(_ folder: TemporaryFolder) throws -> String {
    let values = [-3.0, -1, 1, 3].flatMap { [1 + 0.6 * $0, 2 + 0.8 * $0] }
    return try folder.npy("x.npy", [4, 2], values)
  }

  private func member(_ folder: TemporaryFolder, _ name: String) throws -> [Double] {
    try StoredArray.open("\(folder("p.npz"))/\(name)").elements(as: Double.self)
  }

  private func expect(_ values: [Double], _ expected: [Double]) {
    #expect(values.count == expected.count)
    for (a, b) in zip(values, expected) { #expect(abs(a - b) < 1e-14) }
  }

  @Test func components() throws {
    let folder = try TemporaryFolder()
    let run = ToolRun(
      "pca", try line(folder), "-k", "1", "-o", folder("p.npz"), "--transform", folder("z.npy"))
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("\(folder("x.npy")) -> \(folder("p.npz")): 64 B in, "))
    try expect(member(folder, "mean"), [1, 2])
    try expect(member(folder, "components"), [0.6, 0.8])
    try expect(member(folder, "singular_values"), [Double(20).squareRoot()])
    try expect(member(folder, "explained_variance"), [20.0 / 3])
    try expect(member(folder, "explained_variance_ratio"), [1])
    let scores = try StoredArray.open(folder("z.npy"))
    #expect(scores.shape.dimensions == [4, 1])
    try expect(scores.elements(as: Double.self), [-3, -1, 1, 3])
    #expect(folder.names == ["p.npz", "x.npy", "z.npy"])
  }

  @Test func singularValues() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("x.npy", [3, 2], [0, -2, 1, 0, 0, 0] as [Float])
    #expect(ToolRun("svd", source, "-k", "2", "-o", folder("p.npz"), "--with-u").status == 0)
    for (name, expected) in [("S", [2, 1]), ("Vt", [0, 1, 1, 0]), ("U", [-1, 0, 0, 1, 0, 0])]
      as [(String, [Float])]
    {
      let values = try StoredArray.open("\(folder("p.npz"))/\(name)").elements(as: Float.self)
      #expect(values.count == expected.count)
      for (a, b) in zip(values, expected) { #expect(abs(a - b) < 1e-7, "\(name)") }
    }
    #expect(ToolRun("svd", source, "-k", "1", "-o", folder("p.npz"), "--overwrite").status == 0)
    #expect(ToolRun("slice", "\(folder("p.npz"))/U", "...").status == 1)
  }

  @Test func leastSquares() throws {
    let folder = try TemporaryFolder()
    let x = try folder.npy("x.npy", [4, 1], [0, 1, 2, 3] as [Double])
    let y = try folder.npy("y.npy", [4], [1, 2, 5, 4] as [Double])
    #expect(ToolRun("lstsq", x, y, "-o", folder("p.npz")).status == 0)
    try expect(member(folder, "coefficients"), [1.2])
    try expect(member(folder, "intercept"), [1.2])
    try expect(member(folder, "residuals"), [2.8])
    #expect(try StoredArray.open("\(folder("p.npz"))/rank").elements(as: Int64.self) == [1])
    // Σ dx dy / (Σ dx² + 1) with deviations from the means.
    #expect(ToolRun("lstsq", x, y, "-o", folder("p.npz"), "--ridge", "1", "--overwrite").status == 0)
    try expect(member(folder, "coefficients"), [1])
    try expect(member(folder, "intercept"), [1.5])
  }

  @Test func severalTargets() throws {
    let folder = try TemporaryFolder()
    let x = try folder.npy("x.npy", [3, 2], [0, 0, 1, 0, 0, 1] as [Double])
    let y = try folder.npy("y.npy", [3, 2], [1, 0, 3, 0, 0, 5] as [Double])
    #expect(ToolRun("lstsq", x, y, "-o", folder("p.npz")).status == 0)
    let coefficients = try StoredArray.open("\(folder("p.npz"))/coefficients")
    #expect(coefficients.shape.dimensions == [2, 2])
    try expect(coefficients.elements(as: Double.self), [2, 0, -1, 5])
    try expect(member(folder, "intercept"), [1, 0])
  }

  @Test func plans() throws {
    let folder = try TemporaryFolder()
    let x = try line(folder)
    let y = try folder.npy("y.npy", [4], [1, 2, 5, 4] as [Double])
    // Least squares reads the first samples a second time.
    for (words, passes, read) in [
      (["pca", x, "-k", "1"], 1, 64), (["pca", x, "-k", "1", "--transform", folder("z.npy")], 2, 128),
      (["svd", x, "-k", "1"], 1, 64), (["lstsq", x, y], 1, 120),
    ] as [([String], Int, Int64)] {
      let json = try ToolRun(words + ["-o", folder("p.npz"), "--explain", "--json"]).json()
      #expect(json["passes"]?.array?.count == passes, "\(words)")
      #expect(json["bytes_read"]?.int == Int(read), "\(words)")
      #expect(json["predicted_peak_bytes"]?.int != nil)
    }
    #expect(folder.names == ["x.npy", "y.npy"])
  }

  @Test func unsolvableInputIsNamed() throws {
    let folder = try TemporaryFolder()
    let bad = try folder.npy("bad.npy", [4, 2], [1, 2, 3, .nan, 5, 6, 7, 8] as [Double])
    let y = try folder.npy("y.npy", [4], [1, 2, 5, 4] as [Double])
    for (words, path) in [
      (["pca", bad, "-k", "1"], bad), (["svd", bad, "-k", "1"], bad), (["lstsq", bad, y], "\(bad), \(y)"),
    ] {
      let run = ToolRun(words + ["-o", folder("p.npz")])
      #expect(run.status == 1 && run.errors.contains("NaN"))
      #expect(run.errors.hasPrefix("tessera: error: \(path): "), "\(run.errors)")
    }
    #expect(folder.names == ["bad.npy", "y.npy"])
  }

  @Test func mistakes() throws {
    let folder = try TemporaryFolder()
    let x = try line(folder)
    let y = try folder.npy("y.npy", [3], [1, 2, 5] as [Double])
    let bad = try folder.npy("bad.npy", [4, 2], [1, 2, 3, .nan, 5, 6, 7, 8] as [Double])
    let complex = try folder.npy("c.npy", [1, 1], [Complex<Double>(1, 2)])
    let p = folder("p.npz")
    for (words, status, text) in [
      (["pca", x, "-k", "3", "-o", p], 2, "(4, 2)"), (["svd", x, "-k", "3", "-o", p], 2, "1 to 2"),
      (["pca", x, "-k", "0", "-o", p], 2, "--components"), (["pca", x, "-o", p], 2, "-k K"),
      (["svd", x, "-k", "1"], 2, "-o P.npz"), (["pca", x, "-k", "1", "-o", folder("p.npy")], 2, ".npz"),
      (["lstsq", x, y, "-o", p], 2, "(4, 2) and (3,)"),
      (["lstsq", x, x, "-o", p, "--ridge", "-1"], 2, "ridge"),
      (["pca", bad, "-k", "1", "-o", p], 1, "NaN"), (["svd", bad, "-k", "1", "-o", p], 1, "NaN"),
      (["lstsq", bad, bad, "-o", p], 1, "NaN"), (["pca", folder("none.npy"), "-k", "1", "-o", p], 1, "none"),
      (["pca", x, "-k", "1", "-o", p, "--transform", x, "--overwrite"], 2, "overlap"),
      (["svd", complex, "-k", "1", "-o", p, "--dtype", "float32"], 2, "complex64 or complex128"),
      (["svd", x, "-k", "1", "-o", p, "--codec", "lz4"], 2, "p.npz: codec, chunks, shards"),
      (["lstsq", x, x, "-o", p, "--chunks", "99x99x99"], 2, "are for Zarr stores"),
      (["pca", x, "-k", "1", "-o", p, "--zarr-format", "2"], 2, "are for Zarr stores"),
      (["pca", x, "-k", "1", "-o", p, "--transform", folder("t.npy"), "--level", "3"], 2, "t.npy: codec"),
      (["svd", x, "-k", "1", "-o", folder("p.zarr"), "--codec", "lz4"], 2, ".npz"),
    ] as [([String], Int32, String)] {
      let run = ToolRun(words)
      #expect(run.status == status && run.errors.contains(text), "\(words) \(run.errors)")
      #expect(run.output.isEmpty && run.errors.hasPrefix("tessera: error: "))
      #expect(run.errors.count { $0 == "\n" } == 1)
    }
    #expect(folder.names == ["bad.npy", "c.npy", "x.npy", "y.npy"])
  }
}
