import TesseraCore
import TesseraEngine
import TesseraEngineTestSupport
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

/// The budget that a fit's plan names does for the fit as well.
@Suite(.enabled(if: OpenBLAS.isAvailable)) struct NamedBudgetTests {
  private let folder: TemporaryFolder
  private let archive: String

  init() throws {
    folder = try TemporaryFolder()
    archive = folder.at("o.npz")
  }

  /// - Parameters:
  ///   - plan: what the command line makes.
  ///   - run: what it runs; stopped where it begins to read.
  private func check(
    plan: (TransferOptions) throws -> Fitting, run: (TransferOptions) throws -> Void
  ) throws {
    let named = NamedBudget { _ = try plan(.init(memory: $0, threads: 2)) }
    #expect(named.isLeast, "\(named)")
    let token = CancellationToken()
    token.cancel()
    let stopped = try #require(throws: TesseraError.self) {
      try run(.init(memory: named.least, threads: 2, cancellation: token))
    }
    #expect(stopped.kind == .cancelled, "\(stopped)")
  }

  @Test(arguments: [(700, 2400, 4), (1200, 1200, 1200)])
  func leastSquares(_ rows: Int, _ features: Int, _ targets: Int) throws {
    let x = try NDArray.zeros([rows, features], dtype: .float32)
    let y = try NDArray.zeros([rows, targets])
    try check(
      plan: { try LeastSquares.fitting(x, y, ridge: 0, to: archive, options: $0) },
      run: { _ = try LeastSquares.fit(x, y, options: $0) })
  }

  /// Wide, and square with most of the values.
  @Test(arguments: [(700, 2400, 5), (1200, 1200, 1000)])
  func singularValues(_ rows: Int, _ columns: Int, _ count: Int) throws {
    let x = try NDArray.zeros([rows, columns], dtype: .float32)
    try check(
      plan: { try LeadingSVD.fitting(x, count: count, to: archive, withLeft: true, options: $0) },
      run: { _ = try Linalg.leadingSVD(x, count: count, options: $0) })
  }

  /// By products in float32, and then in float64 if need be; and by singular values.
  @Test(arguments: [(700, 2400), (900, 9000)]) func components(_ rows: Int, _ columns: Int) throws {
    let x = try NDArray.zeros([rows, columns], dtype: .float32)
    try check(
      plan: { try PCA.fitting(x, count: 5, to: archive, options: $0) },
      run: { _ = try PCA.fit(x, count: 5, options: $0) })
  }
}
