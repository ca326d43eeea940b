import Synchronization
import TesseraCore
import TesseraIO

/// The distinct rows of a pass, positions along its first axis: all threads add theirs to the same tables.
final class DistinctRowsSink: BarrierSink {
  private let layout: RowLayout
  private let shape: Shape
  private let tables: [Lock<RowTable>]
  private let found = Atomic<Int>(0)
  private let memory: Int
  /// Distinct rows that there is room for.
  private let most: Int

  /// So many threads seldom want the same one. A power of two.
  private static let tableCount = 16

  /// - Parameter memory: what may be used, in bytes.
  init(_ layout: RowLayout, over shape: Shape, memory: Int) {
    self.layout = layout
    self.shape = shape
    // One row has to fit.
    let (reserve, each) = (
      DistinctRowsSink.tableCount * RowTable.segmentBytes, DistinctRowsSink.bytesPerRow(layout)
    )
    let memory = max(memory, reserve.saturatingAdd(each))
    self.memory = memory
    most = min((memory - reserve) / each, Int(Int32.max))
    tables = (0..<DistinctRowsSink.tableCount).map { _ in Lock(RowTable(layout)) }
  }

  /// A row in its table, what it takes beside its bytes, and its copy in the result.
  private static func bytesPerRow(_ layout: RowLayout) -> Int {
    layout.bytes.saturatingMultiply(2).saturatingAdd(RowTable.bytesPerRow)
  }

  var isOrderFree: Bool { true }
  var wholeAxes: Set<Int> { Set(1..<shape.rank) }
  func begin(_ grid: ChunkGrid) {}
  func makePartial() -> any PassPartial { Partial(self) }
  func finish() -> Bool { true }
  func result(_ field: String) -> MemoryDriver { MemoryDriver(shape: Shape(known: [0]), dtype: layout.dtype) }

  func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory {
    SinkMemory(perThread: layout.scratchBytes, shared: memory)
  }

  /// What was found; after the pass.
  func rows() -> DistinctRows { DistinctRows(layout, tables.map { table in table.withLock { $0 } }) }

  private func add(_ row: RowKey, at position: Int) throws {
    let table = tables[DistinctRows.table(row.hash, of: tables.count)]
    let isNew = table.withLock { $0.add(row, at: position) }
    guard isNew, found.wrappingAdd(1, ordering: .relaxed).newValue > most else { return }
    throw TesseraError(
      .memory, "distinct rows",
      expected: "at most \(most), \(DistinctRowsSink.bytesPerRow(layout)) bytes each in a part of --memory",
      got: "more; a larger --memory would do")
  }

  private final class Partial: PassPartial {
    private let sink: DistinctRowsSink
    private let scratch: Buffer
    private var assembler: RowAssembler
    /// Of the next row, along the first axis.
    private var position = 0

    init(_ sink: DistinctRowsSink) {
      let scratch = Buffer(count: sink.layout.scratchBytes)
      self.sink = sink
      self.scratch = scratch
      assembler = RowAssembler(sink.layout, scratch: scratch.bytes.baseAddress!)
    }

    /// Blocks have whole rows, and their tiles come in order.
    func begin(_ block: Region) {
      position = block.lower[0]
      assembler.begin()
    }

    func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) throws {
      try assembler.take(tile.count, values.first!) { row in
        try sink.add(row, at: position)
        position += 1
      }
    }

    func merge() {}
  }
}
