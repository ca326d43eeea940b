package import TesseraCore

/// What takes the blocks of a pass.
package protocol PassSink: AnyObject, Sendable {
  /// Called before each pass, with how it is cut into blocks.
  func begin(_ grid: ChunkGrid) throws
  /// What one thread gathers of some consecutive blocks.
  func makePartial() throws -> any PassPartial
  /// Whether what is gathered does not depend on the order of blocks, so that a thread's partial lasts for a pass.
  var isOrderFree: Bool { get }
  /// Axes of the pass of which each of its blocks must have everything.
  var wholeAxes: Set<Int> { get }
  /// Bytes of blocks below which merging what was gathered of them takes more than a small part of gathering it.
  var leastLeafBytes: Int { get }
  /// What sinks have in common whose partials take tiles of the same operands together; nil for those that do not.
  var companionship: String? { get }
  /// Whether values may change while they are taken, as those of a mapped file do when somebody writes into it: they are
  /// added up or compared, and never become places in memory.
  var takesChangingValues: Bool { get }
  /// Called when all partials of a pass are merged; false when the sink needs another pass.
  func finish() throws -> Bool
  /// Bytes of a partial over so many consecutive blocks of that shape, and of what all share.
  func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory
}

extension PassSink {
  package var isOrderFree: Bool { false }
  package var companionship: String? { nil }
  package var takesChangingValues: Bool { false }
  package var wholeAxes: Set<Int> { [] }
  package var leastLeafBytes: Int { 0 }
}

/// What a sink takes of the budget.
package struct SinkMemory: Sendable {
  package var perThread: Int
  package var shared: Int

  package init(perThread: Int = 0, shared: Int) {
    self.perThread = perThread
    self.shared = shared
  }
}

/// A sink whose results other nodes use.
package protocol BarrierSink: PassSink {
  /// Tells, before the pass is planned, that `result` will be asked for that field.
  func want(_ field: String)
  /// The elements of a node with that field, once all passes are done.
  func result(_ field: String) throws -> MemoryDriver
  /// Passes the sink is expected to take, at most.
  var expectedPasses: Int { get }
}

extension BarrierSink {
  package var expectedPasses: Int { 1 }
  package func want(_ field: String) {}
}

/// What one thread gathers of some consecutive blocks for one sink.
package protocol PassPartial: AnyObject {
  func begin(_ block: Region)
  /// Takes a tile of the block; `values` are its elements, one pointer per operand.
  func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) throws
  /// Takes a tile for this partial and for others whose sinks are companions of its own.
  func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>, beside others: [any PassPartial]) throws
  /// Called by the thread that gathered, after the last tile and before it is merged, which nobody else can do meanwhile.
  func end() throws
  /// Gives what was gathered to the sink; called for one partial after another, in the order of the blocks.
  func merge() throws
}

extension PassPartial {
  package func take(
    _ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>, beside others: [any PassPartial]
  ) throws {
    try take(tile, values)
    for other in others { try other.take(tile, values) }
  }

  package func end() {}
}
