extension QuantileRefinement {
  /// Writes the answers, of `request.resultDType(of: dtype)`: those of the first probability for all kept
  /// positions, then those of the next. They are those `LineQuantiles` gives. Only to be called when finished.
  package func results(into target: UnsafeMutableRawPointer) {
    precondition(isFinished)
    guard kept > 0 else { return }
    var ranks = QuantileRanks(request)
    var results = QuantileResults(request, dtype)
    var written = 0
    for position in 0..<kept {
      append(position, &ranks, to: &results)
      if results.count >= 1024 || position + 1 == kept {
        results.write(to: target + written * resultSize, stride: kept)
        results.removeAll()
        written = position + 1
      }
    }
  }

  private func append(_ position: Int, _ ranks: inout QuantileRanks, to results: inout QuantileResults) {
    guard counts[position] > 0 else {
      for _ in request.probabilities { results.appendMissing() }
      return
    }
    ranks.update(count: counts[position])
    let first = foundStarts[position]
    for (quantile, place) in zip(ranks.positions, ranks.places) {
      results.append(found[first + place.lower], found[first + place.upper], quantile.fraction)
    }
  }
}
