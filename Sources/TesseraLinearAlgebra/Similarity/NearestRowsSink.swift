import TesseraCore
import TesseraEngine

/// For each query the nearest of a pass's rows. What is kept depends neither on the order of rows nor on how they are
/// divided among threads: no two entries of a query are alike.
final class NearestRowsSink: BarrierSink {
  private let form: NearestRowsSearch.Form
  private let rows: Int
  /// Made when the pass begins. Touched by one thread at a time.
  nonisolated(unsafe) private var lists: NearestLists?

  /// - Throws: `.unsupported` where products need a library that this build lacks.
  init(_ form: NearestRowsSearch.Form, rows: Int) throws {
    if MatrixKernel.usesLibrary(.float64) { try OpenBLAS.require() }
    (self.form, self.rows) = (form, rows)
  }

  var isOrderFree: Bool { true }
  var wholeAxes: Set<Int> { [1] }

  func begin(_ grid: ChunkGrid) {
    lists = NearestLists(queries: form.queries.count, capacity: form.count)
  }

  func makePartial() -> any PassPartial { NearestRowsPartial(form, of: self) }
  func merge(_ own: NearestLists) { lists!.merge(own) }

  func finish() -> Bool {
    if form.queries.width == 0 { addEmptyRows() }
    lists!.sort()
    return true
  }

  /// Rows without elements are in no block; all of them are equally far.
  private func addEmptyRows() {
    let distance = form.metric == .euclidean ? 0.0 : 1
    for query in 0..<form.queries.count {
      for index in 0..<form.count { lists!.insert(.init(distance: distance, index: index), query: query) }
    }
  }

  func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory {
    let lists = NearestLists.bytes(queries: form.queries.count, capacity: form.count)
    return SinkMemory(
      perThread: lists.saturatingAdd(NearestRowsPartial.bytes(form)),
      // The lists of all, and the results made of them.
      shared: lists.saturatingMultiply(2))
  }

  func result(_ field: String) -> MemoryDriver {
    switch NearestRowsSearch.Field(rawValue: field)! {
    case .indices: lists!.indices()
    case .distances:
      lists!.distances(as: form.dtype) { form.metric == .euclidean ? $0.squareRoot() : $0 }
    }
  }
}
