import TesseraCore
import TesseraKernels
import TesseraStorage

/// The passes of one call of `unique`.
struct UniqueComputation {
  let array: NDArray
  let parts: Unique.Parts
  let options: TransferOptions

  init(_ array: NDArray, _ parts: Unique.Parts, _ options: TransferOptions) {
    self.array = array
    self.parts = parts
    self.options = options
  }

  func run(equalNaN: Bool) throws -> Unique {
    if array.size == 0 { return try empty() }
    let sink = try gathered()
    var found = Found(keys: sink.keys, counts: sink.counts)
    if let least = SetKeys.leastNaN(array.dtype) { found.joinNaNs(from: least) }
    let result = try result(found, sink.firstZero)
    guard !equalNaN, found.hasNaN else { return result }
    // In place of what gathered the keys.
    return try SeparateNaNs(of: array, memory: memory(options).collectors, options).applied(to: result)
  }

  /// The keys of all distinct elements, of which there are any; those of all NaNs are told apart.
  func keys() throws -> KeySet { try gathered().keys }

  private func gathered() throws -> DistinctSink {
    // Of a larger budget the sink takes more.
    let sink = try options.planning { options -> DistinctSink in
      let sink = DistinctSink(
        array.dtype, over: array.shape, memory: try memory(options), threads: options.threads)
      try Gathering(array.node, sink).check(options)
      return sink
    }
    try Gathering(array.node, sink).run(options)
    return sink
  }

  private func result(_ found: Found, _ firstZero: FirstZero) throws -> Unique {
    let wanted = wantedTally(found)
    let zero = firstZero.isNegative ? found.keys.lowerBound(1 << UInt128(8 * array.itemsize - 1)) : nil
    guard wanted.counts || wanted.firsts || parts.contains(.inverse) else {
      let values = found.values(array.dtype, keepsKeys: false)
      if let zero { makeNegative(zero, in: values) }
      return try Unique(
        values: NDArray(values), index: nil, inverse: nil,
        counts: parts.contains(.counts) ? found.counts.map { try list($0) } : nil)
    }
    let locator = KeyLocator(found.keys, array.dtype)
    let values = found.values(array.dtype, keepsKeys: true)
    if let zero { makeNegative(zero, in: values) }
    let tally = try tally(locator, wanted)
    if array.dtype.kind == .complex, wanted.firsts { restoreZeros(in: values, found.keys, tally!.signs) }
    return try Unique(
      values: NDArray(values), index: parts.contains(.index) ? list(tally!.firsts) : nil,
      inverse: parts.contains(.inverse) ? inverse(locator) : nil,
      counts: parts.contains(.counts) ? found.counts.map { try list($0) } ?? list(tally!.counts) : nil)
  }

  private func empty() throws -> Unique {
    func part(_ part: Unique.Parts, _ shape: Shape) -> NDArray? {
      parts.contains(part) ? NDArray(MemoryDriver(shape: shape, dtype: .int64)) : nil
    }
    let none = Shape(known: [0])
    return Unique(
      values: NDArray(MemoryDriver(shape: none, dtype: array.dtype)), index: part(.index, none),
      inverse: part(.inverse, array.shape), counts: part(.counts, none))
  }

  /// Of the buffers that lists of positions leave, three eighths for gathering and as much for results, so that a quarter is
  /// left for blocks.
  private func memory(_ options: TransferOptions) throws -> DistinctSink.Memory {
    let room = try MemoryModel(options).buffers - [array.node].listedBytes
    let share = max(0, room) / 8 * 3
    let lists = (parts.contains(.counts) ? 8 : 0) + (needsFirsts ? 8 : 0)
    return DistinctSink.Memory(
      collectors: share, results: share,
      perResult: SetKeys.width(array.dtype) + array.itemsize + lists * (1 + options.threads))
  }

  /// Zeros of complex numbers have the signs of those that are first.
  private var needsFirsts: Bool { parts.contains(.index) || array.dtype.kind == .complex }

  // MARK: Passes after the first

  private func wantedTally(_ found: Found) -> TallySink.Wanted {
    TallySink.Wanted(
      counts: parts.contains(.counts) && found.counts == nil,
      firsts: parts.contains(.index)
        || array.dtype.kind == .complex && complexZeros(found.keys).contains { _ in true })
  }

  /// Counts and first positions of the keys that were found; nil when neither is wanted.
  private func tally(_ locator: KeyLocator, _ wanted: TallySink.Wanted) throws -> TallySink? {
    guard wanted.counts || wanted.firsts else { return nil }
    let sink = TallySink(locator, array.dtype, over: array.shape, wanted)
    var options = options
    options.heldBytes = options.heldBytes.saturatingAdd(
      locator.keys.count.saturatingMultiply(locator.keys.width + array.itemsize))
    try Gathering(array.node, sink).run(options)
    return sink
  }

  private func list<Number: FixedWidthInteger>(_ numbers: some Collection<Number>) throws -> NDArray {
    try NDArray(numbers.map { Int64(truncatingIfNeeded: $0) })
  }

  private func inverse(_ locator: KeyLocator) -> NDArray {
    let held = locator.keys.count.saturatingMultiply(locator.keys.width)
    let operation = CustomOperation(itemSize: 8, held: held) { locator.locate($0, $1, into: $2) }
    return NDArray(.custom(operation, [array.node]), shape: array.shape, dtype: .int64)
  }

  // MARK: Signs of zeros

  private func makeNegative(_ place: Int, in values: MemoryDriver) {
    values.bytes[(place + 1) * array.itemsize - 1] = 0x80
  }

  /// The places of complex keys of which a part is zero.
  private func complexZeros(_ keys: KeySet) -> some Sequence<Int> {
    let bits = UInt128(4 * array.itemsize)
    let zero = UInt128(1) << (bits - 1)
    let mask = (UInt128(1) << bits) - 1
    return (0..<keys.count).lazy.filter {
      let key = keys[$0]
      return key >> bits == zero || key & mask == zero
    }
  }

  /// Gives zeros the signs of those that are first.
  private func restoreZeros(
    in values: MemoryDriver, _ keys: KeySet, _ signs: UnsafeMutableBufferPointer<UInt8>
  ) {
    let part = array.itemsize / 2
    for place in complexZeros(keys) {
      for (number, bit) in [(2 * place, UInt8(1)), (2 * place + 1, UInt8(2))] where signs[place] & bit != 0 {
        let bytes = values.bytes[(number * part)..<((number + 1) * part)]
        if bytes.allSatisfy({ $0 == 0 }) { values.bytes[(number + 1) * part - 1] = 0x80 }
      }
    }
  }
}

/// Distinct keys, and their counts where they are known.
private struct Found {
  var keys: KeySet
  var counts: [UInt64]?
  var hasNaN = false

  /// Makes all keys from this one on the first of them.
  mutating func joinNaNs(from least: UInt128) {
    let place = keys.lowerBound(least)
    guard place < keys.count else { return }
    hasNaN = true
    counts = counts.map { $0[..<place] + [$0[place...].reduce(0, +)] }
    keys.truncate(to: place + 1)
  }

  func values(_ dtype: DType, keepsKeys: Bool) -> MemoryDriver {
    let shape = Shape(known: [keys.count])
    if !keepsKeys, keys.width == dtype.itemSize {
      return MemoryDriver(keys.becomeValues(dtype), shape, dtype)
    }
    return MemoryDriver(shape: shape, dtype: dtype) {
      SetKeys.values(dtype, count: keys.count, keys: keys.bytes, into: $0.baseAddress!)
    }
  }
}
