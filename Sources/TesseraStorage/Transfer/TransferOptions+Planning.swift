import TesseraCore
import TesseraIO

extension TransferOptions {
  /// Makes the plan of a whole job; a budget that is too small is refused with the least that does for all of it.
  ///
  /// What is refused first need not be what needs most, and some work takes more of a larger budget: so the budget that
  /// is named is planned with as well, until one does. Where none is found in a second of work, or it would be more than the
  /// process can ever have, the refusal has no `leastMemory` and says what is too little.
  ///
  /// - Parameter plan: reads no elements and changes nothing, as it is called again with greater budgets; it refuses one
  ///   by an error that has `leastMemory`.
  package func planning<Plan>(_ plan: (TransferOptions) throws -> Plan) throws -> Plan {
    do {
      return try plan(self)
    } catch let error as TesseraError {
      guard let named = error.leastMemory else { throw error }
      let (memory, isEnough) = least(from: named, plan)
      throw isEnough
        ? error.naming(leastMemory: memory) : error.naming(insufficientMemory: memory - Self.leastStep)
    }
  }

  /// Budgets that are tried: what takes a quarter of the budget is found in five or so, two such in some twenty.
  private static let mostAttempts = 64
  /// Of work, as somebody waits for the refusal; what else the machine does decides nothing.
  private static let mostSeconds = 1.0
  /// Budgets are named in whole MiB.
  private static let leastStep = 1 << 20

  /// - Returns: the least budget that does; or one of which it is not known, when `leastStep` less does not.
  private func least<Plan>(
    from named: Int, _ plan: (TransferOptions) throws -> Plan
  ) -> (memory: Int, isEnough: Bool) {
    let deadline = ProcessLimits.worked + TransferOptions.mostSeconds
    var options = self
    options.memory = named
    for _ in 0..<TransferOptions.mostAttempts {
      // What the process can never have is not tried: even a plan takes some memory for what is planned.
      guard MemoryModel.isAvailable(options.memory), ProcessLimits.worked < deadline else { break }
      guard let refusal = options.refusal(by: plan) else { return (options.memory, true) }
      options.memory = max(refusal.leastMemory ?? 0, options.memory + TransferOptions.leastStep)
      if refusal.leastMemory == nil { break }
    }
    return (options.memory, false)
  }

  /// What refuses this budget as well; nil where nothing does, whatever else may be wrong.
  private func refusal<Plan>(by plan: (TransferOptions) throws -> Plan) -> TesseraError? {
    do {
      _ = try plan(self)
      return nil
    } catch {
      guard let error = error as? TesseraError, error.kind == .memory else { return nil }
      return error
    }
  }
}
