public import TesseraStorage

// Distinct elements: NumPy's `unique`.
extension NDArray {
  /// The distinct elements in ascending order: NumPy's `unique`. Computed now, within the budget.
  ///
  /// Any dtype, as NumPy sorts it: complex numbers by real, then imaginary part, NaN last. -0.0 and 0.0 are one, with the
  /// sign of whichever comes first in C order.
  ///
  /// - Parameter equalNaN: whether all NaNs are one; where they are not, two passes more when there are any.
  /// - Returns: one axis. The same bits for any number of threads and any budget.
  /// - Throws: `.memory` when so many distinct elements do not fit a part of the budget; as `evaluate`.
  /// - Complexity: one pass, of complex numbers with zeros two. Hash tables, bitmaps (of 32 bits) and lists that are sorted
  ///   (wider ones) take three eighths of the budget; where that is too little, each pass gathers the least elements that
  ///   fit, and the next goes on above them.
  public func unique(equalNaN: Bool = true, options: TransferOptions = .init()) throws -> NDArray {
    try unique(returning: [], equalNaN: equalNaN, options: options).values
  }

  /// The same, with where each is first, how often it occurs, and which of them each element is: NumPy's
  /// `unique(return_index=, return_inverse=, return_counts=)`.
  ///
  /// - Parameter parts: `.counts`, `.index` and `.inverse`, in any combination. The inverse is lazy, finds an element's
  ///   place when that is read, and keeps the distinct elements in memory meanwhile.
  /// - Complexity: counts of elements of 16 bits or less, of up to 16384 distinct ones, and of more that come again often are
  ///   made in the same pass; others, and positions, take another.
  public func unique(
    returning parts: Unique.Parts, equalNaN: Bool = true, options: TransferOptions = .init()
  ) throws -> Unique {
    try UniqueComputation(self, parts, options).run(equalNaN: equalNaN)
  }
}
