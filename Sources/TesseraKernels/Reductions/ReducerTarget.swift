/// A reducer and the accumulators in which it gathers, beside others that take the same values.
package struct ReducerTarget {
  package let reducer: Reducer
  package let accumulators: UnsafeMutableRawPointer
  /// Kept positions that there are accumulators for.
  package let capacity: Int

  package init(_ reducer: Reducer, _ accumulators: UnsafeMutableRawPointer, capacity: Int) {
    (self.reducer, self.accumulators, self.capacity) = (reducer, accumulators, capacity)
  }
}
