import TesseraCore
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// Positions that are taken: those of rules against lists, and what plans say of the memory of both.
@Suite struct PositionsTests {
  private static let budget = 64 << 20

  private func plan(_ arrays: NDArray..., memory: Int = PositionsTests.budget) throws -> Int {
    try explain(arrays, options: .init(memory: memory, threads: 2)).predictedPeakBytes
  }

  // MARK: Rules

  @Test(arguments: UInt64(0)..<100) func rulesAreTheirLists(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let counts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
      Int.random(in: 0...4, using: &random)
    }
    var (end, repeated, ends) = (0, [Int](), [Int]())
    for (position, count) in counts.enumerated() {
      repeated += [Int](repeating: position, count: count)
      end += count
      ends.append(end)
    }
    expect(.repeated(ends: ends), repeated, &random, "seed \(seed): \(counts)")
    let stretches = counts.map { count in
      let start = Int.random(in: 0...9, using: &random)
      return start..<start + count
    }
    expect(
      .stretches(starts: stretches.map(\.lowerBound), ends: ends), stretches.flatMap { Array($0) }, &random,
      "seed \(seed): \(stretches)")
    let length = Int.random(in: 1...5, using: &random)
    let lower = Int.random(in: -20...10, using: &random)
    let range = lower..<lower + Int.random(in: 0...25, using: &random)
    let (up, down) = (Array(0..<length), Array((0..<length).reversed()))
    for (mode, period) in [
      (.wrap, up), (.symmetric, up + down), (.reflect, up + down.dropFirst().dropLast()),
    ] as [(Positions.BeyondEnds, [Int])] {
      let expected = range.map { period[($0 % period.count + period.count) % period.count] }
      let note = "seed \(seed): \(mode) \(range) of \(length)"
      expect(.beyond(range: range, length: length, mode), expected, &random, note)
    }
    let edges = range.map { $0 < 0 ? 0 : $0 < length ? $0 : length - 1 }
    expect(.beyond(range: range, length: length, .edge), edges, &random, "seed \(seed): edge \(range)")
  }

  /// In all orders that a box may have.
  private func expect(
    _ positions: Positions, _ list: [Int], _ random: inout SeededGenerator, _ note: String
  ) {
    #expect(positions.count == list.count, "\(note)")
    for step in [1, 2, 5, -1, -3] {
      let room = (list.count + abs(step) - 1) / abs(step)
      let count = Int.random(in: 0...room, using: &random)
      let span = max(0, count - 1) * abs(step)
      let first = count == 0 ? 0 : Int.random(in: 0..<list.count - span, using: &random)
      let places = StridedRegion.Axis(start: step > 0 ? first : first + span, step: step, count: count)
      var found: [Int] = []
      positions.forEach(at: places) { found.append($0) }
      #expect(found == (0..<count).map { list[places.start + $0 * step] }, "\(note), step \(step)")
    }
  }

  @Test func fingerprintsTellPositionsApart() throws {
    let all: [Positions] = [
      .listed([0, 1]), .listed([1, 0]), .listed([0, 2]), .repeated(ends: [0, 1]), .repeated(ends: [1, 1]),
      .stretches(starts: [0, 2], ends: [1, 3]), .stretches(starts: [0, 3], ends: [1, 3]),
      .stretches(starts: [0, 2], ends: [2, 3]),
      .beyond(range: -2..<0, length: 2, .edge), .beyond(range: -2..<0, length: 2, .wrap),
      .beyond(range: -2..<0, length: 3, .wrap), .beyond(range: -2 ..< -1, length: 3, .wrap),
    ]
    #expect(Set(all.map(\.fingerprint)).count == all.count)
  }

  // MARK: Plans

  /// Wherever in the graph it is, and once: twice would not fit.
  @Test func aListIsPartOfThePlan() throws {
    let x = try ChunkedStub([1000, 4], .float64, chunks: [10, 4]).array
    func taken(_ count: Int) throws -> NDArray { try x.take([Int](repeating: 3, count: count), axis: 0) }
    let (few, many) = (1 << 16, 2 << 20)
    let long = try taken(many)
    let peak = try plan(long.sum())
    #expect(try peak - plan(taken(few).sum()) >= (many - few) * 8)
    let deep = try plan((long.transposed() * 2 - long.mean()).max(), long.flip().sum())
    let window = try MemoryModel(budget: PositionsTests.budget).window
    for predicted in [peak, deep] {
      #expect(predicted >= MemoryModel.base + window + many * 8 && predicted <= PositionsTests.budget)
    }
  }

  @Test func aListThatTwoTakeByCountsOnce() throws {
    let stubs = try (0..<2).map { _ in try ChunkedStub([1000, 4], .float64, chunks: [10, 4]).array }
    let list = [Int](repeating: 3, count: 1 << 20)
    let shared = try stubs.map { try $0.take(list, axis: 0).node }
    #expect(shared.listedBytes == 8 << 20)
    let apart = try [Int](repeating: 3, count: 10).map { try stubs[0].take([$0, -1], axis: 0).node }
    #expect(apart.listedBytes == 10 * 2 * 8)
    #expect(try [stubs[0].repeat([Int](repeating: 1 << 20, count: 1000), axis: 0).node].listedBytes == 8000)
  }

  /// What would not fit is refused before anything is read, and told what would do.
  @Test func aListThatDoesNotFit() throws {
    let stub = try ChunkedStub([1000, 4], .float64, chunks: [10, 4])
    let sum = try stub.array.take([Int](repeating: 3, count: 5 << 20), axis: 0).sum()
    let error = try #require(throws: TesseraError.self) { try plan(sum) }
    #expect(error.kind == .memory)
    let least = try #require(error.expected?.split(separator: " ")[1].prefix { $0.isNumber })
    let mebibytes = try #require(Int(least))
    #expect(mebibytes > 64)
    #expect(try plan(sum, memory: mebibytes << 20) <= mebibytes << 20)
    let folder = try TemporaryFolder()
    let path = folder.at("taken.npy")
    let refusal = #expect(throws: TesseraError.self) {
      try stub.array.take([Int](repeating: 3, count: 5 << 20), axis: 0)
        .write(to: path, options: .init(memory: PositionsTests.budget))
    }
    #expect(refusal?.kind == .memory)
    #expect(stub.reads.load(ordering: .relaxed) == 0)
  }

  /// Lists that elements are looked up in count as well: keys, and where they begin.
  @Test func listsThatAreSearchedArePartOfThePlan() throws {
    let x = try ChunkedStub([1000, 4], .float64, chunks: [10, 4]).array
    let count = 1 << 19
    let list = try NDArray.arange(count, dtype: .float64)
    let options = TransferOptions(memory: PositionsTests.budget, threads: 2)
    let window = try MemoryModel(budget: PositionsTests.budget).window
    for found in [try searchsorted(list, x, options: options), try digitize(x, list, options: options)] {
      #expect([found.node].listedBytes == 16 * count)
      let peak = try plan(found.sum())
      #expect(peak >= MemoryModel.base + window + 16 * count && peak <= PositionsTests.budget)
    }
    #expect(try [isin(x, [1.0, 3, 3, 7]).node].listedBytes == 3 * 8)
    let points: [Double] = [1, 3, 7]
    #expect(try [interp(x, points, points).node].listedBytes == 3 * 40)
  }

  /// Neither those that are computed, nor their keys.
  @Test func listsThatDoNotFitAreNotSearched() throws {
    let list = try NDArray.arange(3_000_000, dtype: .float64)
    let x = try NDArray([1.5])
    let options = TransferOptions(memory: PositionsTests.budget, threads: 2)
    let refusal = #expect(throws: TesseraError.self) { try digitize(x, list, options: options) }
    #expect(refusal?.kind == .memory)
    let error = try #require(throws: TesseraError.self) { try searchsorted(list, x, options: options) }
    #expect(error.kind == .memory)
    let least = try #require(error.expected?.split(separator: " ")[1].prefix { $0.isNumber })
    let mebibytes = try #require(Int(least))
    let found = try searchsorted(list, x, options: .init(memory: mebibytes << 20, threads: 2))
    #expect(try found.elements(as: Int64.self) == [2])
  }

  @Test func positionsThatNeedNoChangeAreNotCopied() throws {
    let list = Array(0..<1000)
    func address(_ list: [Int]) -> UnsafeRawPointer? { list.withUnsafeBytes { $0.baseAddress } }
    guard case .take(.listed(let taken), _, _) = try NDArray.arange(1000).take(list).node.operation else {
      Issue.record("no list")
      return
    }
    #expect(address(taken) == address(list))
  }

  /// Padding as wide as anybody may ask for has no list, and takes no more than what is narrow.
  @Test func paddingPlansNoList() throws {
    let x = try ChunkedStub([7, 5], .float64, chunks: [2, 5]).array
    for mode in [.edge, .reflect, .symmetric, .wrap] as [NDArray.PadMode] {
      for width in [8_000_000, 1 << 40] {
        let padded = try x.pad([(width, width), (3, 0)], mode: mode)
        #expect([padded.node].listedBytes == 0)
        #expect(try plan(padded.sum()) <= PositionsTests.budget, "\(mode) \(width)")
      }
      let deep = try x.pad(1 << 20, mode: mode)
      #expect(deep.node.depth <= 5, "\(mode)")
    }
    let repeated = try x.repeat([1 << 40, 0, 3, 1, 1, 1, 1 << 40], axis: 0)
    #expect(try plan(repeated.sum()) <= PositionsTests.budget)
  }

  /// However many positions are left between them, of an axis of any length.
  @Test func stretchesAreListedByTheirEnds() throws {
    let stub = try ChunkedStub([1 << 31, 2], .float64, chunks: [1 << 10, 2])
    let deleted = try delete(stub.array, (0..<1000).map { 1 + 1000 * $0 }, axis: 0)
    #expect(deleted.shape.dimensions == [1 << 31 - 1000, 2])
    #expect([deleted.node].listedBytes == 1001 * 16)
    #expect(try plan(deleted.sum()) <= PositionsTests.budget)
    let inserted = try insert(stub.array, (0..<1000).map { 1 + 1000 * $0 }, 7, axis: 0)
    #expect([inserted.node].listedBytes == 2001 * 16)
    #expect(try plan(inserted.sum()) <= PositionsTests.budget)
    #expect(stub.reads.load(ordering: .relaxed) == 0)
  }

  @Test func wideAndUnevenOnesAreRead() throws {
    let line = try NDArray([3, 1, 4] as [Int64])
    let options = TransferOptions(memory: PositionsTests.budget, threads: 2)
    let width = 40_000
    for (mode, period) in [
      (.wrap, [3, 1, 4]), (.symmetric, [3, 1, 4, 4, 1, 3]), (.reflect, [3, 1, 4, 1]),
    ] as [(NDArray.PadMode, [Int64])] {
      let expected = (-width..<width + 3).map { period[($0 + 12 * width) % period.count] }
      let padded = try line.pad(width, mode: mode)
      #expect(try padded.elements(as: Int64.self, options: options) == expected, "\(mode)")
      #expect(try padded.sum().item(as: Int64.self, options: options) == expected.reduce(0, +), "\(mode)")
    }
    let counts = [20_000, 0, 30_000]
    let expected = [Int64](repeating: 3, count: counts[0]) + [Int64](repeating: 4, count: counts[2])
    let repeated = try line.repeat(counts, axis: 0)
    #expect(try repeated.elements(as: Int64.self, options: options) == expected)
    #expect(try repeated.flip().elements(as: Int64.self, options: options) == expected.reversed())
  }
}
