import Synchronization
import TesseraCore
import TesseraEngineTestSupport
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraEngine

/// Several arrays written in step, by passes that read what they have in common once.
@Suite struct JointWritingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func options(
    _ memory: Int = 64 << 20, threads: Int = 2, overwrite: Bool = false
  ) -> TransferOptions {
    var options = TransferOptions(memory: memory, threads: threads, overwrite: overwrite)
    options.gatheredBytes = 0
    return options
  }

  /// A stored array of 2 MB in several blocks, and arrays of several dtypes that are computed from it.
  private func arrays(granule: [Int]? = nil) throws -> (
    x: CountingDriver, arrays: [(name: String, array: NDArray)]
  ) {
    try NDArray.random([1501, 317], seed: 11).astype(.float32).write(
      to: folder.at("x.npy"), options: .init(overwrite: true))
    let counting = try CountingDriver(folder.at("x.npy"), granule: granule)
    let x = counting.array
    return (
      counting,
      [
        ("z", try (x - 0.5) / 0.25), ("large", try x .> 0.5), ("wide", try exp(x).astype(.float64)),
        ("half", x.astype(.float16)), ("x", x), ("bytes", try (x * 200).astype(.uint8)),
        ("complex", try x.astype(.complex128) * 2),
      ]
    )
  }

  @Test(arguments: [1, 2, 5]) func anArchiveHasTheBytesOfOneMemberAfterAnother(_ threads: Int) throws {
    let (counting, arrays) = try arrays(granule: [1, 1])
    for memory in [64 << 20, 512 << 20] {
      let options = JointWritingTests.options(memory, threads: threads, overwrite: true)
      let plan = try NDArray.explainSavez(to: folder.at("joint.npz"), arrays, options: options)
      #expect(plan.passes.count == 1 && plan.passes[0].outputs == arrays.count)
      #expect(plan.bytesRead == counting.array.nbytes)
      #expect(plan.bytesWritten == arrays.reduce(0) { $0 + $1.array.nbytes })
      #expect(plan.predictedPeakBytes <= memory)
      counting.elements.store(0, ordering: .relaxed)
      try NDArray.savez(to: folder.at("joint.npz"), arrays, options: options)
      #expect(counting.elements.load(ordering: .relaxed) == counting.array.size, "read once")
      // The old way: one array after another, each as a driver of its own.
      let apart = try Delivery(
        [
          .init(
            folder.at("apart.npz"), arrays: arrays.map { ($0.name, try NodeSource.driver(of: $0.array.node)) }
          )
        ],
        readFrom: [], options: options)
      #expect(apart.sweeps.count == arrays.count)
      _ = try apart.run()
      #expect(try folder.read("joint.npz") == folder.read("apart.npz"))
    }
    let archive = try NpzArchive(folder.at("joint.npz"))
    #expect(archive.names == arrays.map(\.name))
  }

  #if Zlib
    /// Members wait for those before them, of whose lengths nobody knows before they are complete.
    @Test(arguments: [1, 2, 5])
    func aDeflatedArchiveHasTheBytesOfOneMemberAfterAnother(_ threads: Int) throws {
      try NDArray.random([6007, 317], seed: 12).astype(.float32).write(to: folder.at("x.npy"))
      let counting = try CountingDriver(folder.at("x.npy"), granule: [1, 1])
      let x = counting.array
      let arrays: [(name: String, array: NDArray)] = [
        ("z", try floor(x * 100)), ("wide", try exp(x).astype(.float64)), ("total", try x.sum()), ("x", x),
        ("large", try x .> 0.5),
      ]
      let layout = ArrayLayout(codec: .gzip, level: 3)
      for memory in [64 << 20, 512 << 20] {
        let options = JointWritingTests.options(memory, threads: threads, overwrite: true)
        let plan = try NDArray.explainSavezCompressed(
          to: folder.at("joint.npz"), arrays, level: 3, options: options)
        #expect(plan.passes.contains { $0.outputs >= 4 } && plan.predictedPeakBytes <= memory)
        try NDArray.savezCompressed(to: folder.at("joint.npz"), arrays, level: 3, options: options)
        #expect(folder.names.allSatisfy { !$0.hasPrefix(".") })
        let apart = try Delivery(
          [
            .init(
              folder.at("apart.npz"), layout: layout,
              arrays: arrays.map { ($0.name, try NodeSource.driver(of: $0.array.evaluated().node)) })
          ],
          readFrom: [], options: JointWritingTests.options(256 << 20, threads: 1, overwrite: true))
        #expect(apart.sweeps.count == arrays.count)
        _ = try apart.run()
        #expect(try folder.read("joint.npz") == folder.read("apart.npz"))
      }
      for (name, array) in arrays {
        let equal = try (NDArray.open(folder.at("joint.npz/\(name)")) .== array).all().item(as: Bool.self)
        #expect(equal, "\(name)")
      }
    }
  #endif

  /// Chunks of whole rows lie in the files in the same order whatever the blocks.
  @Test(arguments: [
    ArrayLayout(chunks: [100, 317], shards: .none), ArrayLayout(codec: .lz4, chunks: [64, 317]),
    ArrayLayout(codec: .lz4, chunks: [37, 400], shards: .shape([370, 400]), checksum: true),
    ArrayLayout(chunks: [500, 317], zarrFormat: 2),
  ]) func aGroupHasTheBytesOfOneArrayAfterAnother(_ layout: ArrayLayout) throws {
    let (counting, arrays) = try arrays(granule: [1, 1])
    let options = JointWritingTests.options()
    try NDArray.write(arrays, to: folder.at("joint.zarr"), layout: layout, options: options)
    #expect(counting.elements.load(ordering: .relaxed) == counting.array.size, "read once")
    for (name, array) in arrays {
      try array.write(to: folder.at("\(name).zarr"), layout: layout, options: options)
      #expect(try snapshot(folder.at("joint.zarr/\(name)")) == snapshot(folder.at("\(name).zarr")), "\(name)")
    }
    guard case .members(_, let members) = try StoredArray.contents(of: folder.at("joint.zarr")) else {
      Issue.record("no group")
      return
    }
    #expect(members.map(\.shape) == arrays.map { _ in counting.array.shape })
  }

  /// Chunks, shards and codecs that have little in common, from a source in chunks of its own.
  @Test(arguments: 0..<12 as Range<UInt64>) func anyLayouts(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func any(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let shape = [any(1...900), any(1...900)]
    let layout = ArrayLayout(codec: .lz4, chunks: [any(1...300), any(1...300)], shards: .none)
    try NDArray.random(shape, seed: UInt128(seed)).write(to: folder.at("x.zarr"), layout: layout)
    let counting = try CountingDriver(folder.at("x.zarr"))
    let x = counting.array
    let sources = [try x + 1, try x * 3, try x .< 0.25, x.astype(.int16), try x.astype(.float32) - 7]
    var outputs: [NDArray.Output] = []
    for (number, array) in sources.enumerated() {
      let chunks = [any(1...400), any(1...400)]
      let path = folder.at(
        ["\(number).npy", "\(number).zarr", "\(number).zarr", "\(number).npz/a"].randomElement(
          using: &random)!)
      let codecs: [ArrayLayout.Codec] = [.none, .lz4]
      var layout = ArrayLayout()
      if path.hasSuffix("zarr") {
        layout = ArrayLayout(
          codec: codecs.randomElement(using: &random)!, chunks: chunks,
          shards: Bool.random(using: &random) ? .none : .shape(chunks.map { $0 * any(1...4) }))
      }
      outputs.append(.init(array, to: path, layout: layout))
    }
    let options = JointWritingTests.options(threads: any(1...4), overwrite: true)
    let plan = try NDArray.explainWrite(outputs, options: options)
    #expect(plan.predictedPeakBytes <= options.memory)
    let report = try NDArray.write(outputs, options: options)
    #expect(report.bytesOut == plan.bytesWritten && report.bytesIn == plan.bytesRead, "seed \(seed)")
    let expected = try evaluate(sources)
    for (output, expected) in zip(outputs, expected) {
      let equal = try (NDArray.open(output.path) .== expected).all().item(as: Bool.self)
      #expect(equal, "seed \(seed): \(output.path), \(output.layout)")
    }
    #expect(folder.names.count == sources.count + 1, "seed \(seed)")
  }

  /// Outputs of other shapes, or without anything in common, have sweeps of their own.
  @Test func whatIsWrittenInStep() throws {
    let x = try ChunkedStub([100_000, 64], .float32, chunks: [1000, 64])
    let y = try ChunkedStub([100_000, 64], .float32, chunks: [1000, 64])
    func outputs(_ arrays: NDArray..., memory: Int = 1 << 30) throws -> [Int] {
      let members = arrays.enumerated().map { ("a\($0.offset)", $0.element) }
      let plan = try NDArray.explainWrite(
        members, to: folder.at("g.zarr"), options: JointWritingTests.options(memory))
      let bytes = arrays.reduce(0) { $0 + $1.nbytes }
      #expect(plan.bytesWritten == bytes && plan.predictedPeakBytes <= memory)
      return plan.passes.map(\.outputs)
    }
    let (a, b) = (x.array, y.array)
    #expect(try outputs(a + 1, a * 2, a .> 0) == [3])
    #expect(try outputs(a + 1, b * 2, a .> 0, b - 1) == [2, 2])
    #expect(try outputs(a + 1, b * 2) == [1, 1])
    // A third that reads both goes with the first.
    #expect(try outputs(a + 1, b * 2, a + b) == [2, 1])
    #expect(try outputs(a + 1, a[0..<1000], a[0..<1000] * 2) == [1, 2])
    // Its transpose reads the array in another way.
    #expect(try outputs(a + 1, a.transposed(), a.transposed() * 2) == [1, 2])
    // What both depend on comes first: one pass to compute, one to write.
    let centred = try a - a.mean(axis: 0)
    #expect(try outputs(centred, centred / a.std(axis: 0), a) == [0, 3])
    #expect(try outputs(NDArray.zeros([5]), NDArray.ones([5])) == [1, 1])
    #expect(try outputs(a, a) == [2])
    #expect(x.reads.load(ordering: .relaxed) == 0)
  }

  /// A budget that is too small for all together costs sweeps, not the work.
  @Test func smallBudgetsTakeMoreSweeps() throws {
    let x = try ChunkedStub([4096, 4096], .float32, chunks: [1024, 1024])
    let layout = ArrayLayout(codec: .lz4, chunks: [1024, 1024], shards: .none)
    let array = x.array
    let arrays = try (0..<8).map { ("a\($0)", try array * Float($0)) }
    var last = Int.max
    for memory in [64, 80, 100, 128, 192, 256, 1024].map({ $0 << 20 }) {
      let plan = try NDArray.explainWrite(
        arrays, to: folder.at("g.zarr"), layout: layout, options: JointWritingTests.options(memory))
      #expect(plan.passes.reduce(0) { $0 + $1.outputs } == 8)
      #expect(plan.predictedPeakBytes <= memory)
      #expect(plan.bytesRead == plan.passes.count * x.array.nbytes)
      #expect(plan.passes.count <= last, "\(memory)")
      last = plan.passes.count
    }
    #expect(last == 1)
    let least = try NDArray.explainWrite(
      arrays, to: folder.at("g.zarr"), layout: layout, options: JointWritingTests.options())
    #expect((2..<8).contains(least.passes.count), "\(least)")
  }

  /// Nothing of the elements depends on how much memory there is, or how many threads.
  @Test func sameElementsInManySweeps() throws {
    let x = try NDArray.random([1500, 1400], seed: 3)
    try x.write(to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: [700, 700], shards: .none))
    let stored = try NDArray.open(folder.at("x.zarr"))
    let centred = try stored - stored.mean(axis: 0)
    let arrays = try (1...6).map { ("a\($0)", try centred * Double($0)) }
    let layout = ArrayLayout(chunks: [700, 700], shards: .none)
    var files: [String: [UInt8]]?
    for (memory, threads) in [(64 << 20, 1), (80 << 20, 3), (1 << 30, 2)] {
      let options = JointWritingTests.options(memory, threads: threads, overwrite: true)
      try NDArray.write(arrays, to: folder.at("g.zarr"), layout: layout, options: options)
      let written = try snapshot(folder.at("g.zarr"))
      if files == nil { files = written }
      #expect(files == written, "\(memory), \(threads)")
    }
  }

  /// Sources that go in one direction are read in turn, once.
  @Test func sequentialSources() throws {
    let x = try NDArray.random([700, 900], seed: 4)
    try x.write(to: folder.at("x.npy"))
    let counting = try CountingDriver(folder.at("x.npy"))
    let stored = counting.array
    let running = try stored.cumsum(axis: 0)
    let members = [("sum", running), ("twice", try running * 2), ("x", stored)]
    let options = JointWritingTests.options(threads: 3)
    // The array itself saves no reading beside totals, which read it on their own.
    let plan = try NDArray.explainWrite(members, to: folder.at("g.zarr"), options: options)
    #expect(plan.passes.map(\.outputs) == [2, 1])
    try NDArray.write(members, to: folder.at("g.zarr"), options: options)
    // Once for the totals, and once for the member that is the array itself.
    #expect(counting.elements.load(ordering: .relaxed) == 2 * x.size)
    let sum = try x.cumsum(axis: 0).evaluated()
    #expect(try (NDArray.open(folder.at("g.zarr/sum")) .== sum).all().item(as: Bool.self))
    #expect(try (NDArray.open(folder.at("g.zarr/twice")) .== sum * 2).all().item(as: Bool.self))
  }

  @Test func progressCountsAllOfThem() throws {
    let (counting, arrays) = try arrays()
    let told = Lock<[(Int, Int)]>([])
    var options = JointWritingTests.options()
    options.progress = { now in told.withLock { $0.append((now.done, now.total)) } }
    try NDArray.write(arrays, to: folder.at("g.zarr"), options: options)
    let bytes = arrays.reduce(0) { $0 + $1.array.nbytes }
    let calls = told.withLock { $0 }
    #expect(Set(calls.map(\.1)) == [bytes] && calls.last?.0 == bytes)
    #expect(counting.elements.load(ordering: .relaxed) == counting.array.size)
  }

  @Test(arguments: [1, 3]) func cancellationLeavesNothing(_ threads: Int) throws {
    let (counting, _) = try arrays()
    let token = CancellationToken()
    let seen = Atomic<Int>(0)
    let stopping = try counting.array.map { (value: Float) in
      // Long before the end of a block, in every thread.
      if seen.wrappingAdd(1, ordering: .relaxed).newValue >= 1000 { token.cancel() }
      return value
    }
    var options = JointWritingTests.options(threads: threads)
    options.cancellation = token
    let layout = ArrayLayout(chunks: [20, 317])
    let before = folder.names
    let error = #expect(throws: TesseraError.self) {
      try NDArray.write(
        [
          .init(stopping, to: folder.at("a.npy")),
          .init(try stopping + 1, to: folder.at("b.zarr"), layout: layout),
          .init(try stopping * 2, to: folder.at("group.zarr/c"), layout: layout),
          // The widest makes blocks of 240 rows: more of them than there are threads.
          .init(stopping.astype(.complex128), to: folder.at("d.npz")),
        ], options: options)
    }
    #expect(error?.kind == .cancelled)
    #expect(folder.names == before)
  }

  @Test func refusals() throws {
    let (_, arrays) = try arrays()
    let (a, b) = (arrays[0].array, arrays[1].array)
    let before = folder.names
    func refused(_ outputs: [NDArray.Output]) -> TesseraError? {
      #expect(throws: TesseraError.self) { try NDArray.write(outputs, options: JointWritingTests.options()) }
    }
    let (p, q) = (folder.at("p.zarr"), folder.at("p.zarr/q"))
    #expect(refused([.init(a, to: p), .init(b, to: p)])?.kind == .usage)
    #expect(refused([.init(a, to: p), .init(b, to: q)])?.kind == .usage)
    #expect(refused([.init(a, to: q), .init(b, to: folder.at("./p.zarr"))])?.kind == .usage)
    #expect(
      refused([.init(a, to: folder.at("d.npz/a")), .init(b, to: folder.at("d.npz/b"))])?.kind == .usage)
    #expect(refused([.init(a, to: p), .init(b, to: folder.at("x.npy"))])?.kind == .exists)
    #expect(refused([.init(a, to: p), .init(b, to: folder.at("none/b.npy"))])?.kind == .notFound)
    #expect(
      refused([.init(a, to: p), .init(b, to: folder.at("b.npy"), layout: .init(codec: .lz4))])?.kind == .usage
    )
    for names in [["a", "a/b"], ["../a", "b"], ["a", "/b"], ["zarr.json", "b"], ["a", ""], ["a", "a"]] {
      let error = #expect(throws: TesseraError.self) {
        try NDArray.write(
          [(names[0], a), (names[1], b)], to: folder.at("g.zarr"), options: JointWritingTests.options())
      }
      #expect(error?.kind == .usage, "\(names)")
    }
    #expect(folder.names == before)
    try NDArray.write([])
  }

  @Test func severalInOneGroup() throws {
    let (_, arrays) = try arrays()
    try NDArray.write(
      [
        .init(arrays[0].array, to: folder.at("g.zarr/train/z")),
        .init(arrays[1].array, to: folder.at("g.zarr/large")),
        .init(arrays[1].array, to: folder.at("g.zarr/train/y")),
      ], options: JointWritingTests.options())
    guard case .members(_, let members) = try StoredArray.contents(of: folder.at("g.zarr")) else {
      Issue.record("no group")
      return
    }
    #expect(members.map(\.path) == ["large", "train/y", "train/z"].map { folder.at("g.zarr/\($0)") })
  }

  /// Small results are gathered, whatever they are computed from, and so are the same ones given twice.
  @Test func gatheredResults() throws {
    let x = try NDArray((0..<12).map(Double.init), shape: [4, 3])
    let z = try x * 2
    let members = [("z", z), ("again", z), ("mean", try z.mean(axis: 0))]
    try NDArray.write(members, to: folder.at("g.zarr"))
    let expected: [Double] = try z.elements()
    #expect(try NDArray.open(folder.at("g.zarr/z")).elements(as: Double.self) == expected)
    #expect(try NDArray.open(folder.at("g.zarr/again")).elements(as: Double.self) == expected)
    #expect(try NDArray.open(folder.at("g.zarr/mean")).elements(as: Double.self) == [9, 11, 13])
  }
}
