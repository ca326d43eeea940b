import TesseraCore
import TesseraEngine
import TesseraStorage

/// The rows that others are compared with, in memory as float64 once they are loaded, their norms and the squares of these.
final class QueryRows: Sendable {
  let count: Int
  let width: Int
  private let array: NDArray
  /// Written by `load` alone, before any thread reads.
  nonisolated(unsafe) private var memory: MemoryDriver?
  nonisolated(unsafe) private(set) var squaredNorms: [Double] = []
  nonisolated(unsafe) private(set) var norms: [Double] = []

  /// - Parameter array: of two axes.
  init(_ array: NDArray) {
    self.array = array.astype(.float64)
    (count, width) = (array.shape[0], array.shape[1])
  }

  /// What they take in memory.
  var bytes: Int { count.saturatingMultiply(width.saturatingAdd(2)).saturatingMultiply(8) }

  /// Computes them, without telling of progress.
  func load(_ options: TransferOptions) throws {
    var options = options
    options.progress = nil
    let computed = try NodeSource.driver(of: array.evaluated(options: options).node)
    guard let computed = computed as? MemoryDriver else {
      preconditionFailure("what is evaluated is in memory")
    }
    memory = computed
    squaredNorms = (0..<count).map { RowDistance.squaredNorm(row($0), count: width) }
    norms = (0..<count).map { RowDistance.norm(row($0), squared: squaredNorms[$0], count: width) }
  }

  /// In C order.
  var elements: UnsafePointer<Double> {
    guard let memory else { preconditionFailure("queries are loaded before they are compared") }
    return UnsafePointer(memory.bytes.baseAddress!.assumingMemoryBound(to: Double.self))
  }

  func row(_ number: Int) -> UnsafePointer<Double> { elements + number * width }
}
