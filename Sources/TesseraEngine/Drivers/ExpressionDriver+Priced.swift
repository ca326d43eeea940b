package import TesseraStorage

/// An expression over a source whose blocks have a price, such as a matrix product plus a bias: it is read in the pieces
/// that the source computes at a time, so blocks had better be whole ones.
extension ExpressionDriver: PricedDriver {
  /// The largest priced source that is walked as the expression is.
  private var pricedLeaf: (any PricedDriver)? {
    let own = description.shape
    return program.leaves.lazy.filter { $0.map == .identity(own.rank) }
      .compactMap { $0.source.driver as? any PricedDriver }
      .first { $0.hasPrice && $0.description.shape == own }
  }

  package var hasPrice: Bool { pricedLeaf != nil }

  package var mapsNothing: Bool {
    program.leaves.allSatisfy { leaf in
      leaf.source.isInMemory || (leaf.source.driver as? any PricedDriver)?.mapsNothing == true
    }
  }

  package func scratchBytes(reading block: [Int]) -> Int { scratchBytes }

  package func price(ofBlocks block: [Int], threads: Int) -> Double {
    pricedLeaf?.price(ofBlocks: block, threads: threads) ?? 0
  }

  package func reading(blocks block: [Int]) -> any ArrayDriver { self }

  package var readingCost: Double { program.readingCost }
}
