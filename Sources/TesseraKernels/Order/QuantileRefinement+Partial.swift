extension QuantileRefinement {
  /// What one thread finds in one pass: a sample, what lies between pivots, counts, or keys.
  package struct Partial: Sendable {
    private(set) var sample: SampleCollector?
    private(set) var pivots: PivotCollector?
    private(set) var counter: RefinementCounter?
    private(set) var collector: BracketCollector?

    init(sample: SampleCollector) { self.sample = sample }
    init(pivots: PivotCollector) { self.pivots = pivots }
    init(counter: RefinementCounter) { self.counter = counter }
    init(collector: BracketCollector) { self.collector = collector }

    /// Takes in rows x columns adjacent elements, of which row r belongs to kept position `first` + r.
    package mutating func accumulateRows(first: Int, rows: Int, columns: Int, values: UnsafeRawPointer) {
      sample?.accumulateRows(first: first, rows: rows, columns: columns, values: values)
      pivots?.accumulateRows(first: first, rows: rows, columns: columns, values: values)
      counter?.accumulateRows(first: first, rows: rows, columns: columns, values: values)
      collector?.accumulateRows(first: first, rows: rows, columns: columns, values: values)
    }

    /// Takes in rows x columns adjacent elements, of which column c belongs to kept position `first` + c.
    package mutating func accumulateColumns(first: Int, rows: Int, columns: Int, values: UnsafeRawPointer) {
      sample?.accumulateColumns(first: first, rows: rows, columns: columns, values: values)
      pivots?.accumulateColumns(first: first, rows: rows, columns: columns, values: values)
      counter?.accumulateColumns(first: first, rows: rows, columns: columns, values: values)
      collector?.accumulateColumns(first: first, rows: rows, columns: columns, values: values)
    }

    /// Adds what another thread found in the same pass.
    package mutating func merge(_ other: Partial) {
      if let sample = other.sample { self.sample?.merge(sample) }
      if let pivots = other.pivots { self.pivots?.merge(pivots) }
      if let counter = other.counter { self.counter?.merge(counter) }
      if let collector = other.collector { self.collector?.merge(collector) }
    }
  }
}
