package import TesseraCore

/// Exact quantiles of elements that are read again and again, in bounded memory.
///
/// The elements' keys are bracketed: the first pass counts all keys in bins of equal width, every further one
/// counts in the bins that hold wanted ranks, until what is left in the brackets fits in memory and is
/// gathered, or the bins are one key wide. The answer does not depend on the memory, only the number of passes
/// does: `keyBits / log2(bins)` at most, each over all elements. (The idea of J. I. Munro, M. S. Paterson,
/// "Selection and sorting with limited storage", https://doi.org/10.1016/0304-3975(80)90061-4, with counts in
/// place of samples.)
///
/// Every pass: `makePartial()` for each thread, accumulate each block into one of them, merge them, and
/// `advance(with:)`. The blocks and their order may differ from pass to pass; their elements may not.
package struct QuantileRefinement: Sendable {
  /// Bins are at most 2^16, whose counters fit in the second-level cache.
  private static let mostBits = 16
  /// All counters of a thread: more bins than its share of the caches holds cost more than they save passes.
  private static let mostCounters = 16 << 20
  private static let counterBytes = MemoryLayout<UInt64>.size

  /// A rank that is wanted, counted from the first key of its bracket.
  struct Target: Sendable {
    var bracket: Int
    var rank: Int
  }

  enum Stage: Sendable, Equatable {
    case counting(bits: Int)
    case collecting
    case finished
  }

  package let dtype: DType
  package let kept: Int
  package let request: QuantileRequest
  /// Bytes that all partials of a pass may take together.
  package let memory: Int
  /// How many partials there are at a time.
  package let partials: Int
  /// Passes made so far.
  package private(set) var passes = 0

  private(set) var stage: Stage
  private(set) var brackets: KeyBrackets
  /// Keys in all brackets together, once the first pass is done.
  private var remaining = 0
  /// Elements per kept position that take part, NaN not among them; -1 where a NaN decides.
  private(set) var counts: [Int] = []
  /// Targets `targetStarts[k]` ..< `targetStarts[k + 1]` are the ranks of kept position k, ascending.
  private(set) var targets: [Target] = []
  private(set) var targetStarts: [Int] = []
  /// The keys of the targets, once they are known.
  private(set) var found: [UInt64] = []

  /// Throws `.usage` for a dtype without quantiles, and `.memory`, naming the least that would do, if the kept
  /// positions do not fit even with two bins each.
  package init(
    _ request: QuantileRequest, _ dtype: DType, kept: Int, memory: Int, partials: Int = 1
  ) throws {
    precondition(kept >= 0 && partials > 0)
    _ = try request.resultDType(of: dtype)
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
    brackets = KeyBrackets(kept: kept, dtype: dtype)
    stage = .finished
    if kept > 0 { stage = .counting(bits: bits(reserved: kept * Self.counterBytes)) }
  }

  /// Bytes that suffice for any elements: two bins for each rank that may need a bracket of its own.
  package static func leastMemory(_ request: QuantileRequest, kept: Int, partials: Int = 1) -> Int {
    let ranks = 2 * request.probabilities.count
    return [kept, partials, max(2 * ranks, 3)].saturatingProduct(counterBytes)
  }

  /// The most passes there can be.
  package var mostPasses: Int {
    let fewest = bits(for: 2 * request.probabilities.count * kept, width: OrderedKeys.keyBits(dtype))
    return (OrderedKeys.keyBits(dtype) + fewest - 1) / max(fewest, 1)
  }

  package var isFinished: Bool { stage == .finished }

  /// An empty accumulator for the next pass; not to be called when finished.
  package func makePartial() -> Partial {
    switch stage {
    case .counting(let bits):
      Partial(counter: RefinementCounter(dtype, brackets, bits: bits, countsNaN: passes == 0 && isFloating))
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

  private func bits(reserved: Int = 0) -> Int {
    bits(for: brackets.count, width: brackets.width, reserved: reserved)
  }
}

extension QuantileRefinement {
  /// Takes in what a pass found.
  ///
  /// Throws `.corrupt` if the counts contradict those of an earlier pass: the elements have changed.
  package mutating func advance(with merged: Partial) throws {
    passes += 1
    switch (stage, merged.counter, merged.collector) {
    case (.counting, .some(let counter), _):
      if passes == 1 { choose(from: counter) }
      try narrow(by: counter)
    case (.collecting, _, .some(let collector)): try select(from: collector)
    default: preconditionFailure("a partial of another pass")
    }
  }

  /// Turns the numbers of elements into wanted ranks.
  private mutating func choose(from counter: RefinementCounter) {
    var ranks = QuantileRanks(request)
    targetStarts = [0]
    for position in 0..<kept {
      let bins = counter.counts[position << counter.bits..<(position + 1) << counter.bits]
      let nans = counter.nans.isEmpty ? 0 : Int(counter.nans[position])
      // The key of NaN is above those of shorter floats altogether, and in the last bin of float64.
      let count = Int(bins.reduce(0, &+)) - (OrderedKeys.keyBits(dtype) == 64 ? nans : 0)
      counts.append(nans > 0 && !request.skipsNaN ? -1 : count)
      if counts[position] > 0 {
        ranks.update(count: count)
        targets += ranks.ranks.map { Target(bracket: position, rank: Int($0)) }
      }
      targetStarts.append(targets.count)
    }
  }

  /// Replaces every bracket by those of its bins in which wanted ranks lie.
  private mutating func narrow(by counter: RefinementCounter) throws {
    var next = brackets
    next.width -= counter.bits
    next.lowers = []
    next.starts = [0]
    remaining = 0
    for position in 0..<kept {
      var walk = BinWalk(counter)
      for index in targetStarts[position]..<targetStarts[position + 1] {
        let moved = walk.find(targets[index].rank, in: targets[index].bracket)
        guard let bin = walk.bin else { throw Self.changed }
        if moved {
          next.lowers.append(brackets.lowers[targets[index].bracket] &+ UInt64(bin) << UInt64(next.width))
          remaining += walk.size
        }
        targets[index] = Target(bracket: next.lowers.count - 1, rank: targets[index].rank - walk.below)
      }
      next.starts.append(UInt32(next.lowers.count))
    }
    brackets = next
    settle()
  }

  private mutating func settle() {
    if brackets.width == 0 || targets.isEmpty {
      found = targets.map { brackets.lowers[$0.bracket] }
      stage = .finished
    } else if remaining <= memory / BracketCollector.bytesPerKey(brackets: brackets.count) {
      stage = .collecting
    } else {
      stage = .counting(bits: bits())
    }
  }

  private mutating func select(from collector: BracketCollector) throws {
    guard collector.count == remaining else { throw Self.changed }
    var (keys, starts) = collector.grouped()
    for bracket in 0..<brackets.count { keys[starts[bracket]..<starts[bracket + 1]].sort() }
    found = try targets.map { target in
      let index = starts[target.bracket] + target.rank
      guard index < starts[target.bracket + 1] else { throw Self.changed }
      return keys[index]
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
