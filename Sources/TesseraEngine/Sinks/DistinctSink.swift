import TesseraCore
import TesseraIO
import TesseraKernels
import TesseraStorage

/// The distinct elements of a pass, as ascending keys: every thread gathers its own, and they are merged at the end. What
/// does not fit is left for another pass, from the least key that was given up.
final class DistinctSink: BarrierSink {
  private let shape: Shape
  private let dtype: DType
  private let memory: Memory
  private let threads: Int
  /// Touched by one thread at a time: `begin` and `finish` are called alone, `merge` in turn.
  nonisolated(unsafe) private var collectors: [KeyCollector] = []
  nonisolated(unsafe) private var range = KeyRange()
  nonisolated(unsafe) private(set) var keys: KeySet
  /// How often each key occurred; nil where that takes a pass more.
  nonisolated(unsafe) private(set) var counts: [UInt64]?
  nonisolated(unsafe) private(set) var firstZero = FirstZero()

  /// What may be used, in bytes.
  struct Memory {
    /// By the collectors of all threads.
    var collectors: Int
    /// By what comes of it.
    var results: Int
    /// For each distinct element.
    var perResult: Int

    var mostResults: Int { max(1, results / perResult) }
  }

  init(_ dtype: DType, over shape: Shape, memory: Memory, threads: Int) {
    self.shape = shape
    self.dtype = dtype
    self.memory = memory
    self.threads = threads
    keys = KeySet(width: SetKeys.width(dtype), room: 0) { _ in 0 }
  }

  var isOrderFree: Bool { true }
  func begin(_ grid: ChunkGrid) { collectors = [] }

  func makePartial() -> any PassPartial {
    Partial(
      KeyCollector(
        dtype, range: range, memory: memory.collectors / threads, most: shape.count),
      of: self)
  }

  func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory {
    SinkMemory(shared: memory.collectors.saturatingAdd(memory.results))
  }

  func finish() throws -> Bool {
    let found = try KeyCollector.merge(collectors, dtype, range: range, threads: threads) { count, body in
      try WorkerTeam.run(threads: count, body)
    }
    collectors = []
    counts = keys.count == 0 ? found.counts : nil
    keys = keys.union(found.keys)
    guard keys.width == 2 || keys.count <= memory.mostResults else { throw tooMany() }
    guard let ceiling = found.ceiling else { return true }
    range.low = ceiling
    return false
  }

  private func tooMany() -> TesseraError {
    TesseraError(
      .memory, "distinct elements",
      expected: "at most \(memory.mostResults), \(memory.perResult) bytes each in a part of --memory",
      got: "\(keys.count) or more; a larger --memory would do")
  }

  func result(_ field: String) -> MemoryDriver { MemoryDriver(shape: Shape(known: [0]), dtype: dtype) }

  private final class Partial: PassPartial {
    private let collector: KeyCollector
    private let sink: DistinctSink
    private var positions: FlatPositions
    private var firstZero = FirstZero()

    init(_ collector: KeyCollector, of sink: DistinctSink) {
      self.collector = collector
      self.sink = sink
      positions = FlatPositions(sink.shape)
    }

    func begin(_ block: Region) { positions.begin(block) }

    func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) {
      collector.add(tile.count, values.first!)
      if sink.dtype.kind == .floating { firstZero.look(sink.dtype, tile, values.first!, positions) }
    }

    func end() { collector.finish() }

    func merge() {
      sink.collectors.append(collector)
      sink.firstZero.merge(firstZero)
    }
  }
}

/// The first zero of the array, whose sign is that of the zero among its distinct elements.
struct FirstZero {
  private var position = Int.max
  private(set) var isNegative = false

  mutating func look(_ dtype: DType, _ tile: Tile, _ values: UnsafeRawPointer, _ positions: FlatPositions) {
    guard positions.position(of: 0, in: tile) < position,
      let place = SetKeys.firstZero(dtype, count: tile.count, values: values)
    else { return }
    let own = positions.position(of: place, in: tile)
    guard own < position else { return }
    position = own
    // The sign is in the last byte.
    isNegative = values.load(fromByteOffset: (place + 1) * dtype.itemSize - 1, as: UInt8.self) >> 7 == 1
  }

  mutating func merge(_ other: FirstZero) {
    if other.position < position { self = other }
  }
}
