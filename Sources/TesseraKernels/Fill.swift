import CTesseraKernels

/// Memory that repeats one element.
package enum Fill {
  /// Writes `count` copies of `pattern`, the bytes of one element, to `target`.
  package static func fill(
    _ target: UnsafeMutableRawPointer, count: Int, pattern: UnsafeRawBufferPointer
  ) {
    precondition(count >= 0)
    guard let bytes = pattern.baseAddress, pattern.count > 0 else { return }
    tessera_fill(target, count, bytes, pattern.count)
  }

  /// Whether the `count` elements at `source` all equal `pattern` bit for bit: -0.0 is not 0.0, and a NaN is
  /// the same NaN. Stops at the first piece that differs.
  package static func isFilled(
    _ source: UnsafeRawPointer, count: Int, pattern: UnsafeRawBufferPointer
  ) -> Bool {
    precondition(count >= 0)
    guard let bytes = pattern.baseAddress, pattern.count > 0 else { return true }
    return tessera_is_filled(source, count, bytes, pattern.count) != 0
  }
}
