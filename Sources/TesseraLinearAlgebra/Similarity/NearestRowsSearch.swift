import Synchronization
import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraKernels
import TesseraStorage

/// The sweep over the rows: blocks of them are multiplied by the queries, and what may be near is compared exactly.
struct NearestRowsSearch {
  private let plan: NearestRowsPlan
  private let rows: any ArrayDriver
  private let queries: Queries
  private let metric: RowMetric
  private let options: TransferOptions
  private let progress: ProgressMeter

  /// What all threads read: the queries, and the squares of their norms.
  private struct Queries: @unchecked Sendable {
    let memory: MemoryDriver
    let elements: UnsafePointer<Double>
    let squares: [Double]
  }

  /// One thread's memory, and the lists it fills.
  private final class Worker {
    let block = Buffer()
    let products = Buffer()
    let kernel = Buffer()
    let scratch = ReadScratch()
    let lists: NearestLists
    init(_ plan: NearestRowsPlan) {
      lists = NearestLists(queries: plan.size.queries, capacity: plan.size.count)
    }
  }

  /// - Throws: `.unsupported` where products need a library that this build lacks.
  init(
    _ plan: NearestRowsPlan, _ rows: any ArrayDriver, queries: MemoryDriver, _ metric: RowMetric,
    _ options: TransferOptions
  ) throws {
    if MatrixKernel.usesLibrary(.float64) { try OpenBLAS.require() }
    self.plan = plan
    self.rows = rows
    self.metric = metric
    self.options = options
    let elements = UnsafePointer(queries.bytes.baseAddress!.assumingMemoryBound(to: Double.self))
    let width = plan.size.width
    self.queries = Queries(
      memory: queries, elements: elements,
      squares: (0..<plan.size.queries).map { RowDistance.squaredNorm(elements + $0 * width, count: width) })
    progress = ProgressMeter(total: plan.bytes, handler: options.progress)
  }

  /// - Returns: the lists of all rows, in order.
  func run() throws -> NearestLists {
    ResidentWindow.shared.limit = plan.window
    nonisolated(unsafe) let all = NearestLists(queries: plan.size.queries, capacity: plan.size.count)
    let next = Atomic<Int>(0)
    let reading = OrderedGate()
    let merging = Lock(())
    try WorkerTeam.run(threads: min(plan.threads, plan.blocks)) { _ in
      let worker = Worker(plan)
      do {
        while true {
          let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard number < plan.blocks else { break }
          try options.checkCancellation()
          try compare(number, worker, reading)
        }
        // What is kept does not depend on the order of merging: no two entries of a query are alike.
        merging.withLock { _ in all.merge(worker.lists) }
      } catch {
        // Nobody waits for a turn that will not come.
        reading.close()
        throw error
      }
    }
    all.sort()
    return all
  }

  private func compare(_ number: Int, _ worker: Worker, _ reading: OrderedGate) throws {
    let (first, width) = (number * plan.height, plan.size.width)
    let count = min(plan.height, plan.size.rows - first)
    let block = worker.block.reserve(count * width * 8).baseAddress!
    if width > 0 {
      let region = StridedRegion(Region(lower: [first, 0], lengths: [count, width]))
      let read = {
        try rows.read(region, into: block, strides: [width * 8, 8], scratch: worker.scratch)
      }
      if rows.isSequential { try reading.pass(number, read) } else { try read() }
    }
    let products = worker.products.reserve(count * plan.size.queries * 8).baseAddress!
    let pair = (
      block: UnsafePointer(block.assumingMemoryBound(to: Double.self)),
      products: products.assumingMemoryBound(to: Double.self)
    )
    multiply(pair.block, count, into: pair.products, worker)
    for row in 0..<count {
      compare(
        pair.block + row * width, index: first + row, products: pair.products + row * plan.size.queries,
        worker.lists)
    }
    progress.add(count * width * 8)
  }

  /// rows · queriesᵀ.
  private func multiply(
    _ block: UnsafePointer<Double>, _ count: Int, into products: UnsafeMutablePointer<Double>,
    _ worker: Worker
  ) {
    let (width, columns) = (plan.size.width, plan.size.queries)
    guard width > 0, columns > 0 else {
      return products.update(repeating: 0, count: count * columns)
    }
    MatrixKernel.multiply(
      .float64, rows: count, columns: columns, depth: width, MatrixView(block, row: width, column: 1),
      MatrixView(queries.elements, row: 1, column: width), into: products, leading: columns,
      accumulates: false,
      scratch: worker.kernel.reserve(MatrixKernel.scratchBytes(.float64)).baseAddress!)
  }

  /// Enters a row into the lists of the queries that it is near to.
  private func compare(
    _ row: UnsafePointer<Double>, index: Int, products: UnsafePointer<Double>, _ lists: NearestLists
  ) {
    let width = plan.size.width
    let square = RowDistance.squaredNorm(row, count: width)
    // Of products and norms, for any order of summation (Higham, Accuracy and Stability, 3.1), twice over.
    let epsilon = 4 * Double(width + 8) * Double.ulpOfOne
    for query in 0..<plan.size.queries {
      let other = queries.squares[query]
      let bound = lists.bound(query)
      // Comparisons with NaN are false, so that what cannot be told is looked at.
      if metric == .euclidean {
        let sum = square + other
        if sum - 2 * products[query] - epsilon * sum > bound { continue }
        let distance = RowDistance.squaredEuclidean(row, queries.elements + query * width, count: width)
        lists.insert(.init(distance: distance, index: index), query: query)
      } else {
        let norms = square.squareRoot() * other.squareRoot()
        if 1 - products[query] / norms - epsilon > bound { continue }
        let distance = RowDistance.cosine(
          row, norm: square.squareRoot(), queries.elements + query * width, norm: other.squareRoot(),
          count: width)
        lists.insert(.init(distance: distance, index: index), query: query)
      }
    }
  }
}
