import TesseraCore
import TesseraEngine
import TesseraEngineTestSupport
import TesseraIO
import TesseraStorage
import TesseraTestSupport
import Testing

@Suite struct WritingTests {
  @Test func arraysAndStringsComeBack() throws {
    let folder = try TemporaryFolder()
    let x = try NDArray((0..<12).map(Float.init), shape: [4, 3])
    let mean = try x.mean(axis: 0)
    _ = try Writing(
      [("x", x), ("mean", mean), ("centred", x - mean), ("total", x.sum())], texts: [("title", "four rows")],
      to: folder.at("s.npz"), options: .init()
    ).run()
    #expect(try NDArray.open(folder.at("s.npz/x")).elements(as: Float.self) == x.elements())
    #expect(try NDArray.open(folder.at("s.npz/mean")).elements(as: Float.self) == [4.5, 5.5, 6.5])
    #expect(
      try NDArray.open(folder.at("s.npz/centred")).elements(as: Float.self)[..<3] == [-4.5, -4.5, -4.5])
    #expect(try NDArray.open(folder.at("s.npz/total")).item(as: Float.self) == 66)
    let archive = try NpzArchive(folder.at("s.npz"))
    #expect(archive.names == ["x", "mean", "centred", "total", "title"])
    #expect(try archive.text("title") == "four rows")
  }

  @Test func refusals() throws {
    let folder = try TemporaryFolder()
    let x = try NDArray([1.0, 2])
    #expect(throws: TesseraError.self) { try NDArray.savez(to: folder.at("s.npy"), [("x", x)]) }
    #expect(throws: TesseraError.self) { try NDArray.savez(to: folder.at("s.npz/a"), [("x", x)]) }
    #expect(throws: TesseraError.self) { try NDArray.savez(to: folder.at("s.npz"), [("x", x), ("x", x)]) }
    #expect(throws: TesseraError.self) { try NDArray.savez(to: folder.at("s.npz"), [("", x)]) }
    for name in ["../x", "/x", "x\ny"] {
      let error = #expect(throws: TesseraError.self) {
        try NDArray.savez(to: folder.at("s.npz"), [(name, x)])
      }
      #expect(error?.kind == .usage, "\(name)")
    }
    #expect(try Directory.names(folder.path).isEmpty)
    try NDArray.savez(to: folder.at("s.npz"), [("x", x)])
    #expect(throws: TesseraError.self) { try NDArray.savez(to: folder.at("s.npz"), [("x", x)]) }
    try NDArray.savez(to: folder.at("s.npz"), [("y", x)], options: .init(overwrite: true))
    #expect(try NpzArchive(folder.at("s.npz")).names == ["y"])
  }

  @Test func anEmptyArchive() throws {
    let folder = try TemporaryFolder()
    try NDArray.savez(to: folder.at("s.npz"), [])
    #expect(try NpzArchive(folder.at("s.npz")).names.isEmpty)
  }

  /// Row statistics of so many rows that they do not fit are computed as they are written.
  @Test func severalResultsLargerThanTheBudget() throws {
    let folder = try TemporaryFolder()
    let options = TransferOptions(memory: 64 << 20, threads: 2)
    let rows = 3 << 20
    let x = try NDArray.arange(2 * rows, dtype: .float32).reshape([rows, 2])
    let results = [("low", try x.min(axis: 1)), ("mean", try x.mean(axis: 1)), ("twice", try x * 2)]
    #expect(throws: TesseraError.self) { try evaluate(results.map(\.1), options: options) }
    let plan = try NDArray.explainSavez(to: folder.at("r.npz"), results, options: options)
    #expect(plan.predictedPeakBytes <= 64 << 20 && plan.bytesWritten == 16 * rows)
    #expect(try Directory.names(folder.path).isEmpty)
    try NDArray.savez(to: folder.at("r.npz"), results, options: options)
    let last = try NDArray.open(folder.at("r.npz/mean"))[-1]
    #expect(try last.item(as: Float.self) == x.mean(axis: 1)[-1].item(as: Float.self))
    #expect(try NDArray.open(folder.at("r.npz/low")).shape.count == rows)
  }

  /// A result that would be one block, were it no more than its own bytes, is computed by all threads.
  @Test func smallResultsOfMuchAreSharedByThreads() throws {
    let folder = try TemporaryFolder()
    let rows = 1 << 17
    let x = try NDArray.zeros([rows, 512], dtype: .float32)
    try x.write(to: folder.at("x.zarr"))
    let sums = try NDArray.open(folder.at("x.zarr")).sum(axis: 1)
    for plan in [
      try sums.explainWrite(to: folder.at("s.npy"), options: .init(threads: 4)),
      try NDArray.explainSavez(to: folder.at("s.npz"), [("s", sums)], options: .init(threads: 4)),
    ] {
      let pass = try #require(plan.passes.last)
      #expect(pass.bytesRead == 2048 * rows)
      #expect(pass.threads == 4 && pass.blocks >= 4, "\(pass)")
    }
    let plain = try x.explainWrite(to: folder.at("y.npy"), options: .init(threads: 4))
    #expect(try #require(plain.passes.last).blockShape.reduce(4, *) >= 1 << 20)
  }

  /// What passes left in memory is there still while the result is written.
  @Test func heldResultsCount() throws {
    let folder = try TemporaryFolder()
    let columns = 1 << 20
    let x = try NDArray.zeros([4, columns], dtype: .float32) + 1
    let z = try x - x.mean(axis: 0)
    let options = TransferOptions(memory: 256 << 20, threads: 1)
    let plan = try z.explainWrite(to: folder.at("z.npy"), options: options)
    let alone = try x.explainWrite(to: folder.at("x.npy"), options: options)
    let writing = try #require(plan.passes.last)
    let plain = try #require(alone.passes.last)
    #expect(writing.predictedPeakBytes >= plain.predictedPeakBytes + 4 * columns)
  }

  /// The budget that a refusal names does for computing and for writing.
  @Test func theNamedBudgetDoes() throws {
    let folder = try TemporaryFolder()
    let x = try NDArray.zeros([4, 4 << 20], dtype: .float32) + 1
    let z = try (x - x.mean(axis: 0)) / x.std(axis: 0)
    for array in [try x.sum(axis: 0), try x.median(axis: [0]) + x.max(axis: 0), z] {
      let named = NamedBudget { memory in
        _ = try array.explainWrite(to: folder.at("z.npy"), options: .init(memory: memory, threads: 2))
      }
      #expect(named.isLeast, "\(named)")
    }
  }

  @Test func aRefusedBudgetNamesTheSource() throws {
    let folder = try TemporaryFolder()
    try NDArray.zeros([2, 4 << 20], dtype: .uint8).write(to: folder.at("x.npy"))
    let x = try NDArray.open(folder.at("x.npy"))
    let error = try #require(throws: TesseraError.self) {
      try x.std(axis: 0).explainWrite(to: folder.at("z.zarr"), options: .init(memory: 64 << 20))
    }
    #expect(error.kind == .memory && error.path == folder.at("x.npy"), "\(error)")
  }

  @Test func progressGoesOverAllPassesByOneTotal() throws {
    let folder = try TemporaryFolder()
    let x = try NDArray((0..<60_000).map(Double.init), shape: [600, 100])
    try x.write(to: folder.at("x.npy"))
    let stored = try NDArray.open(folder.at("x.npy"))
    let told = Lock<[(Int, Int)]>([])
    let options = TransferOptions(progress: { now in told.withLock { $0.append((now.done, now.total)) } })
    try (stored - stored.mean(axis: 0)).write(to: folder.at("z.npy"), options: options)
    let calls = told.withLock { $0 }
    #expect(Set(calls.map(\.1)) == [2 * x.nbytes])
    #expect(calls.last?.0 == 2 * x.nbytes)
  }
}
