/// Pages of a mapped file that one reader holds in memory while it computes from them.
///
/// They are brought in all at once, which costs less than a fault for each run of them, and no copy is made. Releasing
/// costs by the call, and more inside a huge page; so neighbouring ranges are held together up to `most`.
///
/// One thread's at a time.
package final class PageLoan: Sendable {
  nonisolated(unsafe) private var mapping: Mapping?
  nonisolated(unsafe) private var held = 0..<0
  nonisolated(unsafe) private var cost = 0

  private static let most = 8 << 20

  package init() {}

  deinit { giveBack() }

  /// Makes a range of a mapped file resident.
  ///
  /// - Returns: where its bytes are, valid until the next call; nil when the pages cannot be had, because the window is
  ///   full, the file has lost them, or the kernel cannot do this. Whoever asked reads in another way then, and is told why
  ///   if that fails.
  package func borrow(_ range: Range<Int>, of mapping: Mapping) -> UnsafeRawPointer? {
    guard range.lowerBound >= 0, range.upperBound <= mapping.count, !range.isEmpty,
      grows(to: range, of: mapping) || begins(range, of: mapping)
    else { return nil }
    guard mapping.populate(range) else {
      giveBack()
      return nil
    }
    return mapping.bytes.baseAddress! + range.lowerBound
  }

  /// Takes a range beside what is held.
  private func grows(to range: Range<Int>, of mapping: Mapping) -> Bool {
    guard self.mapping === mapping, held.contains(range.lowerBound) || held.upperBound == range.lowerBound
    else { return false }
    let joined = held.lowerBound..<max(held.upperBound, range.upperBound)
    let needed = Mapping.lentCost(joined)
    guard joined.count <= PageLoan.most, mapping.window.lend(needed - cost) else { return false }
    (held, cost) = (joined, needed)
    return true
  }

  private func begins(_ range: Range<Int>, of mapping: Mapping) -> Bool {
    giveBack()
    let needed = Mapping.lentCost(range)
    guard mapping.window.lend(needed) else { return false }
    (self.mapping, held, cost) = (mapping, range, needed)
    return true
  }

  /// To be called when what was borrowed has been used.
  ///
  /// - Throws: `.corrupt` when the file lost bytes meanwhile.
  package func confirm() throws { try mapping?.requireWhole() }

  package func giveBack() {
    guard let mapping else { return }
    mapping.release(held)
    mapping.window.giveBack(cost)
    self.mapping = nil
    (held, cost) = (0..<0, 0)
  }
}
