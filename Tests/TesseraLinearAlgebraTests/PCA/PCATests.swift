import Glibc
import TesseraCore
import TesseraEngine
import TesseraEngineTestSupport
import TesseraIO
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

@Suite(.enabled(if: OpenBLAS.isAvailable)) struct PCATests {
  static let shapes = [(2, 1), (30, 5), (1000, 20), (12, 40), (6, 100)]

  /// scikit-learn's definitions, from the whole decomposition of the centred matrix.
  @Test(arguments: shapes.indices, [DType.float32, .float64, .uint8])
  func attributes(_ number: Int, _ dtype: DType) throws {
    let (rows, columns) = PCATests.shapes[number]
    let x = try (randomMatrix(rows, columns, dtype, seed: UInt64(80 + number)) + (dtype == .uint8 ? 0 : 3))
      .astype(dtype).evaluated()
    let wide = x.astype(.float64)
    let (_, s, vh) = try Linalg.svd(wide - wide.mean(axis: 0), fullMatrices: false)
    let values = try s.elements(as: Double.self)
    let count = max(1, min(rows, columns) / 2)
    let unit = dtype == .float32 ? 0x1p-23 : 0x1p-52
    for solver in [PCA.Solver.automatic, .covariance, .singularValues(.exact)] {
      let pca = try PCA.fit(x, count: count, solver: solver)
      #expect(pca.components.dtype == (dtype == .float32 ? .float32 : .float64))
      #expect(pca.count == count && pca.featureCount == columns && pca.sampleCount == rows)
      let total = values.reduce(0) { $0 + $1 * $1 }
      try expect(pca.singularValues, values.prefix(count).map { $0 }, 100 * unit)
      try expect(pca.explainedVariance, values.prefix(count).map { $0 * $0 / Double(rows - 1) }, 100 * unit)
      try expect(pca.explainedVarianceRatio, values.prefix(count).map { $0 * $0 / total }, 100 * unit)
      let rest = values.dropFirst(count).reduce(0) { $0 + $1 * $1 } / Double(rows - 1)
      let others = Double(min(rows, columns) - count)
      // What is left of a total of float32 products.
      let lost = dtype == .float32 ? 2e-9 : 1e-12
      #expect(abs(pca.noiseVariance! - (others > 0 ? rest / others : 0)) <= lost * total)
      try expect(pca.mean, wide.mean(axis: 0).elements(as: Double.self), 4 * unit)
      // Each component is a right vector, or its opposite.
      let cosines = try absolute((pca.components.astype(.float64) * vh[0..<count]).sum(axis: 1))
      try expect(cosines, [Double](repeating: 1, count: count), 1e4 * unit)
    }
  }

  private func expect(_ array: NDArray, _ values: [Double], _ bound: Double) throws {
    for (a, b) in zip(try array.astype(.float64).elements(as: Double.self), values) {
      #expect(abs(a - b) <= bound * max(1, values.map(abs).max() ?? 1))
    }
  }

  @Test func transformAndBack() throws {
    for dtype in [DType.float32, .float64, .int32] {
      let x = try randomMatrix(300, 8, dtype, seed: 3)
      let pca = try PCA.fit(x, count: 8)
      let z = try pca.transform(x)
      #expect(z.shape.dimensions == [300, 8] && z.dtype == (dtype == .int32 ? .float64 : dtype))
      let bound = dtype == .float32 ? 1e-4 : 1e-11
      let back = try absolute(pca.inverseTransform(z).astype(.float64) - x.astype(.float64)).max()
      #expect(try back.item(as: Double.self) < bound)
      // Coordinates have the components' variances, and none in common.
      let covariance = try cov(z.astype(.float64), rowvar: false).elements(as: Double.self)
      let variances = try pca.explainedVariance.astype(.float64).elements(as: Double.self)
      for index in 0..<64 {
        let expected = index % 9 == 0 ? variances[index / 9] : 0
        #expect(abs(covariance[index] - expected) < bound * variances[0])
      }
    }
  }

  /// A few components, for which no more than those are looked for, are the first of all of them.
  @Test(arguments: [1, 3, 10]) func fewOfMany(_ count: Int) throws {
    let x = try (randomMatrix(400, 40, .float64, seed: 21) * NDArray.linspace(0.5, 4, count: 40)).evaluated()
    let (all, few) = (try PCA.fit(x, count: 40), try PCA.fit(x, count: count))
    try expect(few.singularValues, Array(all.singularValues.elements(as: Double.self)[..<count]), 1e-13)
    try expect(
      few.explainedVarianceRatio, Array(all.explainedVarianceRatio.elements(as: Double.self)[..<count]), 1e-13
    )
    // The signs too.
    try expect(few.components, all.components[0..<count].elements(as: Double.self), 1e-10)
    let rest = try all.explainedVariance.elements(as: Double.self)[count...]
    let noise = rest.reduce(0, +) / Double(rest.count)
    let found = try #require(few.noiseVariance)
    #expect(abs(found / noise - 1) < 1e-12)
  }

  /// Many equal variances, variances of 0, and nothing else: components are orthonormal all the same.
  @Test(arguments: ["repeated", "constant", "unit"]) func equalVariances(_ kind: String) throws {
    let column = try NDArray.normal([60, 1], seed: 4)
    let x =
      switch kind {
      case "repeated": try column.broadcast(to: [60, 32])
      case "constant": try NDArray.full([60, 32], 7.0)
      default: try NDArray.eye(60, 32)
      }
    for solver in [PCA.Solver.automatic, .covariance] {
      let pca = try PCA.fit(x, count: 5, solver: solver)
      let products = try matmul(pca.components, pca.components.transposed())
      let difference = try absolute(products - NDArray.eye(5)).max().item(as: Double.self)
      #expect(difference < 1e-12, "\(kind), \(solver)")
    }
  }

  /// In one pass, also where rounding leaves means that are none of the values.
  @Test(arguments: [DType.float32, .float64], [PCA.Solver.automatic, .covariance])
  func constantColumns(_ dtype: DType, _ solver: PCA.Solver) throws {
    let (rows, columns) = (20_011, 40)
    let folder = try TemporaryFolder()
    let row = try NDArray.linspace(0.1, 7.7, count: columns)
    try row.broadcast(to: [rows, columns]).astype(dtype).write(to: folder.at("x.npy"))
    let base = try CountingDriver(folder.at("x.npy"))
    let pca = try PCA.fit(base.array, count: 3, solver: solver)
    #expect(base.elements.load(ordering: .relaxed) == rows * columns)
    for array in [pca.singularValues, pca.explainedVariance] {
      #expect(try array.astype(.float64).elements(as: Double.self) == [0, 0, 0])
    }
    #expect(pca.noiseVariance == 0)
    let components = try pca.components.astype(.float64).elements(as: Double.self)
    #expect(try components == NDArray.eye(3, columns).elements(as: Double.self))
  }

  /// Where no covariance matrix is made.
  @Test(arguments: [DType.float32, .float64, .int8]) func constantColumnsOfWideMatrices(_ dtype: DType) throws
  {
    let x = try NDArray.full([3, 100], dtype == .int8 ? 7.0 : 0.1).astype(dtype)
    let pca = try PCA.fit(x, count: 2)
    #expect(try pca.explainedVariance.astype(.float64).elements(as: Double.self) == [0, 0])
    let components = try pca.components.astype(.float64).elements(as: Double.self)
    #expect(try components == NDArray.eye(2, 100).elements(as: Double.self))
  }

  /// A single element that differs by a rounding, in the first panel of rows, a later one, or another leaf.
  @Test(arguments: [0, 1, 5000, 29_999]) func almostConstantColumns(_ row: Int) throws {
    let isRow = try (NDArray.arange(30_000, dtype: .float64) .== Double(row)).astype(.float64)
    let x = try isRow.expandDims(axis: 1) * Double.ulpOfOne + NDArray.ones([1, 40])
    let pca = try PCA.fit(x, count: 1, solver: .covariance)
    #expect(try pca.explainedVariance.item(as: Double.self) > 0)
  }

  /// Variances that sums of products in float64 cannot hold beside the greatest.
  @Test func verySmallVariances() throws {
    let scales = try NDArray([1.0, 1e-4, 1e-8, 1e-11])
    let x = try (NDArray.normal([3000, 4], seed: 6) * scales).evaluated()
    let (_, s, _) = try Linalg.svd(x - x.mean(axis: 0), fullMatrices: false)
    let pca = try PCA.fit(x, count: 4)
    for (a, b) in zip(try pca.singularValues.elements(as: Double.self), try s.elements(as: Double.self)) {
      #expect(abs(a / b - 1) < 1e-3)
    }
  }

  /// float32 is multiplied in float32 while that leaves variances their digits; then in float64, then not at all. What is
  /// known exactly are the same numbers in float64; columns lie far from 0, and are mixed. The mean of the variances that are
  /// not wanted, each of which is `rest` squared or more, needs digits as well: without `rest` it has too few at 0.035.
  @Test(arguments: [(0.8, 0.0, 1), (0.035, 0.0125, 1), (0.035, 0.0, 2), (0.02, 0.0125, 2), (3e-6, 0.0, 4)])
  func precisionsOfNarrowData(_ least: Double, _ rest: Double, _ reads: Int) throws {
    let (rows, columns, count) = (6000, 40, 8)
    let folder = try TemporaryFolder()
    let scales = try (0..<columns).map { column in
      try NDArray.full([1], max(rest, pow(least, Double(column) / Double(count - 1))))
    }
    let (mixing, _) = try Linalg.qr(NDArray.normal([columns, columns], seed: 30))
    let mixed = try matmul(NDArray.normal([rows, columns], seed: 31) * concatenate(scales), mixing)
    try (mixed + 10).astype(.float32).write(to: folder.at("x.npy"))
    let base = try CountingDriver(folder.at("x.npy"))
    let pca = try PCA.fit(base.array, count: count)
    #expect(base.elements.load(ordering: .relaxed) == reads * rows * columns)
    let exact = try PCA.fit(NDArray.open(folder.at("x.npy")).astype(.float64), count: count)
    #expect(exact.components.dtype == .float64)
    let pairs = [
      (pca.explainedVariance, exact.explainedVariance), (pca.singularValues, exact.singularValues),
      (pca.explainedVarianceRatio, exact.explainedVarianceRatio),
    ]
    for (found, known) in pairs {
      #expect(found.dtype == .float32)
      let ratios = try (found.astype(.float64) / known).elements(as: Double.self)
      // Some 1e-8 of the greatest variance, which is a thousand times as large as the least where that is just enough.
      #expect(ratios.allSatisfy { abs($0 - 1) < (least == 0.035 ? 5e-5 : 1e-5) }, "\(ratios)")
    }
    let (noise, known) = (try #require(pca.noiseVariance), try #require(exact.noiseVariance))
    #expect(abs(noise - known) <= 5e-4 * known, "\(noise), \(known)")
    let cosines = try absolute((pca.components.astype(.float64) * exact.components).sum(axis: 1))
    #expect(try cosines.elements(as: Double.self).allSatisfy { abs($0 - 1) < 1e-6 })
  }

  /// Squares that float32 cannot hold, or not with all digits.
  @Test(arguments: [1e-30, 1e-24, 1e-20, 1.6e-16, 1e19, 1e30], [PCA.Solver.automatic, .covariance])
  func squaresBeyondTheRange(_ scale: Double, _ solver: PCA.Solver) throws {
    let x = try (NDArray.normal([300, 40], seed: 19) * NDArray.linspace(1, 0.3, count: 40) * scale).astype(
      .float32)
    let (pca, exact) = (try PCA.fit(x, count: 6, solver: solver), try PCA.fit(x.astype(.float64), count: 6))
    let pairs = [
      (pca.singularValues, exact.singularValues), (pca.explainedVarianceRatio, exact.explainedVarianceRatio),
    ]
    for (found, known) in pairs {
      let ratios = try (found.astype(.float64) / known).elements(as: Double.self)
      #expect(ratios.allSatisfy { abs($0 - 1) < 1e-5 }, "\(ratios)")
    }
    let away = try absolute(pca.components.astype(.float64) - exact.components).max()
    #expect(try away.item(as: Double.self) < 1e-4)
  }

  /// Squares that float64 cannot hold: singular values are those of the matrix for all that.
  @Test(arguments: [1e200, 1e-170]) func squaresBeyondTheRangeOfFloat64(_ scale: Double) throws {
    let plain = try randomMatrix(60, 5, .float64, seed: 23)
    let (x, expected) = (try (plain * scale).evaluated(), try PCA.fit(plain, count: 2))
    for solver in [PCA.Solver.automatic, .singularValues()] {
      let pca = try PCA.fit(x, count: 2, solver: solver)
      try expect(
        (pca.singularValues / scale).evaluated(), expected.singularValues.elements(as: Double.self), 1e-13)
      try expect(
        pca.explainedVarianceRatio, expected.explainedVarianceRatio.elements(as: Double.self), 1e-13)
      try expect(pca.components, expected.components.elements(as: Double.self), 1e-11)
      let variance = scale > 1 ? Double.infinity : 0
      #expect(try pca.explainedVariance.elements(as: Double.self) == [variance, variance])
    }
    let error = #expect(throws: TesseraError.self) { try PCA.fit(x, count: 2, solver: .covariance) }
    #expect(error?.kind == .unsolvable && "\(error!)".contains("range of float64"), "\(error!)")
  }

  /// The sums of these numbers are beyond the range of float64: that is what is said, not that they are infinite.
  @Test(arguments: [PCA.Solver.automatic, .covariance, .singularValues()])
  func sumsBeyondTheRangeOfFloat64(_ solver: PCA.Solver) throws {
    let x = try (randomMatrix(60, 5, .float64, seed: 25) * 1e306 + 1e307).evaluated()
    let error = #expect(throws: TesseraError.self) { try PCA.fit(x, count: 2, solver: solver) }
    let words = "sums or deviations beyond the range of float64"
    #expect(error?.kind == .unsolvable && "\(error!)".contains(words), "\(error!)")
  }

  /// Numbers that float32 holds, but not their distances from the mean.
  @Test func deviationsBeyondTheRangeOfFloat32() throws {
    let x = try concatenate([NDArray.full([300, 40], 3e38), NDArray.full([100, 40], -3e38)]).astype(.float32)
    let error = #expect(throws: TesseraError.self) { try PCA.fit(x, count: 1, solver: .covariance) }
    #expect(error?.kind == .unsolvable && "\(error!)".contains("beyond the range of float32"), "\(error!)")
    let column = try x[0..<400, 0..<1]
    #expect(try cov(column, rowvar: false).item(as: Double.self).isNaN)
    let wide = try cov(column, rowvar: false, dtype: .float64).item(as: Double.self)
    #expect(abs(wide / 2.7e79 * 399 - 1) < 1e-6)
  }

  /// float16 does not hold 90,000.
  @Test(arguments: [DType.float16, .bfloat16]) func attributesOfHalves(_ dtype: DType) throws {
    let x = try (NDArray.normal([200, 3], seed: 24) * 300.0).astype(dtype).evaluated()
    let pca = try PCA.fit(x, count: 2)
    let exact = try PCA.fit(x.astype(.float64), count: 2)
    for array in [pca.mean, pca.components, pca.singularValues, pca.explainedVarianceRatio] {
      #expect(array.dtype == .float32)
    }
    let ratios = try (pca.explainedVariance.astype(.float64) / exact.explainedVariance).elements(
      as: Double.self)
    #expect(ratios.allSatisfy { abs($0 - 1) < 1e-6 }, "\(ratios)")
  }

  @Test func complexDataStaysRefused() throws {
    let x = try randomMatrix(10, 4, .complex64, seed: 1)
    for dtype in [nil, DType.float64, .complex128] {
      let error = #expect(throws: TesseraError.self) {
        try PCA.fitting(x, count: 2, to: "p.npz", dtype: dtype, options: .init())
      }
      #expect(error?.kind == .usage)
    }
  }

  /// What products in float64 need is asked for before those in float32 are made, whether they will be needed or not.
  @Test func memoryForAllAttempts() throws {
    let folder = try TemporaryFolder()
    let scales = try concatenate([NDArray.full([2], 1.0), NDArray.full([1298], 1e-2)])
    let x = try NDArray.normal([400, 1300], seed: 12) * scales
    try x.astype(.float32).write(to: folder.at("x.npy"))
    var refused = 0
    for mebibytes in 64...160 {
      let base = try CountingDriver(folder.at("x.npy"))
      do {
        _ = try PCA.fit(base.array, count: 3, options: .init(memory: mebibytes << 20, threads: 1))
        break
      } catch let error as TesseraError {
        #expect(error.kind == .memory && base.reads.load(ordering: .relaxed) == 0, "\(mebibytes) MiB")
        refused += 1
      }
    }
    #expect((1..<97).contains(refused))
  }

  @Test func savedAndLoaded() throws {
    let folder = try TemporaryFolder()
    let pca = try PCA.fit(randomMatrix(50, 6, .float32, seed: 9), count: 3)
    try pca.save(to: folder.at("p.npz"))
    let loaded = try PCA.load(from: folder.at("p.npz"))
    #expect(try loaded.components.elements(as: Float.self) == pca.components.elements(as: Float.self))
    #expect(try loaded.mean.elements(as: Float.self) == pca.mean.elements(as: Float.self))
    #expect(loaded.noiseVariance == pca.noiseVariance && loaded.sampleCount == 50)
    try NDArray.savez(to: folder.at("q.npz"), [("mean", pca.mean), ("components", pca.mean)])
    let error = #expect(throws: TesseraError.self) { try PCA.load(from: folder.at("q.npz")) }
    #expect(error?.kind == .corrupt && error?.path == folder.at("q.npz"))
  }

  /// Whichever system call fails, the components and the samples in their coordinates are there, or neither is.
  @Test func bothOutputsOrNeither() throws {
    let sources = try TemporaryFolder()
    try randomMatrix(12, 4, .float64, seed: 3).write(to: sources.at("x.npy"))
    let work = try TemporaryFolder()
    func attempt() throws {
      _ = try PCA.fitting(
        NDArray.open(sources.at("x.npy")), count: 2, to: work.at("p.npz"), transforming: work.at("t.npy"),
        options: .init(memory: 64 << 20, threads: 1)
      ).run()
    }
    #expect(try splitOutcomes(of: ["p.npz", "t.npy"], in: work, attempt) == [])
  }

  @Test func bitsDoNotDependOnThreadsOrBudget() throws {
    let folder = try TemporaryFolder()
    _ = try NDArray.normal([20_000, 30], seed: 8, dtype: .float32).write(to: folder.at("x.npy"))
    let x = try NDArray.open(folder.at("x.npy"))
    for solver in [PCA.Solver.automatic, .singularValues(.randomized(iterations: 1))] {
      func components(_ memory: Int, _ threads: Int) throws -> [Float] {
        try PCA.fit(x, count: 4, solver: solver, options: .init(memory: memory, threads: threads)).components
          .elements(as: Float.self)
      }
      #expect(try components(64 << 20, 3) == components(1 << 30, 1))
    }
  }

  @Test func mistakes() throws {
    let x = try randomMatrix(10, 4, .float64, seed: 1)
    for (array, count) in [
      (x, 0), (x, 5), (try x.ravel(), 1), (x.astype(.complex128), 1), (try NDArray.zeros([3, 0]), 1),
    ] {
      let error = #expect(throws: TesseraError.self) { try PCA.fit(array, count: count) }
      #expect(error?.kind == .usage)
    }
    let bad = try concatenate([x, NDArray.full([1, 4], Double.nan)])
    for solver in [PCA.Solver.automatic, .singularValues()] {
      let error = #expect(throws: TesseraError.self) { try PCA.fit(bad, count: 2, solver: solver) }
      #expect(error?.kind == .unsolvable)
    }
    let pca = try PCA.fit(x, count: 2)
    for (array, words) in [(try x.transposed(), "(n, 4)"), (x.astype(.complex64), "complex64")] {
      let error = #expect(throws: TesseraError.self) { try pca.transform(array) }
      #expect(error?.kind == .usage && "\(error!)".contains(words))
    }
    let error = #expect(throws: TesseraError.self) { try pca.inverseTransform(x) }
    #expect(error?.kind == .usage)
  }
}
