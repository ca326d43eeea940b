package import TesseraCore

extension StridedRegion {
  /// Calls `body` with the two halves along an axis, the one that lies first in the array first, and the
  /// position in the result where each begins.
  package func forEachHalf(_ axis: Int, _ body: (StridedRegion, Int) throws -> Void) rethrows {
    let middle = axes[axis].count / 2
    var first = self
    first.axes[axis].count = middle
    var second = self
    second.axes[axis].start += middle * axes[axis].step
    second.axes[axis].count -= middle
    if axes[axis].step > 0 {
      try body(first, 0)
      try body(second, middle)
    } else {
      try body(second, middle)
      try body(first, 0)
    }
  }
}
