import TesseraCore
import TesseraKernels
public import TesseraStorage

extension NDArray: CustomStringConvertible {
  /// Shape, dtype and where the elements are: `NDArray((1000, 8), float32, "features.npy")`; `in memory` and `computed` for
  /// those of no file. Nothing is read; `text` shows elements.
  public var description: String { "NDArray(\(shape), \(dtype), \(origin))" }

  private var origin: String {
    guard case .source(let source) = node.operation else { return "computed" }
    let stored = source.driver.description
    if stored.format != .computed { return stored.path.debugDescription }
    return source.isInMemory ? "in memory" : "computed"
  }

  /// The elements as NumPy prints them, `str(x)` with its default options. Computed now.
  ///
  /// Of more than 1000 elements three at either end of each axis are shown, and only those are computed.
  ///
  /// - Throws: `.usage` where that is more than a million elements, as it can be of eight axes or more; as `evaluate`.
  /// - Complexity: the passes of reductions that the elements are made of; otherwise what is shown is read, and what is
  ///   stored in one piece with it.
  public func text(options: TransferOptions = .init()) throws -> String {
    try ArrayPrinter.requirePrintable(shape)
    let shown = try ArrayPrinter.edges(of: shape).enumerated().reduce(self) { array, edge in
      let (axis, ranges) = edge
      return try ranges.count == 1 ? array : array.take(ranges.flatMap { Array($0) }, axis: axis)
    }
    let computed = StoredArray(try NodeSource.driver(of: shown.evaluated(options: options).node))
    var bytes = [UInt8](repeating: 0, count: shown.nbytes)
    try bytes.withUnsafeMutableBytes { try computed.read(into: $0) }
    return bytes.withUnsafeBytes { ArrayPrinter(shape: shape, dtype: dtype, edges: $0).string() }
  }
}
