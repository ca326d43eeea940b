package import TesseraStorage

/// An expression over a source whose blocks have a price, such as a matrix product plus a bias: it is read in the pieces
/// that the source computes at a time, so blocks had better be whole ones.
extension ExpressionDriver: PricedDriver {
  /// The first priced source that is walked as the expression is, and its number among the leaves.
  private var pricedLeaf: (number: Int, driver: any PricedDriver)? {
    let own = description.shape
    return program.leaves.enumerated().lazy.filter { $0.element.map == .identity(own.rank) }
      .compactMap { number, leaf in (leaf.source.driver as? any PricedDriver).map { (number, $0) } }
      .first { $0.1.hasPrice && $0.1.description.shape == own }
  }

  package var hasPrice: Bool { pricedLeaf != nil }

  package var mapsNothing: Bool {
    program.leaves.allSatisfy { leaf in
      leaf.source.isInMemory || (leaf.source.driver as? any PricedDriver)?.mapsNothing == true
    }
  }

  package func scratchBytes(reading block: [Int], team: Int) -> Int {
    reading(blocks: block, team: team).scratchBytes
  }

  package func price(ofBlocks block: [Int], threads: Int, team: Int) -> Double {
    pricedLeaf?.driver.price(ofBlocks: block, threads: threads, team: team) ?? 0
  }

  /// The same expression over the priced source as it is prepared, if that is then read in other pieces.
  package func reading(blocks block: [Int], team: Int) -> any ArrayDriver {
    guard let (number, driver) = pricedLeaf else { return self }
    let prepared = driver.reading(blocks: block, team: team)
    guard prepared.granule != driver.granule else { return self }
    var program = program
    program.read(Source(prepared), asLeaf: number)
    return ExpressionDriver(program, shape: description.shape, dtype: description.dtype!)
  }

  package var readingCost: Double { program.readingCost }
}
