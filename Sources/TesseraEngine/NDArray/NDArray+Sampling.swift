import TesseraCore
import TesseraKernels
import TesseraStorage

// Positions in random order or chosen at random, and elements taken by them: the same as those of
// `Generator(Philox(seed))` in NumPy. One number after another is drawn, so positions are a list in memory.
extension NDArray {
  /// The integers 0 ..< `count` in random order, in memory: the same as NumPy's `permutation(count)`.
  ///
  /// - Throws: `.usage` for a negative number; `.memory` for more than there is memory for.
  /// - Complexity: O(`count`) time and memory.
  public static func permutation(_ count: Int, seed: UInt128 = 0) throws -> NDArray {
    guard count >= 0 else {
      throw TesseraError(.usage, "length of a permutation", expected: "0 or more", got: "\(count)")
    }
    return try NDArray(order(count, seed))
  }

  /// The elements in random order along an axis: the same as NumPy's `permutation(x, axis)`, and as what its `shuffle`
  /// leaves of an array. Nothing is read.
  ///
  /// - Throws: `.usage` for an axis out of bounds, which any is of an array without axes; `.memory` for an axis longer than
  ///   there is memory for.
  /// - Complexity: O(n) time and 8 bytes of memory for each position of the axis, 16 meanwhile; reading as `take`.
  public static func permutation(of x: NDArray, axis: Int = 0, seed: UInt128 = 0) throws -> NDArray {
    let axis = try x.normalized(axis: axis)
    return try x.take(order(x.shape[axis], seed), axis: axis)
  }

  /// `size` of the integers 0 ..< `count`, in memory: the same as NumPy's `choice(count, size, replace, p)`.
  ///
  /// - Parameters:
  ///   - replace: whether one may come twice.
  ///   - p: the probability of each, which add up to 1; all are the same when nil.
  /// - Throws: `.usage` for a negative size, nothing to choose from, more than there are (with a probability above 0) without
  ///   `replace`, and `p` of another length, with negative numbers or NaN, or of another sum; `.memory` for more than there
  ///   is memory for.
  /// - Complexity: 16 bytes of memory for each that is chosen, and for each of `p`: what is left of it, and its sums. Without
  ///   `p` and `replace`, 16 bytes for all that there are where more than a fiftieth of more than ten thousand is chosen.
  ///   O(`size`) time, with `p` O(`count` + `size` log `count`); without `replace` that several times, the more often the
  ///   more of the probability is that of few.
  public static func choice(
    _ count: Int, size: Int, replace: Bool = true, p: [Double]? = nil, seed: UInt128 = 0
  ) throws -> NDArray {
    try NDArray(chosen(count, size, replace, p, seed))
  }

  /// The elements at `size` positions along an axis that are chosen at random: the same as NumPy's
  /// `choice(x, size, replace, p, axis)`. Nothing is read.
  ///
  /// The shape is that of the array with `size` in place of the axis's length.
  ///
  /// - Throws: as `choice` of integers; `.usage` also for an axis out of bounds, which any is of an array without axes.
  /// - Complexity: as `choice` of integers; reading as `take`.
  public static func choice(
    of x: NDArray, size: Int, replace: Bool = true, p: [Double]? = nil, axis: Int = 0, seed: UInt128 = 0
  ) throws -> NDArray {
    let axis = try x.normalized(axis: axis)
    return try x.take(chosen(x.shape[axis], size, replace, p, seed), axis: axis)
  }

  private static func order(_ count: Int, _ seed: UInt128) throws -> [Int] {
    // The list, and what is made of it.
    try MemoryModel.requireAvailable(count.saturatingMultiply(16), for: "a permutation of \(count)")
    var generator = PhiloxGenerator(seed: seed)
    return generator.permutation(count)
  }

  private static func chosen(
    _ count: Int, _ size: Int, _ replace: Bool, _ p: [Double]?, _ seed: UInt128
  ) throws -> [Int] {
    let listed =
      p.map { Swift.max(size, 0).saturatingAdd($0.count) }
      ?? PhiloxGenerator.listedByChoice(count, size: size, replacing: replace)
    try MemoryModel.requireAvailable(listed.saturatingMultiply(16), for: "a choice of \(size)")
    var generator = PhiloxGenerator(seed: seed)
    guard let p else { return try generator.choice(count, size: size, replacing: replace) }
    guard p.count == count else {
      throw TesseraError(
        .usage, "a and p must have same size", expected: "\(count) probabilities", got: "\(p.count)")
    }
    return try generator.choice(p, size: size, replacing: replace)
  }
}
