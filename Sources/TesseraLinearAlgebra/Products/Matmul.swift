import TesseraCore
public import TesseraEngine

/// The matrix product, NumPy's `matmul`: lazy, computed tile by tile when it is read.
///
/// Of shapes (…, m, k) and (…, k, n), which gives (…, m, n): stacks of matrices broadcast. A 1-D array is a row on the
/// left and a column on the right, and that axis is not in the result; two of them give a scalar. Dtypes are promoted
/// as NumPy does; integers wrap, bools are "or" of "and", float16 and bfloat16 add up in float32. Where nothing is summed
/// (k = 0), the result is zeros. Operands may be any expressions; transposed ones cost nothing.
///
/// float32, float64 and complex numbers are multiplied by OpenBLAS where the build has it. The result has the same bits for
/// any number of threads, any memory budget, and whichever part of it is read.
///
/// - Throws: `.usage` for scalars, and shapes that do not match, naming both.
/// - Complexity: A is read once for every column of blocks of the result, B once for every row of them. `explain` says how
///   large these are: as large as the budget allows where the result is written, tiles where it is gathered. What is
///   small is read once. A product that other products use, or that several passes use, is better `evaluated()` first.
public func matmul(_ a: NDArray, _ b: NDArray) throws -> NDArray { try matmul(a, b, tiles: nil) }

/// - Parameter tiles: how the product is cut; nil for the dtype's own.
package func matmul(_ a: NDArray, _ b: NDArray, tiles: ProductTiles?) throws -> NDArray {
  try requireMatrices(a, b)
  if a.ndim == 1, b.ndim == 1 { return try sumOfProducts(a, b, axes: 0) }
  let result = DType.promoted(a.dtype, b.dtype)
  let dtype: DType = result == .float16 || result == .bfloat16 ? .float32 : result
  let left = a.ndim == 1 ? try a.expandDims(axis: 0) : a
  let right = b.ndim == 1 ? try b.expandDims(axis: 1) : b
  let stack = try stackShape(a, b, left.shape.dimensions.dropLast(2), right.shape.dimensions.dropLast(2))
  let tiles =
    tiles ?? ProductTiles(dtype, left.shape[left.ndim - 2], right.shape[right.ndim - 1])
  let product = try Product.node(
    left.astype(dtype).kept(upTo: tiles.keptBytes).node, right.astype(dtype).kept(upTo: tiles.keptBytes).node,
    stack: stack, tiles: tiles
  ).astype(result)
  var dropped: [Int] = []
  if a.ndim == 1 { dropped.append(product.ndim - 2) }
  if b.ndim == 1 { dropped.append(product.ndim - 1) }
  return dropped.isEmpty ? product : try product.squeeze(axis: dropped)
}

private let signature = "(n?,k),(k,m?)->(n?,m?)"

/// NumPy's checks, with its words.
private func requireMatrices(_ a: NDArray, _ b: NDArray) throws {
  for (number, operand) in [a, b].enumerated() where operand.ndim == 0 {
    throw TesseraError(
      .usage,
      "matmul: Input operand \(number) does not have enough dimensions (has 0, gufunc core with signature \(signature) "
        + "requires 1), shapes \(a.shape) and \(b.shape)")
  }
  let axis = b.ndim == 1 ? 0 : b.ndim - 2
  let (own, other) = (a.shape[a.ndim - 1], b.shape[axis])
  guard own == other else {
    throw TesseraError(
      .usage,
      "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature \(signature) "
        + "(size \(other) is different from \(own)), shapes \(a.shape) and \(b.shape)")
  }
}

private func stackShape(
  _ a: NDArray, _ b: NDArray, _ first: ArraySlice<Int>, _ second: ArraySlice<Int>
) throws -> [Int] {
  do {
    return try NDArray.broadcastShape(Shape(Array(first)), Shape(Array(second))).dimensions
  } catch let error as TesseraError where error.kind == .usage {
    throw TesseraError(
      .usage, "matmul: stacks of matrices could not be broadcast together with shapes \(a.shape) \(b.shape)")
  }
}

extension NDArray {
  /// This array, or, where it is small and not in memory, what stands for its elements once they are there. Views stay views
  /// of what is stored, if that is small as well.
  fileprivate func kept(upTo bytes: Int) -> NDArray {
    guard nbytes <= bytes, !node.isInMemory else { return self }
    if case .view(let map, let child) = node.operation, map.isInjective,
      child.shape.count.saturatingMultiply(child.dtype.itemSize) <= bytes
    {
      let base = NDArray(child).kept(upTo: bytes)
      return NDArray(.view(map, base.node), shape: shape, dtype: dtype)
    }
    return NDArray(.barrier(Kept(node)), shape: shape, dtype: dtype)
  }
}

extension Node {
  /// Whether its elements are in memory, or a view of what is.
  fileprivate var isInMemory: Bool {
    switch operation {
    case .source(let source): source.isInMemory
    case .view(_, let child): child.isInMemory
    case .barrier(let barrier): barrier is Kept
    default: false
    }
  }
}
