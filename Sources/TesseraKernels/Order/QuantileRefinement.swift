package import TesseraCore

/// Exact quantiles of elements that are read again and again, in bounded memory.
///
/// Where the memory allows, a first pass takes a sample, of which two pivots are chosen around every wanted rank, and a
/// second one gathers the elements between them. Ranks that are found not to lie between their pivots, which is rare, are
/// looked for as all are in less memory: keys are bracketed. A pass counts all keys in bins of equal width, every
/// further one counts in the bins that hold wanted ranks, until what is left in the brackets fits in memory and is
/// gathered, or the bins are one key wide. The answer does not depend on the memory, only the number of passes
/// does: `keyBits / log2(bins)` at most, and the two for pivots, each over all elements. (The idea of J. I. Munro,
/// M. S. Paterson, "Selection and sorting with limited storage",
/// https://doi.org/10.1016/0304-3975(80)90061-4, with counts in place of their samples.)
///
/// Every pass: `begin()`, `makePartial()` for each thread, accumulate each block into one of them, merge them, and
/// `advance(with:)`. The blocks and their order may differ from pass to pass; their elements may not.
package struct QuantileRefinement: Sendable {
  /// Bins are at most 2^16, whose counters fit in the second-level cache.
  private static let mostBits = 16
  /// All counters of a thread: more bins than its share of the caches holds cost more than they save passes.
  private static let mostCounters = 16 << 20
  private static let counterBytes = MemoryLayout<UInt64>.size

  /// A rank that is wanted, counted from the first key of its bracket.
  struct Target: Sendable {
    let position: UInt32
    /// Which of `found` it is.
    let place: Int
    var bracket: UInt32
    var rank: Int
  }

  enum Stage: Sendable {
    case sampling(step: Int)
    case gathering(Pivots)
    case counting(bits: Int)
    case collecting
    case finished
  }

  package let dtype: DType
  package let kept: Int
  package let request: QuantileRequest
  /// Bytes of an answer.
  let resultSize: Int
  /// Bytes that all partials of a pass may take together: no more than they have use for.
  package private(set) var memory: Int
  /// How many partials there are at a time.
  package let partials: Int
  /// Elements of each kept position, where that is known beforehand.
  private(set) var elements = 0
  /// Whether the passes begin with a sample.
  private var usesPivots = false
  /// Passes made so far.
  package private(set) var passes = 0

  var stage: Stage
  /// None before the first pass: a refinement may be made to plan with, for more positions than memory would hold.
  private(set) var brackets: KeyBrackets
  /// Keys in all brackets together, once the first pass is done.
  private var remaining = 0
  /// Elements per kept position that take part, NaN not among them; -1 where a NaN decides.
  private(set) var counts: [Int] = []
  /// The keys of kept position k's ranks, ascending, are `foundStarts[k]` ..< `foundStarts[k + 1]` of those that are found.
  private(set) var foundStarts = [0]
  private(set) var found: [UInt64] = []
  /// The ranks that are not found yet, position by position, ascending.
  private var targets: [Target] = []

  /// Throws `.usage` for a dtype without quantiles, and `.memory`, naming the least that would do, if the kept
  /// positions do not fit even with two bins each.
  ///
  /// - Parameter count: elements of each kept position, which makes a sample possible; nil where they differ.
  package init(
    _ request: QuantileRequest, _ dtype: DType, kept: Int, count: Int? = nil, memory: Int, partials: Int = 1
  ) throws {
    precondition(kept >= 0 && partials > 0)
    resultSize = try request.resultDType(of: dtype).itemSize
    let least = QuantileRefinement.leastMemory(request, kept: kept, partials: partials)
    guard memory >= least else {
      throw TesseraError(
        .memory, "quantiles of \(kept) positions", expected: "at least \(least) bytes of memory",
        got: "\(memory)")
    }
    guard kept.saturatingMultiply(2 * request.probabilities.count) < UInt32.max else {
      throw TesseraError(.unsupported, "quantiles of \(kept) positions", expected: "fewer than 2^32 ranks")
    }
    self.request = request
    self.dtype = dtype
    self.kept = kept
    self.memory = memory
    self.partials = partials
    brackets = KeyBrackets(width: OrderedKeys.keyBits(dtype))
    stage = .finished
    guard kept > 0 else { return }
    let bits = bits(for: kept, width: brackets.width, reserved: kept * Self.counterBytes)
    stage = .counting(bits: bits)
    // Nothing saves a pass where one will do.
    if bits < brackets.width, let count { sample(count) }
  }

  /// Begins with a sample, where that helps.
  private mutating func sample(_ count: Int) {
    let sampling = QuantileSampling(
      request, itemSize: dtype.itemSize, kept: kept, count: count, partials: partials)
    guard let sampling else { return }
    let needed = pivotCounterBytes.saturatingAdd(sampling.memory)
    guard needed <= memory else { return }
    (stage, usesPivots, elements) = (.sampling(step: sampling.step), true, count)
    memory = min(memory, max(needed, Self.sparseMemory))
  }

  /// What counting has use for where pivots fail, for some positions only.
  private static let sparseMemory = 64 << 20

  /// Bytes of elements that one partial gathers.
  private var pageBytes: Int {
    QuantileSampling.pageBytes(of: (memory - pivotCounterBytes) / partials, itemSize: dtype.itemSize)
  }

  /// Bytes of all partials' counters beside pivots.
  private var pivotCounterBytes: Int {
    partials.saturatingMultiply(
      PivotCollector.counterBytes(pairs: kept.saturatingMultiply(request.probabilities.count)))
  }

  /// Bytes that suffice for any elements: two bins for each rank that may need a bracket of its own.
  package static func leastMemory(_ request: QuantileRequest, kept: Int, partials: Int = 1) -> Int {
    let ranks = 2 * request.probabilities.count
    return [kept, partials, max(2 * ranks, 3)].saturatingProduct(counterBytes)
  }

  /// The most passes there can be.
  package var mostPasses: Int {
    let fewest = bits(for: 2 * request.probabilities.count * kept, width: OrderedKeys.keyBits(dtype))
    return (OrderedKeys.keyBits(dtype) + fewest - 1) / max(fewest, 1) + (usesPivots ? 2 : 0)
  }

  /// How many passes there probably are.
  package var expectedPasses: Int { usesPivots ? 2 : max(1, min(3, mostPasses)) }

  package var isFinished: Bool { if case .finished = stage { true } else { false } }

  /// Makes what the partials of the next pass have in common; to be called before them.
  package mutating func begin() {
    // Until keys are counted, all of a position are in one bracket.
    if case .counting = stage, brackets.count == 0 { brackets = KeyBrackets(kept: kept, dtype: dtype) }
  }

  /// An empty accumulator for the next pass; not to be called when finished.
  package func makePartial() -> Partial {
    switch stage {
    case .sampling(let step):
      Partial(sample: SampleCollector(dtype, step: step, memory: pageBytes))
    case .gathering(let pivots):
      Partial(pivots: PivotCollector(pivots, memory: pageBytes))
    case .counting(let bits):
      Partial(
        counter: RefinementCounter(dtype, brackets, bits: bits, countsNaN: counts.isEmpty && isFloating))
    case .collecting: Partial(collector: BracketCollector(dtype, brackets, capacity: remaining))
    case .finished: preconditionFailure("no pass is left")
    }
  }

  var isFloating: Bool { dtype.kind == .floating }

  /// As many bits as the memory has bins for, but no more than would help.
  private func bits(for brackets: Int, width: Int, reserved: Int = 0) -> Int {
    let bins = (min(memory / partials, Self.mostCounters) - reserved) / max(Self.counterBytes * brackets, 1)
    return max(min(Self.mostBits, width, bins < 2 ? 1 : Int.bitWidth - 1 - bins.leadingZeroBitCount), 1)
  }
}

extension QuantileRefinement {
  /// Takes in what a pass found.
  ///
  /// Throws `.corrupt` if the counts contradict those of an earlier pass: the elements have changed.
  package mutating func advance(with merged: Partial) throws {
    passes += 1
    switch stage {
    case .sampling: stage = .gathering(Pivots(request, dtype, kept: kept, sample: merged.sample!.sample))
    case .gathering: resolve(from: merged.pivots!)
    case .counting:
      if counts.isEmpty { choose(from: merged.counter!) }
      try narrow(by: merged.counter!)
    case .collecting: try select(from: merged.collector!)
    case .finished: preconditionFailure("no pass is left")
    }
  }

  /// Finds the ranks that lie between their pivots; for the others keys are counted.
  private mutating func resolve(from collector: PivotCollector) {
    var ranks = QuantileRanks(request)
    var next = KeyBrackets(width: brackets.width)
    PivotSelection.withSelection(from: collector) { selection in
      for position in 0..<kept {
        let nans = collector.nans(position)
        let wanted = want(&ranks, of: position, count: elements - nans, nans: nans)
        let keys = selection.keys(ofRanks: wanted, at: position)
        if keys.contains(nil) { next.append(0, to: position) }
        for (rank, key) in zip(wanted, keys) {
          if let key { found.append(key) } else { aim(at: rank, of: position, bracket: next.count - 1) }
        }
        foundStarts.append(found.count)
      }
    }
    next.close(kept: kept)
    (brackets, remaining) = (next, .max)
    settle()
  }

  /// Turns the numbers of elements into wanted ranks.
  private mutating func choose(from counter: RefinementCounter) {
    var ranks = QuantileRanks(request)
    for position in 0..<kept {
      let bins = counter.counts[position << counter.bits..<(position + 1) << counter.bits]
      let nans = counter.nans.isEmpty ? 0 : Int(counter.nans[position])
      // The key of NaN is above those of shorter floats altogether, and in the last bin of float64.
      let count = Int(bins.reduce(0, &+)) - (OrderedKeys.keyBits(dtype) == 64 ? nans : 0)
      for rank in want(&ranks, of: position, count: count, nans: nans) {
        aim(at: rank, of: position, bracket: position)
      }
      foundStarts.append(found.count)
    }
  }

  /// Keeps how many elements of the next position take part; returns the ranks that are wanted of them.
  private mutating func want(
    _ ranks: inout QuantileRanks, of position: Int, count: Int, nans: Int
  ) -> [UInt64] {
    counts.append(nans > 0 && !request.skipsNaN ? -1 : count)
    guard counts[position] > 0 else { return [] }
    ranks.update(count: count)
    return ranks.ranks
  }

  private mutating func aim(at rank: UInt64, of position: Int, bracket: Int) {
    targets.append(
      Target(position: UInt32(position), place: found.count, bracket: UInt32(bracket), rank: Int(rank)))
    found.append(0)
  }

  /// Replaces every bracket by those of its bins in which wanted ranks lie.
  private mutating func narrow(by counter: RefinementCounter) throws {
    var next = KeyBrackets(width: brackets.width - counter.bits)
    var walk = BinWalk(counter)
    remaining = 0
    for index in targets.indices {
      let target = targets[index]
      let bracket = Int(target.bracket)
      let moved = walk.find(target.rank, in: bracket)
      guard let bin = walk.bin else { throw Self.changed }
      if moved {
        next.append(
          brackets.lowers[bracket] &+ UInt64(bin) << UInt64(next.width), to: Int(target.position))
        remaining += walk.size
      }
      targets[index].bracket = UInt32(next.count - 1)
      targets[index].rank -= walk.below
    }
    next.close(kept: kept)
    brackets = next
    settle()
  }

  private mutating func settle() {
    if brackets.width == 0 || targets.isEmpty {
      for target in targets { found[target.place] = brackets.lowers[Int(target.bracket)] }
      stage = .finished
    } else if remaining <= memory / BracketCollector.bytesPerKey(brackets: brackets.count) {
      stage = .collecting
    } else {
      stage = .counting(bits: bits(for: brackets.count, width: brackets.width))
    }
  }

  private mutating func select(from collector: BracketCollector) throws {
    guard collector.count == remaining else { throw Self.changed }
    var (keys, starts) = collector.grouped()
    for bracket in 0..<brackets.count { keys[starts[bracket]..<starts[bracket + 1]].sort() }
    for target in targets {
      let index = starts[Int(target.bracket)] + target.rank
      guard index < starts[Int(target.bracket) + 1] else { throw Self.changed }
      found[target.place] = keys[index]
    }
    stage = .finished
  }

  private static var changed: TesseraError {
    TesseraError(.corrupt, "the elements changed between two passes over them")
  }
}

/// Walks over the bins of brackets to ascending ranks.
private struct BinWalk {
  private let counter: RefinementCounter
  private var bracket = -1
  /// The bin the last rank lies in; nil if the bracket has too few keys.
  private(set) var bin: Int?
  /// Keys of the bracket before that bin.
  private(set) var below = 0

  init(_ counter: RefinementCounter) { self.counter = counter }

  /// Keys in the bin.
  var size: Int { bin.map { Int(counter.counts[bracket << counter.bits + $0]) } ?? 0 }

  /// Goes to the bin of a rank; whether it is another than before.
  mutating func find(_ rank: Int, in wanted: Int) -> Bool {
    var moved = false
    if wanted != bracket {
      (bracket, bin, below) = (wanted, 0, 0)
      moved = true
    }
    while let current = bin, rank >= below + size {
      below += size
      bin = current + 1 < 1 << counter.bits ? current + 1 : nil
      moved = true
    }
    return moved
  }
}
