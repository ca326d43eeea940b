import TesseraCore
package import TesseraStorage

/// A driver that computes what is read from it out of other sources.
package protocol ComputedDriver: ArrayDriver {
  /// Bytes of stored elements that reading all of it reads.
  var storedBytesRead: Int { get }
  /// What it is computed from, as people know it: paths of stored arrays.
  var sourceNames: [String] { get }
  /// Says of a pass that reads all of it, in the pass's blocks, what that takes.
  ///
  /// - Parameter memory: the budget.
  func explain(_ pass: inout Explanation.Pass, memory: Int)
}

extension ComputedDriver {
  /// Evaluators with all that they need, unless a driver says otherwise.
  package var keptBytes: Int { scratchBytes - passingBytes }

  package func explain(_ pass: inout Explanation.Pass, memory: Int) {
    pass.bytesRead = Int(min(Double(storedBytesRead) * pass.sourceReads, 1e18))
  }
}

extension ArrayDriver {
  /// Bytes of stored elements that reading all of it reads.
  package var wholeStoredBytes: Int {
    if let computed = self as? any ComputedDriver { return computed.storedBytesRead }
    if self is MemoryDriver || self is PlaceholderDriver { return 0 }
    return description.logicalBytes ?? 0
  }
}

extension ArrayDriver {
  /// What people know it by: its path, or those of what it is computed from.
  package var knownNames: [String] { (self as? any ComputedDriver)?.sourceNames ?? [description.path] }
}

extension Program {
  /// What people know its sources by; results of other passes have no names.
  var sourceNames: [String] {
    leaves.filter { !$0.source.isInMemory }.flatMap(\.source.driver.knownNames)
  }

  /// Lets go of memory that its sources keep for readers.
  func finishReading() {
    for leaf in leaves { leaf.source.driver.finishReading() }
  }

  /// Leaves are read one after another.
  var passingBytes: Int { leaves.map(\.source.driver.passingBytes).max() ?? 0 }

  /// What reading its costliest source takes, as a driver's.
  var readingCost: Double { leaves.map(\.source.driver.readingCost).max() ?? 1 }

  /// Bytes of stored elements that computing a box of these lengths reads.
  func storedBytesRead(_ lengths: Shape) -> Int {
    leaves.reduce(0) { $0.saturatingAdd($1.storedBytesRead(lengths)) }
  }

  /// Bytes of elements that it loads for that, wherever they come from.
  func loadedBytes(_ lengths: Shape) -> Int {
    leaves.reduce(0) { sum, leaf in
      let own = leaf.map.compact(lengths.dimensions).saturatingProduct(leaf.dtype.itemSize)
      return sum.saturatingAdd(max(own, leaf.storedBytesRead(lengths)))
    }
  }
}

extension Program.Leaf {
  /// Bytes of stored elements that a box of these lengths reads through it.
  fileprivate func storedBytesRead(_ lengths: Shape) -> Int {
    let all = source.driver.description.shape.count
    let part = min(map.compact(lengths.dimensions).saturatingProduct(), all)
    return Int(Double(source.driver.wholeStoredBytes) * Double(part) / Double(max(1, all)))
  }
}
