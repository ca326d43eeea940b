import Glibc
import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

/// Factorizations in panels and tiles: residuals, and the same bits in memory and from files, for any budget and number
/// of threads. The tiles are small here, so that small matrices have many of them.
@Suite(.enabled(if: OpenBLAS.isAvailable)) struct TiledTests {
  private let sizes = TileSizes(direct: 8, panel: 16, rows: 32)

  private func random(_ m: Int, _ n: Int, _ dtype: DType, seed: Int) throws -> NDArray {
    var generator = SeededGenerator(seed: UInt64(seed))
    return try TestMatrix(random: m, n, &generator, isComplex: dtype.kind == .complex).array(dtype)
  }

  /// All that an array holds, exactly.
  private func bytes(_ array: NDArray) throws -> [Complex<Double>] {
    try array.astype(.complex128).elements(as: Complex<Double>.self)
  }

  @Test(arguments: [9, 16, 17, 64, 101], linalgDTypes.map(\.dtype))
  func agreesWithWhatDefinesIt(_ n: Int, _ dtype: DType) throws {
    let bound = 20 * Double(n) * linalgDTypes.first { $0.dtype == dtype }!.precision
    let (array, right) = (try random(n, n, dtype, seed: n), try random(n, 37, dtype, seed: n + 1))
    let (a, b) = (try TestMatrix(array), try TestMatrix(right))
    let x = try TestMatrix(Linalg.solve(array, right, sizes: sizes))
    #expect((a * x - b).norm <= bound * a.norm * x.norm)
    let vector = try Linalg.solve(array, right[ellipsis, 3], sizes: sizes)
    #expect(vector.shape.dimensions == [n] && vector.dtype == dtype)
    let inverse = try TestMatrix(Linalg.inv(array, sizes: sizes))
    #expect((a * inverse - .identity(n)).norm <= bound * a.norm * inverse.norm)
    // The determinants themselves are beyond float32.
    let (direct, tiled) = (try Linalg.slogdet(array), try Linalg.slogdet(array, sizes: sizes))
    let signs = try TestMatrix((direct.sign - tiled.sign).reshape([1, 1]))
    #expect(signs.norm <= 100 * bound)
    let difference = try TestMatrix((direct.logabsdet - tiled.logabsdet).reshape([1, 1]))
    #expect(difference.norm <= 100 * bound)
    let definite = try (a * a.adjoint).array(dtype)
    let squares = try TestMatrix(definite)
    let lower = try TestMatrix(Linalg.cholesky(definite, sizes: sizes))
    #expect((lower * lower.adjoint - squares).norm <= bound * squares.norm)
    #expect((0..<n).allSatisfy { row in (row + 1..<n).allSatisfy { lower[row, $0] == Complex(0, 0) } })
    let upper = try TestMatrix(Linalg.cholesky(definite, upper: true, sizes: sizes))
    #expect((upper.adjoint * upper - squares).norm <= bound * squares.norm)
  }

  @Test func aStackOfOneIsTheMatrix() throws {
    let (a, b) = (try random(40, 40, .float64, seed: 2), try random(40, 5, .float64, seed: 3))
    let definite = try NDArray.identity(40) * 50.0 + a + a.transposed()
    func stacked(_ x: NDArray) throws -> NDArray { try x.reshape([1, 1] + x.shape.dimensions) }
    let pairs: [(NDArray, NDArray)] = try [
      (Linalg.solve(stacked(a), b, sizes: sizes), Linalg.solve(a, b, sizes: sizes)),
      (Linalg.solve(a, stacked(b), sizes: sizes), Linalg.solve(a, b, sizes: sizes)),
      (
        Linalg.solve(stacked(a), b[ellipsis, 0], sizes: sizes),
        Linalg.solve(a, b[ellipsis, 0], sizes: sizes)
      ),
      (Linalg.inv(stacked(a), sizes: sizes), Linalg.inv(a, sizes: sizes)),
      (Linalg.det(stacked(a), sizes: sizes), Linalg.det(a, sizes: sizes)),
      (Linalg.cholesky(stacked(definite), sizes: sizes), Linalg.cholesky(definite, sizes: sizes)),
      (
        Linalg.cholesky(stacked(definite), upper: true, sizes: sizes),
        Linalg.cholesky(definite, upper: true, sizes: sizes)
      ),
    ]
    for (found, alone) in pairs {
      #expect(found.shape.dimensions == [1, 1] + alone.shape.dimensions)
      #expect(try bytes(found) == bytes(alone))
    }
  }

  /// 64 MiB have no room for it.
  @Test func aStackOfOneLargerThanTheBudget() throws {
    let folder = try TemporaryFolder()
    let n = 2900
    try (NDArray.normal([1, n, n], seed: 5) + NDArray.identity(n) * 200.0).write(to: folder.at("a.npy"))
    let (a, b) = (try NDArray.open(folder.at("a.npy")), try NDArray.ones([n]))
    let x = try Linalg.solve(
      a, b, options: .init(memory: 64 << 20, threads: 1), temporaryFolder: folder.path,
      sizes: TileSizes(direct: 8, panel: 64, rows: 128))
    #expect(x.shape.dimensions == [1, n])
    let rest = try absolute(matmul(a, x.expandDims(axis: -1)).squeeze(axis: -1) - b).max()
    #expect(try rest.item(as: Double.self) < 1e-10)
  }

  /// A matrix of 24 MB, of which 64 MiB hold neither two nor one and its inverse: in files there, in memory with more.
  @Test(arguments: [DType.float64]) func placeBudgetAndThreadsChangeNoBit(_ dtype: DType) throws {
    let folder = try TemporaryFolder()
    let n = 1500
    let sizes = TileSizes(direct: 8, panel: 64, rows: 128)
    let source = try NDArray.normal([n, n], seed: 5)
    try source.write(to: folder.at("a.npy"))
    let a = try NDArray.open(folder.at("a.npy"))
    let b = try NDArray.normal([n, 70], seed: 6).evaluated()
    // Eigenvalues of such a random symmetric matrix lie within 2 sqrt(2 n).
    let definite = try a + a.transposed() + NDArray.identity(n) * 400.0
    var solutions: [[Double]] = []
    var inverses: [Double] = []
    var factors: [[Double]] = []
    var determinants: [[Double]] = []
    for (memory, threads) in [(1 << 30, 1), (1 << 30, 3), (64 << 20, 2), (72 << 20, 1)] {
      let options = TransferOptions(memory: memory, threads: threads)
      func key(_ x: NDArray) throws -> [Double] {
        try x.elements(as: Double.self, options: .init(memory: 1 << 30))
      }
      solutions.append(
        try key(Linalg.solve(a, b, options: options, temporaryFolder: folder.path, sizes: sizes)))
      let inverse = try Linalg.inv(a, options: options, temporaryFolder: folder.path, sizes: sizes)
      let path = folder.at("inverse-\(memory)-\(threads).npy")
      try inverse.write(to: path)
      inverses.append(try (NDArray.open(path) * weights(n)).sum().item(as: Double.self))
      if solutions.count > 1 {
        #expect(
          try (NDArray.open(path) .== NDArray.open(folder.at("inverse-\(1 << 30)-1.npy"))).all().item(
            as: Bool.self))
      }
      factors.append(
        try key(Linalg.cholesky(definite, options: options, temporaryFolder: folder.path, sizes: sizes)))
      determinants.append(
        try key(
          Linalg.slogdet(a, options: options, temporaryFolder: folder.path, sizes: sizes).logabsdet.reshape([
            1
          ])))
    }
    #expect(solutions.allSatisfy { $0 == solutions[0] })
    #expect(inverses.allSatisfy { $0 == inverses[0] })
    #expect(factors.allSatisfy { $0 == factors[0] })
    #expect(determinants.allSatisfy { $0 == determinants[0] })
    // Nothing is left beside what was written.
    #expect(folder.names.allSatisfy { $0.hasSuffix(".npy") })
  }

  private func weights(_ n: Int) throws -> NDArray {
    try NDArray.arange(n * n).reshape([n, n]).astype(.float64)
  }

  /// In files too, whatever fits memory: the least of groups, the last of them not whole.
  @Test(arguments: linalgDTypes.map(\.dtype)) func filesGiveTheBitsOfMemory(_ dtype: DType) throws {
    let folder = try TemporaryFolder()
    let n = 77
    let (a, b) = (try random(n, n, dtype, seed: 3), try random(n, 21, dtype, seed: 4))
    let definite = try (TestMatrix(a) * TestMatrix(a).adjoint).array(dtype)
    func results(_ columns: Int?, threads: Int) throws -> [[Complex<Double>]] {
      var sizes = sizes
      sizes.columnsFromFiles = columns
      let options = TransferOptions(memory: 64 << 20, threads: threads)
      let arrays = [
        try Linalg.solve(a, b, options: options, temporaryFolder: folder.path, sizes: sizes),
        try Linalg.inv(a, options: options, temporaryFolder: folder.path, sizes: sizes),
        try Linalg.cholesky(definite, options: options, temporaryFolder: folder.path, sizes: sizes),
        try Linalg.cholesky(
          definite, upper: true, options: options, temporaryFolder: folder.path, sizes: sizes),
        try Linalg.slogdet(a, options: options, temporaryFolder: folder.path, sizes: sizes).logabsdet,
      ]
      #expect(folder.names.isEmpty)
      // Files are read by any stride.
      let slices = [
        try arrays[1][slice(step: -2), slice(step: 3)], try arrays[0][5..<70, slice(step: -1)],
        try arrays[1][3, ellipsis],
      ]
      return try (arrays + slices).map { try bytes($0) }
    }
    let expected = try results(nil, threads: 2)
    for columns in [16, 48, 96] { #expect(try results(columns, threads: columns / 16) == expected) }
  }

  @Test func everyFailingCallIsAnErrorAndLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let a = try random(40, 40, .float64, seed: 8)
    var sizes = sizes
    sizes.columnsFromFiles = 16
    let options = TransferOptions(memory: 64 << 20, threads: 1)
    func work() throws -> [Double] {
      try Linalg.inv(a, options: options, temporaryFolder: folder.path, sizes: sizes).elements(
        as: Double.self, options: options)
    }
    let expected = try work()
    let counter = FaultInjector(failing: .max, code: 0)
    try FaultInjector.$current.withValue(counter) { _ = try work() }
    #expect(counter.count > 20)
    for (family, number) in FaultFamily.cases(calls: counter.count) {
      let note = "\(family), call \(number)"
      // What only asks for limits of the machine may fail unnoticed; then nothing else changes.
      let result = Result {
        try FaultInjector.$current.withValue(family.injector(failing: number)) { try work() }
      }
      switch result {
      case .success(let elements): #expect(elements == expected, "\(note)")
      case .failure(let error): #expect(error is TesseraError, "\(note): \(error)")
      }
      // What can never be unlinked stays.
      if !family.forever { #expect(folder.names.isEmpty, "\(note)") }
      for name in folder.names { try Directory.remove(folder.at(name)) }
    }
  }

  @Test func singularAndIndefiniteMatricesAreUnsolvable() throws {
    let n = 50
    let low = try random(n, 3, .float64, seed: 1)
    // A column of zeros is exactly singular whatever is rounded.
    let singular = try concatenate([random(n, n - 1, .float64, seed: 2), NDArray.zeros([n, 1])], axis: 1)
    for body in [
      { _ = try Linalg.solve(singular, low, sizes: sizes) }, { _ = try Linalg.inv(singular, sizes: sizes) },
    ] as [() throws -> Void] {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .unsolvable && error?.what == "Singular matrix")
    }
    #expect(try Linalg.det(singular, sizes: sizes).item(as: Double.self) == 0)
    #expect(try Linalg.slogdet(singular, sizes: sizes).logabsdet.item(as: Double.self) == -.infinity)
    let indefinite = try NDArray.identity(n) - NDArray.ones([n, n])
    let error = #expect(throws: TesseraError.self) { _ = try Linalg.cholesky(indefinite, sizes: sizes) }
    #expect(error?.kind == .unsolvable && error?.what == "Matrix is not positive definite")
  }

  @Test func tooSmallABudgetNamesOneThatDoes() throws {
    // Never read: two panels of 64 columns of 200000 rows take 205 MB.
    let large = try NDArray.zeros([200_000, 200_000])
    let error = #expect(throws: TesseraError.self) {
      _ = try Linalg.det(large, options: .init(memory: 64 << 20))
    }
    #expect(error?.kind == .memory)
    let least = error?.expected?.split(separator: " ").dropFirst().first.flatMap {
      ByteSize.parse($0.description)
    }
    #expect((200 << 20)...(600 << 20) ~= least ?? 0)
  }

  @Test func noRoomForTemporaryFilesIsSaidBeforeAnythingIsRead() throws {
    let large = try NDArray.zeros([4_000_000, 4_000_000])
    let error = #expect(throws: TesseraError.self) {
      _ = try Linalg.det(large, options: .init(memory: 16 << 30), temporaryFolder: "/tmp")
    }
    #expect(error?.kind == .system(ENOSPC) && error?.path == "/tmp")
  }

  @Test func cancelling() throws {
    let token = CancellationToken()
    token.cancel()
    #expect(throws: TesseraError.self) {
      _ = try Linalg.inv(random(64, 64, .float64, seed: 1), options: .init(cancellation: token), sizes: sizes)
    }
  }
}
