import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

/// What large matrices take of the process's memory, in a child process whose peak is theirs.
@Suite(.enabled(if: OpenBLAS.isAvailable && !Sanitizer.isOn)) struct TiledMemoryTests {
  /// A matrix of 128 MiB is inverted and factored within 96 MiB: out of core.
  @Test func peakStaysWithinTheBudget() async {
    await #expect(processExitsWith: .success) {
      // What the test itself takes more than the tool, whose base is in the budget.
      let before = ProcessLimits.peakResident - MemoryModel.base
      let folder = try TemporaryFolder()
      let (n, budget) = (4096, 96 << 20)
      let options = TransferOptions(memory: budget, threads: 2)
      try NDArray.normal([n, n], seed: 1).write(to: folder.at("a.npy"), options: options)
      let a = try NDArray.open(folder.at("a.npy"))
      _ = try Linalg.slogdet(a, options: options, temporaryFolder: folder.path)
      let definite = try a + a.transposed() + NDArray.identity(n) * 400.0
      try Linalg.cholesky(definite, options: options, temporaryFolder: folder.path).write(
        to: folder.at("l.npy"), options: options)
      try Linalg.solve(a, a[ellipsis, 0..<1024], options: options, temporaryFolder: folder.path).write(
        to: folder.at("x.npy"), options: options)
      let peak = ProcessLimits.peakResident - max(0, before)
      guard peak <= budget else {
        fatalError("peak \(ByteSize.format(peak)) of \(ByteSize.format(budget))")
      }
      // A times X is the first columns again: the identity's.
      let corner = try NDArray.open(folder.at("x.npy"))[0..<1024, ellipsis]
      let error = try absolute(corner - NDArray.identity(1024)).max().item(as: Double.self, options: options)
      precondition(error < 1e-8, "error \(error)")
    }
  }
}
