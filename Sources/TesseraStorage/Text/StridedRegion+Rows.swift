import TesseraCore
import TesseraKernels

extension StridedRegion {
  /// Copies what a selection of a matrix takes of some consecutive rows, which lie in memory one after another.
  ///
  /// - Parameters:
  ///   - rows: their numbers in the matrix.
  ///   - columns: elements of each.
  ///   - strides: byte strides of `target`, where the whole selection goes.
  func copy(
    rows: Range<Int>, of columns: Int, itemSize: Int, from batch: UnsafeRawPointer,
    to target: UnsafeMutableRawPointer, _ strides: [Int]
  ) {
    let (axis, across) = (axes[0], axes[1])
    let step = axis.step
    // Positions p of the result with rows.lowerBound <= start + p * step < rows.upperBound.
    let (near, far) =
      step > 0 ? (rows.lowerBound, rows.upperBound - 1) : (rows.upperBound - 1, rows.lowerBound)
    let first = max(0, ceilingDivide((near - axis.start) * step.signum(), Int(step.magnitude)))
    let last = min(axis.count - 1, (far - axis.start) * step.signum() / Int(step.magnitude))
    guard (far - axis.start) * step.signum() >= 0, first <= last else { return }
    let row = axis.start + first * step - rows.lowerBound
    StridedCopy.copy(
      shape: [last - first + 1, across.count], itemSize: itemSize, swapUnit: 1,
      from: batch + (row * columns + across.start) * itemSize,
      sourceStrides: [step * columns * itemSize, across.step * itemSize], to: target + first * strides[0],
      targetStrides: strides)
  }

  private func ceilingDivide(_ value: Int, _ divisor: Int) -> Int {
    value <= 0 ? 0 : (value + divisor - 1) / divisor
  }
}
