import Glibc
import Synchronization
import TesseraCore
import TesseraEngine
import TesseraEngineTestSupport
import TesseraIO
import TesseraStorage
import Testing

@Suite struct NormalizationTests {
  private func source(_ folder: TemporaryFolder, _ shape: [Int]) throws -> (String, NDArray) {
    let count = shape.reduce(1, *)
    let x = try NDArray((0..<count).map { Float($0 * 7919 % 10007) * 0.5 }, shape: shape)
    try x.write(to: folder.at("x.npy"))
    return (folder.at("x.npy"), x)
  }

  @Test func onePassToFitAndOneToWrite() throws {
    let folder = try TemporaryFolder()
    let (source, x) = try source(folder, [500, 6])
    let job = try Normalization(
      from: source, to: folder.at("z.zarr"), savingParametersTo: folder.at("p.npz"),
      layout: .init(codec: .lz4))
    #expect(job.explanation.passes.count == 2)
    #expect(job.explanation.bytesRead == 2 * x.nbytes && job.explanation.bytesWritten == x.nbytes)
    #expect(job.explanation.passes.allSatisfy { $0.source == source })
    #expect(try Directory.names(folder.path) == ["x.npy"])
    let report = try job.run()
    #expect(report.bytesIn == 2 * x.nbytes && report.bytesOut == x.nbytes)
    let expected = try Normalizer.fit(x).transform(x).elements(as: Float.self)
    #expect(try NDArray.open(folder.at("z.zarr")).elements(as: Float.self) == expected)
    // The parameters do the same without a fit.
    let again = try Normalization(from: source, to: folder.at("w.npy"), parameters: folder.at("p.npz"))
    #expect(again.explanation.passes.count == 1)
    #expect(try again.run().bytesIn == x.nbytes)
    #expect(try NDArray.open(folder.at("w.npy")).elements(as: Float.self) == expected)
  }

  /// Writing takes more than fitting, or less.
  @Test(arguments: [Normalizer.Method.zscore, .robust]) func theNamedBudgetDoes(_ method: Normalizer.Method)
    throws
  {
    let folder = try TemporaryFolder()
    try NDArray.zeros([3, 1 << 20], dtype: .float32).write(to: folder.at("x.npy"))
    let named = NamedBudget { memory in
      _ = try Normalization(
        from: folder.at("x.npy"), to: folder.at("z.npy"), method: method,
        options: .init(memory: memory, threads: 2))
    }
    #expect(named.isLeast && named.refusal?.path == folder.at("x.npy"), "\(named)")
  }

  /// No memory holds so many features.
  @Test(arguments: [Normalizer.Method.zscore, .minmax, .maxabs, .robust])
  func aPlanTakesNoMemoryForFeatures(_ method: Normalizer.Method) throws {
    let x = try NDArray.zeros([3, 1 << 50], dtype: .float32)
    let z = try Normalizer.Fit(x, method: method, axis: nil).placeholder().transform(x)
    #expect(z.shape == x.shape && z.dtype == .float32)
  }

  @Test func rowsTakeOnePass() throws {
    let folder = try TemporaryFolder()
    let (source, x) = try source(folder, [300, 40])
    let job = try Normalization(from: source, to: folder.at("z.npy"), method: .l2)
    #expect(job.explanation.passes.count == 1)
    try job.run()
    let z = try NDArray.open(folder.at("z.npy"))
    #expect(try z.elements(as: Float.self) == Normalizer(.l2).transform(x).elements(as: Float.self))
    let norms = try z.astype(.float64).norm(axis: 1).elements(as: Double.self)
    #expect(norms.allSatisfy { abs($0 - 1) < 1e-6 })
    // Columns are longer than what is taken from the cache: their norms take a pass.
    let columns = try Normalization(from: source, to: folder.at("c.npy"), method: .l2, axis: 0)
    #expect(columns.explanation.passes.count == 2)
    try columns.run()
    let sums = try NDArray.open(folder.at("c.npy")).astype(.float64).norm(axis: 0).elements(as: Double.self)
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-6 })
  }

  @Test func progressGoesOverBothPasses() throws {
    let folder = try TemporaryFolder()
    let (source, x) = try source(folder, [400, 30])
    let told = Told()
    let options = TransferOptions(progress: { told.add($0) })
    try Normalization(from: source, to: folder.at("z.npy"), options: options).run()
    #expect(told.totals == [2 * x.nbytes])
    #expect(told.last == 2 * x.nbytes)
    #expect(told.isMonotonous)
  }

  /// Whichever system call fails, the array and its parameters are there, or neither of them is.
  @Test func bothOrNeither() throws {
    let sources = try TemporaryFolder()
    let (source, _) = try source(sources, [50, 3])
    let work = try TemporaryFolder()
    func attempt() throws {
      try Normalization(
        from: source, to: work.at("z.npy"), savingParametersTo: work.at("p.npz"),
        options: .init(memory: 64 << 20, threads: 1)
      ).run()
    }
    #expect(try splitOutcomes(of: ["p.npz", "z.npy"], in: work, attempt) == [])
  }

  @Test(arguments: ["missing/z.zarr", "missing/g.zarr/in/z", "missing/z.npy"])
  func aMissingFolderIsFoundBeforeThePasses(_ name: String) throws {
    let folder = try TemporaryFolder()
    let (source, _) = try source(folder, [400, 30])
    let told = Told()
    let options = TransferOptions(progress: { told.add($0) })
    let error = #expect(throws: TesseraError.self) {
      try Normalization(from: source, to: folder.at(name), options: options).run()
    }
    #expect(error?.kind == .notFound && told.totals.isEmpty)
    #expect(folder.names == ["x.npy"])
  }

  @Test func aBusyPlaceOfTheParametersIsFoundBeforeThePasses() throws {
    let folder = try TemporaryFolder()
    let (source, _) = try source(folder, [400, 30])
    let told = Told()
    let job = try Normalization(
      from: source, to: folder.at("z.npy"), savingParametersTo: folder.at("p.npz"),
      options: .init(progress: { told.add($0) }))
    let other = try Staging(folder.at("p.npz"))
    #expect(#expect(throws: TesseraError.self) { try job.run() }?.kind == .busy)
    #expect(told.totals.isEmpty)
    try other.discard()
    #expect(folder.names == ["x.npy"])
  }

  @Test(arguments: ["p.npz", "./p.npz", "p.npz/z", "g.zarr"])
  func theParametersThatAreReadAreNotReplaced(_ destination: String) throws {
    let folder = try TemporaryFolder()
    let (source, x) = try source(folder, [10, 3])
    try Conversion(from: source, to: folder.at("g.zarr/x")).run()
    let parameters = folder.at(destination == "g.zarr" ? "g.zarr/p.npz" : "p.npz")
    try Normalizer.fit(x).save(to: parameters)
    let before = try snapshot(folder.path)
    let error = #expect(throws: TesseraError.self) {
      try Normalization(
        from: source, to: folder.at(destination), parameters: parameters, options: .init(overwrite: true)
      ).run()
    }
    #expect(error?.kind == .usage)
    #expect(try snapshot(folder.path) == before)
  }

  @Test func refusedBeforeAnythingIsDone() throws {
    let folder = try TemporaryFolder()
    let (source, x) = try source(folder, [10, 3])
    try Normalizer.fit(x, method: .minmax).save(to: folder.at("p.npz"))
    func refuse(
      _ destination: String, _ method: Normalizer.Method? = nil, _ axis: Int? = nil,
      _ parameters: String? = nil,
      _ saved: String? = nil, line: Int = #line
    ) {
      #expect(throws: TesseraError.self, "line \(line)") {
        try Normalization(
          from: source, to: folder.at(destination), method: method, axis: axis,
          parameters: parameters.map { folder.at($0) }, savingParametersTo: saved.map { folder.at($0) })
      }
    }
    refuse("z.npy", .zscore, nil, "p.npz")
    refuse("z.npy", nil, 1, "p.npz")
    refuse("z.npy", nil, 2)
    refuse("z.npy", nil, nil, "none.npz")
    refuse("z.npy", nil, nil, nil, "p.npz")
    refuse("z.npy", nil, nil, nil, "none/q.npz")
    refuse("z.npy", nil, nil, nil, "q.npy")
    refuse("z.npz", nil, nil, nil, "z.npz")
    refuse("z.npy", .l2, nil, nil, "q.npz")
    refuse("x.npy")
    refuse("z.txt")
    #expect(try Directory.names(folder.path).sorted() == ["p.npz", "x.npy"])
  }
}

/// What a progress handler was told.
private final class Told: Sendable {
  private let calls = Mutex<[(done: Int, total: Int)]>([])

  func add(_ progress: TransferOptions.Progress) {
    calls.withLock { $0.append((progress.done, progress.total)) }
  }
  var totals: Set<Int> { Set(calls.withLock { $0.map(\.total) }) }
  var last: Int { calls.withLock { $0.last?.done ?? 0 } }
  var isMonotonous: Bool {
    calls.withLock { calls in zip(calls, calls.dropFirst()).allSatisfy { $0.done <= $1.done } }
  }
}
