extension QuantileRefinement {
  /// What one thread finds in one pass: counts, or keys.
  package struct Partial: Sendable {
    private(set) var counter: RefinementCounter?
    private(set) var collector: BracketCollector?

    init(counter: RefinementCounter) { self.counter = counter }
    init(collector: BracketCollector) { self.collector = collector }

    /// Takes in rows x columns adjacent elements, of which row r belongs to kept position `first` + r. A `mask`
    /// of as many bytes leaves out the elements where it is zero.
    package mutating func accumulateRows(
      first: Int, rows: Int, columns: Int, values: UnsafeRawPointer, mask: UnsafePointer<UInt8>? = nil
    ) {
      counter?.accumulateRows(first: first, rows: rows, columns: columns, values: values, mask: mask)
      collector?.accumulateRows(first: first, rows: rows, columns: columns, values: values, mask: mask)
    }

    /// Takes in rows x columns adjacent elements, of which column c belongs to kept position `first` + c.
    package mutating func accumulateColumns(
      first: Int, rows: Int, columns: Int, values: UnsafeRawPointer, mask: UnsafePointer<UInt8>? = nil
    ) {
      counter?.accumulateColumns(first: first, rows: rows, columns: columns, values: values, mask: mask)
      collector?.accumulateColumns(first: first, rows: rows, columns: columns, values: values, mask: mask)
    }

    /// Adds what another thread found in the same pass.
    package mutating func merge(_ other: Partial) {
      if let counter = other.counter { self.counter?.merge(counter) }
      if let collector = other.collector { self.collector?.merge(collector) }
    }
  }
}
