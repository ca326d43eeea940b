import Synchronization
import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage
import TesseraTestSupport
import Testing

/// Work that is stopped, or fails, in the middle: the caller learns why, and nothing is left behind.
@Suite struct CancellationTests {
  private struct Failure: Error, Equatable { var number: Int }

  private static let threads = [1, 2, 5]

  /// Several hundred blocks that a closure is called for.
  private func watched(_ body: @escaping @Sendable (Double) throws -> Void) throws -> NDArray {
    try NDArray.arange(3 << 20, dtype: .float64).map { (value: Double) in
      // Once a tile at most: closures are slow in debug builds.
      if value.truncatingRemainder(dividingBy: 4096) == 0 { try body(value) }
      return value
    }
  }

  private func works(
    _ x: NDArray, _ folder: TemporaryFolder, _ options: TransferOptions
  ) -> [(String, () throws -> Void)] {
    [
      ("reduce", { _ = try x.sum().evaluated(options: options) }),
      ("median", { _ = try x.median().evaluated(options: options) }),
      ("scan", { _ = try x.cumsum().max().evaluated(options: options) }),
      ("end of a scan", { _ = try x.cumsum()[-1].item(as: Double.self, options: options) }),
      (
        "end of an expression of a scan",
        { try (x.cumsum() + 1.0)[-1].write(to: folder.at("e.npy"), options: options) }
      ),
      ("write", { try x.write(to: folder.at("x.npy"), options: options) }),
      ("store", { try x.write(to: folder.at("x.zarr"), layout: .init(codec: .lz4), options: options) }),
      (
        "archive",
        { try NDArray.savez(to: folder.at("x.npz"), [("x", x), ("s", x.sum())], options: options) }
      ),
    ]
  }

  @Test(arguments: threads) func anErrorOfAClosureReachesTheCaller(_ threads: Int) throws {
    let folder = try TemporaryFolder()
    let x = try watched { if $0 > 700_000 { throw Failure(number: 7) } }
    for (name, work) in works(x, folder, .init(threads: threads)) {
      #expect(throws: Failure(number: 7), "\(name)") { try work() }
      #expect(try Directory.names(folder.path).isEmpty, "\(name)")
    }
  }

  @Test(arguments: threads) func aTokenStopsEverything(_ threads: Int) throws {
    let folder = try TemporaryFolder()
    for number in 0..<8 {
      let token = CancellationToken()
      let x = try watched { if $0 > 700_000 { token.cancel() } }
      let (name, work) = works(x, folder, .init(threads: threads, cancellation: token))[number]
      let error = #expect(throws: TesseraError.self, "\(name)") { try work() }
      #expect(error?.kind == .cancelled, "\(name)")
      #expect(try Directory.names(folder.path).isEmpty, "\(name)")
    }
  }

  /// Within a block, too.
  @Test func aTokenStopsAClosureSoon() throws {
    let token = CancellationToken()
    let calls = Mutex(0)
    let x = try NDArray.arange(100_000, dtype: .float64).map { (value: Double) -> Double in
      calls.withLock { $0 += 1 }
      token.cancel()
      return value
    }
    let error = #expect(throws: TesseraError.self) {
      try x.elements(as: Double.self, options: .init(threads: 1, cancellation: token))
    }
    #expect(error?.kind == .cancelled)
    let count = calls.withLock { $0 }
    // Those of a tile.
    #expect(count <= 8192)
  }

  /// No token is needed for that.
  @Test func aCancelledTaskStopsEverything() async throws {
    let folder = try TemporaryFolder()
    for number in 0..<8 {
      let error = await Task.detached { () async -> TesseraError? in
        withUnsafeCurrentTask { $0?.cancel() }
        do {
          let x = try watched { _ in }
          try works(x, folder, .init(threads: 2))[number].1()
        } catch { return error as? TesseraError }
        return nil
      }.value
      #expect(error?.kind == .cancelled, "work \(number)")
      #expect(try Directory.names(folder.path).isEmpty, "work \(number)")
    }
  }

  /// Where nothing is read, progress is how far the elements are gone through.
  @Test(arguments: threads) func progressOfWhatReadsNothing(_ threads: Int) throws {
    let calls = Mutex<[(done: Int, total: Int)]>([])
    let options = TransferOptions(
      threads: threads, progress: { now in calls.withLock { $0.append((now.done, now.total)) } })
    _ = try NDArray.random([1 << 21], seed: 3).mean().evaluated(options: options)
    let told = calls.withLock { $0 }
    #expect(Set(told.map(\.total)) == [8 << 21])
    #expect(told.map(\.done).max() == 8 << 21)
    // Every block would be some hundred.
    #expect(told.count < 50)
  }

  @Test func nestedEvaluation() throws {
    let factors = try NDArray([1.0, 2, 3])
    let x = try NDArray((0..<100).map(Double.init)).map { (value: Double) in
      try (factors * value).sum().item(as: Double.self, options: .init(threads: 2))
    }
    #expect(try x.cumsum()[-1].item(as: Double.self) == 6 * 4950)
    #expect(try x.sum().item(as: Double.self) == 6 * 4950)
  }

  /// One array, its drivers and their pools, evaluated by several threads at the same time.
  @Test func evaluationFromSeveralThreads() throws {
    let folder = try TemporaryFolder()
    try NDArray.random([200_000, 3], seed: 5).write(to: folder.at("x.npy"))
    let x = try NDArray.open(folder.at("x.npy"))
    let joined = try concatenate([x + 1, x * 2])
    let arrays = [
      try joined.reshape([3, 400_000]).mean(axis: 1), try joined.cumsum(axis: 0)[-1],
      try joined.median(axis: 0),
      try joined.std(),
    ]
    let expected = try evaluate(arrays, options: .init(threads: 1)).map { try $0.elements(as: Double.self) }
    try WorkerTeam.run(threads: 4) { worker in
      for round in 0..<4 {
        let number = (worker + round) % arrays.count
        let own = try arrays[number].elements(as: Double.self, options: .init(threads: 2))
        guard own == expected[number] else { throw Failure(number: number) }
      }
    }
  }
}
