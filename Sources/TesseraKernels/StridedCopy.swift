/// Copies of N-dimensional boxes between memory laid out in any two ways.
package enum StridedCopy {
  /// Copies `shape` elements from `source` to `target`, reversing bytes on the way if asked to.
  ///
  /// The pointers are those of element (0, …, 0) and need not be aligned. Strides are in bytes; the source's
  /// may be negative or zero, the target's must not let two elements overlap. The two must not share memory.
  ///
  /// - Parameters:
  ///   - itemSize: Bytes per element: 1, 2, 4, 8 or 16.
  ///   - swapUnit: Bytes of the scalars whose bytes are reversed (2, 4 or 8, at most `itemSize`); 1 copies
  ///     them as they are.
  package static func copy(
    shape: [Int], itemSize: Int, swapUnit: Int, from source: UnsafeRawPointer, sourceStrides: [Int],
    to target: UnsafeMutableRawPointer, targetStrides: [Int]
  ) {
    precondition(shape.count == sourceStrides.count && shape.count == targetStrides.count)
    precondition([1, 2, 4, 8, 16].contains(itemSize), "element size \(itemSize)")
    precondition([1, 2, 4, 8].contains(swapUnit) && swapUnit <= itemSize, "byte swap unit \(swapUnit)")
    guard !shape.contains(0) else { return }
    var plan = CopyPlan(
      shape: shape, itemSize: itemSize, swapUnit: swapUnit, sourceStrides: sourceStrides,
      targetStrides: targetStrides)
    let kernel = CopyKernel(taking: &plan)
    plan.axes.withUnsafeBufferPointer { outer in
      walk(outer, kernel, source + plan.sourceOffset, target + plan.targetOffset)
    }
  }

  /// Runs the kernel at each index of the outer axes.
  private static func walk(
    _ outer: UnsafeBufferPointer<CopyAxis>, _ kernel: CopyKernel, _ source: UnsafeRawPointer,
    _ target: UnsafeMutableRawPointer
  ) {
    guard let axis = outer.first else { return kernel.run(source, target) }
    let inner = UnsafeBufferPointer(rebasing: outer.dropFirst())
    for index in 0..<axis.length {
      walk(inner, kernel, source + index * axis.source, target + index * axis.target)
    }
  }
}
