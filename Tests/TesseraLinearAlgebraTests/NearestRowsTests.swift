import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

/// The nearest rows, against sorting the distances of every pair.
@Suite struct NearestRowsTests {
  @Test(arguments: 0..<24) func agreesWithComparingEveryPair(_ seed: Int) throws {
    let pair = try RowPair(seed: seed)
    let count = 1 + seed % pair.rows.0
    for metric in RowMetric.allCases {
      let found = try nearestRows(of: pair.a, to: pair.b, count: count, metric: metric)
      #expect(found.indices.shape.dimensions == [pair.rows.1, count])
      #expect(found.indices.dtype == .int64 && found.distances.dtype == pair.dtype)
      let indices: [Int64] = try found.indices.elements()
      let distances: [Double] = try found.distances.astype(.float64).elements()
      let all = pair.all { metric == .euclidean ? RowPair.euclidean($0, $1) : 1 - RowPair.cosine($0, $1) }
      for query in 0..<pair.rows.1 {
        let own = (0..<pair.rows.0).map { all[$0 * pair.rows.1 + query] }
        let sorted = own.sorted()
        for place in 0..<count {
          let (index, distance) = (Int(indices[query * count + place]), distances[query * count + place])
          // 1 - cos of plain loops is off by as much, near rows the most.
          let slack = (pair.dtype == .float32 ? 1.2e-7 : 1e-14) * sorted[place] + 2e-14
          #expect(abs(distance - sorted[place]) <= slack, "seed \(seed) \(metric) query \(query)")
          #expect(abs(own[index] - sorted[place]) <= slack, "seed \(seed) \(metric) query \(query)")
        }
        #expect(Set(indices[query * count..<(query + 1) * count]).count == count)
      }
    }
  }

  @Test func equalDistancesHaveTheLowerIndexFirst() throws {
    // Each row four times, and queries among them.
    var values: [Double] = []
    for number in 0..<500 {
      let which = number % 125
      values += [Double(which), 0.1 * Double(which % 7), 1.0 / 3]
    }
    let x = try NDArray(values, shape: [500, 3])
    for metric in RowMetric.allCases {
      for options in [TransferOptions(threads: 1), TransferOptions(threads: 3)] {
        let found = try nearestRows(of: x, to: x[40..<45], count: 3, metric: metric, options: options)
        let indices: [Int64] = try found.indices.elements()
        for query in 0..<5 {
          let first = Int64(40 + query)
          #expect(Array(indices[query * 3..<query * 3 + 3]) == [first, first + 125, first + 250])
        }
        #expect(try found.distances.elements(as: Double.self).allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func rowsWithNaNComeLast() throws {
    let x = try NDArray([.nan, 0, 1, 1, .infinity, 0, 5, 5, .nan, .nan, 0, 0], shape: [6, 2])
    let found = try nearestRows(of: x, to: try NDArray([1.0, 1], shape: [1, 2]), count: 6)
    #expect(try found.indices.elements(as: Int64.self) == [1, 5, 3, 2, 0, 4])
    let distances: [Double] = try found.distances.elements()
    #expect(distances[0] == 0 && distances[3] == .infinity && distances[4].isNaN && distances[5].isNaN)
    let angles = try nearestRows(of: x, to: try NDArray([1.0, 1], shape: [1, 2]), count: 6, metric: .cosine)
    #expect(try angles.indices.elements(as: Int64.self) == [1, 3, 5, 0, 2, 4])
    let nowhere = try nearestRows(of: x, to: try NDArray([Double.nan, 1], shape: [1, 2]), count: 3)
    #expect(try nowhere.indices.elements(as: Int64.self) == [0, 1, 2])
  }

  /// The squares of their norms leave the range of float64, or their products do.
  @Test(arguments: [1, 3, 5, 9]) func cosinesOfHugeAndTinyRows(_ seed: Int) throws {
    let pair = try RowPair(seed: seed)
    let count = min(3, pair.rows.0)
    let known = try nearestRows(of: pair.a, to: pair.b, count: count, metric: .cosine)
    for (scale, other) in [(0x1p600, 1.0), (0x1p600, 0x1p700), (0x1p-600, 0x1p-600), (0x1p900, 0x1p-900)] {
      let found = try nearestRows(of: pair.a * scale, to: pair.b * other, count: count, metric: .cosine)
      #expect(try found.indices.elements(as: Int64.self) == known.indices.elements(as: Int64.self))
      #expect(try found.distances.elements(as: Double.self) == known.distances.elements(as: Double.self))
    }
  }

  @Test func threadsBudgetsAndChunksChangeNothing() throws {
    let folder = try TemporaryFolder()
    let x = try NDArray.random([30_000, 24], seed: 11).astype(.float32)
    try x.write(to: folder.at("x.npy"))
    try x.write(to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: [1037, 24]))
    let queries = try x[slice(5, nil, step: 601)]
    var kept: ([Int64], [Float])?
    for name in ["x.npy", "x.zarr"] {
      for (threads, memory) in [(1, 64), (2, 64), (3, 512)] {
        let options = TransferOptions(memory: memory << 20, threads: threads)
        let found = try nearestRows(of: try .open(folder.at(name)), to: queries, count: 10, options: options)
        let answer = (
          try found.indices.elements(as: Int64.self), try found.distances.elements(as: Float.self)
        )
        if let kept { #expect(kept == answer, "\(name) \(threads) \(memory)") } else { kept = answer }
      }
    }
    for query in 0..<queries.shape[0] {
      #expect(kept!.0[query * 10] == Int64(5 + 601 * query) && kept!.1[query * 10] == 0)
    }
  }

  @Test func rowsMayBeAnExpression() throws {
    let x = try NDArray.random([400, 6], seed: 2)
    let scores = try (x - x.mean(axis: 0)) / x.std(axis: 0)
    let expected = try nearestRows(of: scores.evaluated(), to: scores[0..<9].evaluated(), count: 4)
    let told = ProgressLog()
    let options = TransferOptions(threads: 2, progress: { told.add($0) })
    let found = try nearestRows(of: scores, to: scores[0..<9], count: 4, options: options)
    #expect(try found.indices.elements(as: Int64.self) == expected.indices.elements(as: Int64.self))
    #expect(try found.distances.elements(as: Double.self) == expected.distances.elements(as: Double.self))
    #expect(told.isAscending && told.last == told.total)
  }

  @Test func edges() throws {
    let x = try NDArray.ones([5, 3])
    let none = try nearestRows(of: x, to: NDArray.zeros([0, 3]), count: 2)
    #expect(none.indices.shape.dimensions == [0, 2] && none.distances.shape.dimensions == [0, 2])
    let flat = try nearestRows(of: NDArray.zeros([4, 0]), to: NDArray.zeros([1, 0]), count: 4)
    #expect(try flat.indices.elements(as: Int64.self) == [0, 1, 2, 3])
    let one = try nearestRows(
      of: try NDArray([7 as Int32]).reshape([1, 1]), to: try NDArray([4.0]).reshape([1, 1]), count: 1)
    #expect(try one.distances.item(as: Double.self) == 3)
  }

  @Test func mistakes() throws {
    let x = try NDArray.ones([5, 3])
    for count in [0, -1, 6, .max] {
      let error = #expect(throws: TesseraError.self) { try nearestRows(of: x, to: x, count: count) }
      #expect(error?.description.contains("expected 1 to 5") == true)
    }
    #expect(throws: TesseraError.self) { try nearestRows(of: NDArray.zeros([0, 3]), to: x, count: 1) }
    #expect(throws: TesseraError.self) { try nearestRows(of: x, to: NDArray.ones([5, 2]), count: 1) }
    #expect(throws: TesseraError.self) { try nearestRows(of: x, to: NDArray.ones([3]), count: 1) }
    // Lists that no budget of this size holds, before anything is read.
    let tall = try NDArray.zeros([1 << 40, 3])
    let error = #expect(throws: TesseraError.self) {
      try nearestRows(of: tall, to: x, count: 1 << 30, options: .init(memory: 64 << 20))
    }
    #expect(error?.kind == .memory)
    #expect(error?.expected?.hasPrefix("--memory ") == true)
  }

  @Test func cancels() throws {
    let token = CancellationToken()
    token.cancel()
    let error = #expect(throws: TesseraError.self) {
      try nearestRows(
        of: NDArray.ones([5, 3]), to: NDArray.ones([1, 3]), count: 1, options: .init(cancellation: token))
    }
    #expect(error?.kind == .cancelled)
  }
}

/// What a progress handler was told.
private final class ProgressLog: Sendable {
  private let told = Lock<[(done: Int, total: Int)]>([])

  func add(_ progress: TransferOptions.Progress) {
    told.withLock { $0.append((progress.done, progress.total)) }
  }

  var last: Int? { told.withLock { $0.last?.done } }
  var total: Int? { told.withLock { $0.last?.total } }
  var isAscending: Bool {
    told.withLock { all in zip(all, all.dropFirst()).allSatisfy { $0.done <= $1.done && $0.total == $1.total }
    }
  }
}
