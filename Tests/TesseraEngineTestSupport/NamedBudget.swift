package import TesseraCore

/// What a refusal of 64 MiB names, and what comes of it.
package struct NamedBudget: Sendable {
  /// nil where 64 MiB do.
  package let refusal: TesseraError?
  /// What is wrong with the budget that is named; nil where nothing is.
  package let failure: TesseraError?
  /// What is wrong with 2 MiB less.
  package let failureBelow: TesseraError?

  package var least: Int { refusal?.leastMemory ?? 0 }
  /// Whether the budget that is named does, and 2 MiB less do not.
  package var isLeast: Bool {
    refusal?.kind == .memory && refusal?.expected == "--memory \(least >> 20)MiB or more"
      && least > 64 << 20 && failure == nil && failureBelow != nil
  }

  /// - Parameter plan: with so many bytes of memory.
  package init(_ plan: (_ memory: Int) throws -> Void) {
    func failure(_ memory: Int) -> TesseraError? {
      do {
        try plan(memory)
        return nil
      } catch {
        return error as? TesseraError ?? TesseraError(.unsupported, "\(error)")
      }
    }
    let refusal = failure(64 << 20)
    let least = refusal?.leastMemory ?? 64 << 20
    self.refusal = refusal
    self.failure = failure(least)
    failureBelow = failure(least - (2 << 20))
  }
}
