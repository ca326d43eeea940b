import TesseraCore
import TesseraEngine
import TesseraStorage

/// How many rows are compared at one time, and by how many threads. Pure; made before anything is read.
struct NearestRowsPlan {
  /// What is searched for what.
  struct Size {
    var rows: Int
    var width: Int
    var queries: Int
    var count: Int
  }

  let size: Size
  /// Rows of a block. It changes no result.
  let height: Int
  let threads: Int
  let window: Int

  /// Of the rows, as progress counts them.
  var bytes: Int { size.rows.saturatingMultiply(size.width).saturatingMultiply(8) }
  var blocks: Int { (size.rows + height - 1) / height }

  /// Rows and their products with the queries: more does not make products faster.
  private static let blockBytes = 4 << 20

  /// - Parameter held: bytes of results that the rows are computed from.
  /// - Throws: `.memory` when one thread cannot compare one row, naming the least budget that would do.
  init(_ size: Size, _ rows: any ArrayDriver, held: Int, _ options: TransferOptions) throws {
    self.size = size
    let model = try MemoryModel(options)
    window = model.window
    let lists = NearestLists.bytes(queries: size.queries, capacity: size.count)
    // Queries and their norms; the lists of all, and the results made of them.
    let shared = size.queries.saturatingMultiply(size.width.saturatingAdd(2)).saturatingMultiply(8)
      .saturatingAdd(lists.saturatingMultiply(2)).saturatingAdd(held)
    let fixed = lists.saturatingAdd(rows.scratchBytes)
      .saturatingAdd(MatrixKernel.scratchBytes(.float64)).saturatingAdd(MatrixKernel.libraryBytes(.float64))
    let perRow = size.width.saturatingAdd(size.queries).saturatingAdd(1).saturatingMultiply(8)
    let granule = max(1, min(rows.granule[0], size.rows))
    func most(_ threads: Int) -> Int {
      (max(0, model.buffers - shared) / threads - fixed) / perRow
    }
    let counts = (1...max(1, min(options.threads, (size.rows + granule - 1) / granule))).reversed()
    // Rather fewer threads than parts of chunks, which would be decoded again for each part.
    guard let threads = counts.first(where: { most($0) >= granule }) ?? counts.first(where: { most($0) >= 1 })
    else {
      throw TesseraError(
        .memory, "memory budget is too small for \(size.queries) queries of \(size.width) elements",
        expected: model.leastArgument(buffers: shared.saturatingAdd(fixed).saturatingAdd(perRow)),
        got: ByteSize.format(options.memory))
    }
    self.threads = threads
    let wanted = max(1, NearestRowsPlan.blockBytes / perRow)
    let whole = (wanted + granule - 1) / granule * granule
    height = min(most(threads), whole, size.rows)
  }
}
