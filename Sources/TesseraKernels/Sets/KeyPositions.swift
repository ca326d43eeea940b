import CTesseraKernels
package import TesseraCore

/// Finds where elements would be put into an ascending list, which may have repetitions, so that it stays ascending.
///
/// Distinct keys and where the run of each begins: width of a key and 8 bytes for each element of the list.
package final class KeyPositions: Sendable {
  private let locator: KeyLocator
  private let starts: Buffer

  /// - Parameter count: of adjacent elements, at least one.
  /// - Returns: nil for elements that do not ascend as `SetKeys` orders them.
  package init?(_ dtype: DType, count: Int, values: UnsafeRawPointer) {
    precondition(count > 0)
    let width = SetKeys.width(dtype)
    let starts = Buffer(count: (count + 1) * 8)
    let places = starts.bytes.baseAddress!.bindMemory(to: Int64.self, capacity: count + 1)
    let keys = KeySet(width: width, room: count) { target in
      SetKeys.keys(dtype, count: count, values: values, into: target)
      return tessera_key_runs(UInt32(width), count, target, places)
    }
    guard keys.count > 0 else { return nil }
    locator = KeyLocator(keys, dtype)
    self.starts = starts
  }

  /// Writes the position of each of adjacent elements, as Int64: how many of the list are below it or, if `behind`, no
  /// more than it.
  package func find(
    _ count: Int, _ values: UnsafeRawPointer, behind: Bool, into positions: UnsafeMutableRawPointer
  ) {
    withExtendedLifetime(starts) {
      let places = starts.bytes.baseAddress!.assumingMemoryBound(to: Int64.self)
      locator.insert(count, values, behind: behind, starts: places, into: positions)
    }
  }
}
