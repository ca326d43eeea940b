import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension Linalg {
  /// Square matrices to an integer power, by repeated squaring; of inverses for negative ones, the identity for 0.
  ///
  /// Dtypes are those of `matmul`: integers stay integers and wrap, unless they are inverted.
  ///
  /// - Throws: as `matmul` and `inv`.
  /// - Complexity: up to 2 log2(|n|) products; memory for three stacks of matrices.
  public static func matrixPower(
    _ a: NDArray, _ n: Int, options: TransferOptions = .init()
  ) throws -> NDArray {
    let shape = try StackShape(square: a)
    if n == 0 {
      return try NDArray.identity(shape.rows, dtype: a.dtype).broadcast(to: a.shape.dimensions)
    }
    var base = try n < 0 ? inv(a, options: options) : a
    var rest = n.magnitude
    var result: NDArray?
    while true {
      if rest & 1 == 1 { result = try result.map { try multiplied($0, base, options) } ?? base }
      rest >>= 1
      if rest == 0, let result { return result }
      base = try multiplied(base, base, options)
    }
  }

  /// The product of two matrices or more, multiplied in the order that takes the fewest operations; the first and the
  /// last may be vectors.
  ///
  /// - Throws: `.usage` for fewer than two arrays, and others than matrices; as `matmul`.
  /// - Complexity: memory for the products in between, beside the operations that are left.
  public static func multiDot(_ arrays: [NDArray], options: TransferOptions = .init()) throws -> NDArray {
    guard arrays.count >= 2, let first = arrays.first, let last = arrays.last else {
      throw TesseraError(.usage, "Expecting at least two arrays.", got: "\(arrays.count)")
    }
    var matrices = arrays
    if first.ndim == 1 { matrices[0] = try first.expandDims(axis: 0) }
    if last.ndim == 1 { matrices[arrays.count - 1] = try last.expandDims(axis: 1) }
    for matrix in matrices where matrix.ndim != 2 {
      throw TesseraError(
        .usage, "\(matrix.ndim)-dimensional array given. Array must be two-dimensional",
        got: "\(matrix.shape)")
    }
    let splits = chain(matrices.map { $0.shape[0] } + [matrices[arrays.count - 1].shape[1]])
    let product = try multiplied(matrices, 0..<matrices.count, splits, options)
    let axes = (first.ndim == 1 ? [0] : []) + (last.ndim == 1 ? [1] : [])
    return axes.isEmpty ? product : try product.squeeze(axis: axes)
  }

  private static func multiplied(
    _ a: NDArray, _ b: NDArray, _ options: TransferOptions
  ) throws -> NDArray {
    try matmul(a, b).evaluated(options: options)
  }

  private static func multiplied(
    _ matrices: [NDArray], _ range: Range<Int>, _ splits: [Range<Int>: Int], _ options: TransferOptions
  ) throws -> NDArray {
    guard let split = splits[range] else { return matrices[range.lowerBound] }
    return try multiplied(
      multiplied(matrices, range.lowerBound..<split, splits, options),
      multiplied(matrices, split..<range.upperBound, splits, options), options)
  }

  /// Where each stretch of a chain of matrices is best cut in two (Cormen et al., "Introduction to Algorithms", 15.2).
  ///
  /// - Parameter lengths: rows of each matrix, and the columns of the last.
  private static func chain(_ lengths: [Int]) -> [Range<Int>: Int] {
    var costs: [Range<Int>: Double] = [:]
    var splits: [Range<Int>: Int] = [:]
    let count = lengths.count - 1
    for length in stride(from: 2, through: count, by: 1) {
      for start in 0...count - length {
        let range = start..<start + length
        for split in start + 1..<range.upperBound {
          let product = Double(lengths[start]) * Double(lengths[split]) * Double(lengths[range.upperBound])
          let cost = (costs[start..<split] ?? 0) + (costs[split..<range.upperBound] ?? 0) + product
          if cost < costs[range] ?? .infinity { (costs[range], splits[range]) = (cost, split) }
        }
      }
    }
    return splits
  }
}
