import TesseraCore
public import TesseraEngine

// Sums of products of a line with another one that slides along it: NumPy's `convolve` and `correlate`. Lazy; the longer one is
// gone through in one pass. Dtypes are promoted, integers wrap, bools are "or" of "and", and halves add up in float32.

/// Which places of a line, as it slides along a longer one, give a result.
public enum ConvolutionMode: String, Sendable {
  /// All where the two overlap.
  case full
  /// As many as the longer one has elements, in the middle of those.
  case same
  /// Those where the shorter one lies within.
  case valid
}

/// NumPy's `convolve` of two lines: sums of products of elements whose positions have the same sum.
///
/// Elements that there are not are left out rather than taken for 0, which matters beside infinities and NaN. A number is a
/// line of one.
///
/// - Throws: `.usage` for more than one axis, and empty lines.
/// - Complexity: as many products for each result as the shorter line has elements, at most. Of fewer than 65536 results, or
///   with a shorter line of more than 256 KiB, all results are in memory while they are used.
public func convolve(_ a: NDArray, _ v: NDArray, mode: ConvolutionMode = .full) throws -> NDArray {
  let (first, second) = (try a.atLeast1D(), try v.atLeast1D())
  try requireLines(first, second, "convolve")
  let isSwapped = second.size > first.size
  let (long, short) = isSwapped ? (second, first) : (first, second)
  return try slid(short.flip(), along: long, mode)
}

/// NumPy's `correlate` of two lines: sums of products with `v`, conjugated, at each place of it along `a`.
///
/// - Throws: `.usage` for other numbers of axes than one, and empty lines.
/// - Complexity: as `convolve`.
public func correlate(_ a: NDArray, _ v: NDArray, mode: ConvolutionMode = .valid) throws -> NDArray {
  try requireLines(a, v, "correlate")
  let conjugate = try v.conjugated()
  // Where `a` is the shorter one, it is that which slides, the other way.
  if v.size > a.size { return try slid(a, along: conjugate, mode).flip() }
  return try slid(conjugate, along: a, mode)
}

private func requireLines(_ a: NDArray, _ v: NDArray, _ name: String) throws {
  guard a.ndim == 1, v.ndim == 1 else {
    throw TesseraError(
      .usage, "\(name): axes", expected: "one of both", got: "shapes \(a.shape) and \(v.shape)")
  }
  guard a.size > 0, v.size > 0 else {
    throw TesseraError(.usage, "\(name): lines cannot be empty", got: "shapes \(a.shape) and \(v.shape)")
  }
}

/// The sums of products at all places of a line along another that is not shorter.
private func slid(_ short: NDArray, along long: NDArray, _ mode: ConvolutionMode) throws -> NDArray {
  let (count, length) = (short.size, long.size)
  let within = try sumOfProducts(long.slidingWindowView(count), short, axes: [-1])
  if mode == .valid || count == 1 { return within }
  // Places that lie partly before the long one, and behind it.
  let beyond = count - 1
  let places = try NDArray.arange(beyond).expandDims(axis: 1) + NDArray.arange(count)
  let nothing = try NDArray.zeros([beyond], dtype: long.dtype)
  let before = try concatenate([nothing, long[..<beyond]])
  let behind = try concatenate([long[(length - beyond)...], nothing])
  let full = try concatenate([
    sumOfProducts(before.slidingWindowView(count), short, axes: [-1], where: places .>= beyond), within,
    sumOfProducts(behind.slidingWindowView(count), short, axes: [-1], where: places .< beyond),
  ])
  if mode == .full { return full }
  let start = beyond - count / 2
  return try full[start..<start + length]
}
