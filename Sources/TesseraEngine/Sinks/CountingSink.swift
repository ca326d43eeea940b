package import TesseraCore
import TesseraKernels

/// What counts elements wherever they are: a histogram, or occurrences of integers.
package protocol ElementCounter: Sendable {
  /// Of the results.
  var resultDType: DType { get }
  /// Bytes of its counters.
  var byteCount: Int { get }
  mutating func accumulate(
    _ dtype: DType, count: Int, values: UnsafeRawPointer, weights: UnsafePointer<Double>?) throws
  mutating func merge(_ other: Self)
  /// Writes so many results.
  func write(_ count: Int, to target: UnsafeMutableRawPointer)
}

/// Counts all elements of a pass.
package final class CountingSink<Counter: ElementCounter>: BarrierSink {
  private let empty: Counter
  private let dtype: DType
  private let resultShape: Shape
  private let isWeighted: Bool
  /// Touched by one thread at a time: `merge` is called in turn.
  nonisolated(unsafe) private var total: Counter

  /// - Parameter counter: with nothing counted.
  package init(_ counter: Counter, _ dtype: DType, resultShape: Shape, isWeighted: Bool) {
    empty = counter
    total = counter
    self.dtype = dtype
    self.resultShape = resultShape
    self.isWeighted = isWeighted
  }

  /// Weights are floats, whose sums depend on the order.
  package var isOrderFree: Bool { !isWeighted }
  package func begin(_ grid: ChunkGrid) {}
  package func makePartial() -> any PassPartial { Partial(self) }
  package func finish() -> Bool { true }

  /// The results are made while the total is still there; a tile may be a whole block.
  package func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory {
    let weights = isWeighted ? block.saturatingProduct(MemoryLayout<Double>.size) : 0
    return SinkMemory(
      perThread: empty.byteCount.saturatingAdd(weights), shared: empty.byteCount.saturatingMultiply(3))
  }

  package func result(_ field: String) -> MemoryDriver {
    MemoryDriver(shape: resultShape, dtype: empty.resultDType) {
      total.write(resultShape.count, to: $0.baseAddress!)
    }
  }

  private final class Partial: PassPartial {
    private var counter: Counter
    private let sink: CountingSink
    private let weights = Buffer()

    init(_ sink: CountingSink) {
      counter = sink.empty
      self.sink = sink
    }

    func begin(_ block: Region) {}
    func merge() { sink.total.merge(counter) }

    func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) throws {
      guard sink.isWeighted else {
        return try counter.accumulate(sink.dtype, count: tile.count, values: values.first!, weights: nil)
      }
      // Tiles need not be aligned.
      let aligned = weights.reserve(tile.count * MemoryLayout<Double>.size)
      aligned.baseAddress!.copyMemory(from: values.last!, byteCount: aligned.count)
      try withExtendedLifetime(weights) {
        try counter.accumulate(
          sink.dtype, count: tile.count, values: values.first!,
          weights: UnsafePointer(aligned.baseAddress!.assumingMemoryBound(to: Double.self)))
      }
    }
  }
}

extension HistogramCounter: ElementCounter {
  package var resultDType: DType { isWeighted ? .float64 : .int64 }

  package func write(_ count: Int, to target: UnsafeMutableRawPointer) {
    if isWeighted {
      weights.withUnsafeBytes { target.copyMemory(from: $0.baseAddress!, byteCount: count * 8) }
    } else {
      counts.withUnsafeBytes { target.copyMemory(from: $0.baseAddress!, byteCount: count * 8) }
    }
  }
}

extension BinCounter: ElementCounter {
  package var resultDType: DType { isWeighted ? .float64 : .int64 }
  package var byteCount: Int { (limit + 1).saturatingMultiply(8) }

  /// What never occurred has no counter yet.
  package func write(_ count: Int, to target: UnsafeMutableRawPointer) {
    target.initializeMemory(as: UInt8.self, repeating: 0, count: count * 8)
    if isWeighted {
      weights.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(start: target, count: count * 8).copyMemory(from: $0)
      }
    } else {
      counts.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(start: target, count: count * 8).copyMemory(from: $0)
      }
    }
  }
}
