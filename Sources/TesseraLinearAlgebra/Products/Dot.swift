import TesseraCore
public import TesseraEngine

// Products of vectors and arrays, each made of elementwise products and sums, or of `matmul` over other shapes. All are
// lazy; dtypes are promoted as NumPy does, integers wrap, bools are "or" of "and", and halves add up in float32.

/// NumPy's `dot`: of vectors their sum of products, of matrices the matrix product, of a scalar and an array elementwise;
/// otherwise sums along the last axis of `a` and the second to last of `b`.
///
/// - Throws: `.usage` for lengths that differ, naming both shapes.
public func dot(_ a: NDArray, _ b: NDArray) throws -> NDArray {
  if a.ndim == 0 || b.ndim == 0 { return try a * b }
  let axis = b.ndim == 1 ? 0 : b.ndim - 2
  try requireAligned(a, b, axis: axis)
  if b.ndim <= 2, a.ndim <= 2 { return try matmul(a, b) }
  return try contracted(a, b, [a.ndim - 1], [axis])
}

/// NumPy's `inner`: sums along the last axes of both; of a scalar and an array elementwise.
///
/// - Throws: `.usage` for lengths that differ, naming both shapes.
public func inner(_ a: NDArray, _ b: NDArray) throws -> NDArray {
  if a.ndim == 0 || b.ndim == 0 { return try a * b }
  try requireAligned(a, b, axis: b.ndim - 1)
  return try contracted(a, b, [a.ndim - 1], [b.ndim - 1])
}

/// NumPy's `vdot`: the sum of products of all elements of both in C order, the first ones conjugated.
///
/// - Throws: `.usage` for other numbers of elements, naming both shapes.
public func vdot(_ a: NDArray, _ b: NDArray) throws -> NDArray {
  guard a.size == b.size else {
    throw TesseraError(
      .usage, "vdot: as many elements of both, shapes \(a.shape) and \(b.shape)", expected: "\(a.size)",
      got: "\(b.size)")
  }
  return try sumOfProducts(a.ravel().conjugated(), b.ravel(), axes: [0])
}

/// NumPy's `vecdot`: sums of products along an axis of both, the first ones conjugated; the other axes broadcast.
///
/// - Throws: `.usage` for scalars, and lengths that differ, naming both shapes.
public func vecdot(_ a: NDArray, _ b: NDArray, axis: Int = -1) throws -> NDArray {
  for (number, operand) in [a, b].enumerated() where operand.ndim == 0 {
    throw TesseraError(
      .usage,
      "vecdot: Input operand \(number) does not have enough dimensions (has 0, gufunc core with signature (n),(n)->() "
        + "requires 1), shapes \(a.shape) and \(b.shape)")
  }
  let left = try a.moveaxis(axis, -1)
  let right = try b.moveaxis(axis, -1)
  let (own, other) = (left.shape[left.ndim - 1], right.shape[right.ndim - 1])
  guard own == other else {
    throw TesseraError(
      .usage,
      "vecdot: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n),(n)->() "
        + "(size \(other) is different from \(own)), shapes \(a.shape) and \(b.shape)")
  }
  return try sumOfProducts(left.conjugated(), right, axes: [-1])
}

/// NumPy's `outer`: every element of one by every element of the other, both in C order.
public func outer(_ a: NDArray, _ b: NDArray) throws -> NDArray {
  try a.ravel().expandDims(axis: 1) * b.ravel().expandDims(axis: 0)
}

/// NumPy's `kron`: a copy of `b` for every element of `a`, multiplied by it.
public func kron(_ a: NDArray, _ b: NDArray) throws -> NDArray {
  let rank = Swift.max(a.ndim, b.ndim)
  let first = [Int](repeating: 1, count: rank - a.ndim) + a.shape.dimensions
  let second = [Int](repeating: 1, count: rank - b.ndim) + b.shape.dimensions
  let lengths = zip(first, second).map { $0.saturatingMultiply($1) }
  return try (a.reshape(first.flatMap { [$0, 1] }) * b.reshape(second.flatMap { [1, $0] })).reshape(lengths)
}

/// NumPy's `tensordot` over the last `axes` axes of `a` and the first ones of `b`; every element by every other for 0.
///
/// - Throws: `.usage` for more axes than there are, and lengths that differ, naming both shapes.
public func tensordot(_ a: NDArray, _ b: NDArray, axes: Int = 2) throws -> NDArray {
  guard axes >= 0, axes <= a.ndim, axes <= b.ndim else {
    throw TesseraError(
      .usage, "tensordot: axes",
      expected: "0 to \(Swift.min(a.ndim, b.ndim)) for shapes \(a.shape) and \(b.shape)",
      got: "\(axes)")
  }
  return try tensordot(a, b, axes: (Array(a.ndim - axes..<a.ndim), Array(0..<axes)))
}

/// NumPy's `tensordot` over pairs of axes: sums along `axes.0` of `a` and `axes.1` of `b` together.
///
/// - Throws: `.usage` for axes out of bounds or given twice, and lengths that differ, naming both shapes.
public func tensordot(_ a: NDArray, _ b: NDArray, axes: ([Int], [Int])) throws -> NDArray {
  let (first, second) = (try a.normalized(axes.0), try b.normalized(axes.1))
  guard first.count == second.count, zip(first, second).allSatisfy({ a.shape[$0] == b.shape[$1] }) else {
    throw TesseraError(.usage, "tensordot: shape-mismatch for sum, shapes \(a.shape) and \(b.shape)")
  }
  return try contracted(a, b, first, second)
}

// MARK: What they are made of

private func requireAligned(_ a: NDArray, _ b: NDArray, axis: Int) throws {
  let (own, other) = (a.shape[a.ndim - 1], b.shape[axis])
  guard own == other else {
    throw TesseraError(
      .usage,
      "shapes \(a.shape) and \(b.shape) not aligned: \(own) (dim \(a.ndim - 1)) != \(other) (dim \(axis))")
  }
}

/// Sums along pairs of axes: a matrix product of what the other axes are as one.
private func contracted(_ a: NDArray, _ b: NDArray, _ first: [Int], _ second: [Int]) throws -> NDArray {
  let left = (0..<a.ndim).filter { !first.contains($0) }
  let right = (0..<b.ndim).filter { !second.contains($0) }
  let summed = first.map { a.shape[$0] }.saturatingProduct()
  let (rows, columns) = (left.map { a.shape[$0] }, right.map { b.shape[$0] })
  let product = try matmul(
    a.transposed(left + first).reshape([rows.saturatingProduct(), summed]),
    b.transposed(second + right).reshape([summed, columns.saturatingProduct()]))
  return try product.reshape(rows + columns)
}

/// The sums of elementwise products along axes, in the dtype of the operands.
///
/// - Parameter mask: false for products that are left out.
func sumOfProducts(
  _ a: NDArray, _ b: NDArray, axes: Axes, where mask: NDArray? = nil
) throws -> NDArray {
  let result = DType.promoted(a.dtype, b.dtype)
  let dtype: DType = result == .float16 || result == .bfloat16 ? .float32 : result
  let products = try a.astype(dtype) * b.astype(dtype)
  if dtype == .bool { return try products.any(axis: axes, where: mask) }
  return try products.sum(axis: axes, dtype: dtype, where: mask).astype(result)
}

extension NDArray {
  /// The complex conjugate; real numbers as they are.
  func conjugated() throws -> NDArray { dtype.kind == .complex ? try conjugate(self) : self }
}
