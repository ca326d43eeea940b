import TesseraCore

extension TransferOptions {
  /// Makes the plan of a whole job; a budget that is too small is refused with the least that does for all of it.
  ///
  /// What is refused first need not be what needs most, and some work takes more of a larger budget: so the budget that
  /// is named is planned with as well, until one does.
  ///
  /// - Parameter plan: reads no elements and changes nothing, as it is called again with greater budgets; it refuses one
  ///   by an error that has `leastMemory`.
  package func planning<Plan>(_ plan: (TransferOptions) throws -> Plan) throws -> Plan {
    do {
      return try plan(self)
    } catch let error as TesseraError {
      guard let named = error.leastMemory else { throw error }
      throw error.naming(leastMemory: least(from: named, plan))
    }
  }

  /// Budgets that are tried: what takes a quarter of the budget is found in five or so, two such in some twenty.
  private static let mostAttempts = 64

  private func least<Plan>(from named: Int, _ plan: (TransferOptions) throws -> Plan) -> Int {
    var options = self
    options.memory = named
    for _ in 0..<TransferOptions.mostAttempts {
      // What the process can never have is not tried: even a plan takes some memory for what is planned.
      guard MemoryModel.isAvailable(options.memory), let next = options.named(by: plan) else { break }
      options.memory = max(next, options.memory + (1 << 20))
    }
    return options.memory
  }

  /// The budget that is named where this one is refused; nil where it is not, whatever else may be wrong.
  private func named<Plan>(by plan: (TransferOptions) throws -> Plan) -> Int? {
    do {
      _ = try plan(self)
      return nil
    } catch {
      return (error as? TesseraError)?.leastMemory
    }
  }
}
