import TesseraCore
import TesseraKernels

/// How often each of the distinct elements that are known occurs in a pass, and where first.
final class TallySink: BarrierSink {
  private let shape: Shape
  private let dtype: DType
  private let locator: KeyLocator
  private let wants: Wanted
  /// Touched by one thread at a time: `merge` is called in turn.
  nonisolated(unsafe) private(set) var counts: UnsafeMutableBufferPointer<UInt64>
  nonisolated(unsafe) private(set) var firsts: UnsafeMutableBufferPointer<Int64>
  /// Of complex elements, the signs of the parts of those that are first: 1 for a real part below, 2 for an imaginary one.
  nonisolated(unsafe) private(set) var signs: UnsafeMutableBufferPointer<UInt8>

  struct Wanted {
    var counts: Bool
    var firsts: Bool
  }

  init(_ locator: KeyLocator, _ dtype: DType, over shape: Shape, _ wants: Wanted) {
    self.shape = shape
    self.dtype = dtype
    self.locator = locator
    self.wants = wants
    counts = .allocate(capacity: wants.counts ? locator.keys.count : 0)
    counts.initialize(repeating: 0)
    firsts = .allocate(capacity: wants.firsts ? locator.keys.count : 0)
    firsts.initialize(repeating: .max)
    signs = .allocate(capacity: dtype.kind == .complex ? firsts.count : 0)
    signs.initialize(repeating: 0)
  }

  deinit {
    counts.deallocate()
    firsts.deallocate()
    signs.deallocate()
  }

  var isOrderFree: Bool { true }
  func begin(_ grid: ChunkGrid) {}
  func makePartial() -> any PassPartial { Partial(self) }
  func finish() -> Bool { true }
  func result(_ field: String) -> MemoryDriver { MemoryDriver(shape: Shape(known: [0]), dtype: dtype) }

  func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory {
    let own = (counts.count + firsts.count).saturatingMultiply(8).saturatingAdd(signs.count)
    return SinkMemory(perThread: own, shared: own)
  }

  private final class Partial: PassPartial {
    private let sink: TallySink
    private var positions: FlatPositions
    private let counts: UnsafeMutableBufferPointer<UInt64>
    private let firsts: UnsafeMutableBufferPointer<Int64>
    private let signs: UnsafeMutableBufferPointer<UInt8>

    init(_ sink: TallySink) {
      self.sink = sink
      positions = FlatPositions(sink.shape)
      counts = .allocate(capacity: sink.counts.count)
      counts.initialize(repeating: 0)
      firsts = .allocate(capacity: sink.firsts.count)
      firsts.initialize(repeating: .max)
      signs = .allocate(capacity: sink.signs.count)
      signs.initialize(repeating: 0)
    }

    deinit {
      counts.deallocate()
      firsts.deallocate()
      signs.deallocate()
    }

    func begin(_ block: Region) { positions.begin(block) }

    func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) {
      let values = values.first!
      if sink.wants.counts { sink.locator.count(tile.count, values, into: counts.baseAddress!) }
      guard sink.wants.firsts else { return }
      let run = positions.run(tile)
      for start in stride(from: 0, to: tile.count, by: run) {
        sink.locator.lower(
          run, values + start * sink.dtype.itemSize, position: positions.position(of: start, in: tile),
          firsts.baseAddress!, signs: sink.signs.isEmpty ? nil : signs.baseAddress)
      }
    }

    func merge() {
      for place in counts.indices { sink.counts[place] += counts[place] }
      for place in firsts.indices where firsts[place] < sink.firsts[place] {
        sink.firsts[place] = firsts[place]
        if !signs.isEmpty { sink.signs[place] = signs[place] }
      }
    }
  }
}
