import TesseraCore

extension PhiloxGenerator {
  /// `size` of the integers 0 ..< `probabilities.count`, each by its probability: NumPy's `choice(count, size, replace, p)`,
  /// the same numbers.
  ///
  /// Throws `.usage`, in NumPy's words, for what are no probabilities, and without `replacing` for more than have one above
  /// 0. Memory: 8 bytes for each that is chosen and for each probability, without `replacing` as much again for the latter.
  package mutating func choice(_ probabilities: [Double], size: Int, replacing: Bool) throws -> [Int] {
    try Self.requireProbabilities(probabilities)
    guard size >= 0 else { throw TesseraError(.usage, "negative dimensions are not allowed", got: "\(size)") }
    guard !replacing else {
      let bounds = Self.bounds(probabilities)
      return (0..<size).map { _ in Self.place(of: uniform(), in: bounds) }
    }
    guard size <= probabilities.count else {
      throw TesseraError(
        .usage, "Cannot take a larger sample than population when replace is False",
        expected: "at most \(probabilities.count)", got: "\(size)")
    }
    return try distinct(probabilities, size)
  }

  /// As many draws as are missing at a time; of equal ones the first counts, and what was drawn is not drawn again.
  private mutating func distinct(_ probabilities: [Double], _ size: Int) throws -> [Int] {
    let possible = probabilities.count { $0 > 0 }
    guard possible >= size else {
      throw TesseraError(
        .usage, "Fewer non-zero entries in p than size", expected: "at most \(possible)", got: "\(size)")
    }
    var left = probabilities
    var found: [Int] = []
    found.reserveCapacity(size)
    while found.count < size {
      let bounds = Self.bounds(left)
      for _ in found.count..<size {
        let place = Self.place(of: uniform(), in: bounds)
        // The bounds are those before these draws, so that one of them may come again.
        if left[place] == 0 { continue }
        found.append(place)
        left[place] = 0
      }
    }
    return found
  }

  private static func requireProbabilities(_ values: [Double]) throws {
    let sum = compensatedSum(values)
    if sum.isNaN { throw TesseraError(.usage, "Probabilities contain NaN") }
    if let negative = values.first(where: { $0 < 0 }) {
      throw TesseraError(.usage, "Probabilities are not non-negative", got: "\(negative)")
    }
    guard abs(sum - 1) <= Double.ulpOfOne.squareRoot() else {
      throw TesseraError(.usage, "Probabilities do not sum to 1", got: "\(sum)")
    }
  }

  /// Kahan's sum, by which NumPy judges.
  private static func compensatedSum(_ values: [Double]) -> Double {
    var sum = values.first ?? 0
    var lost = 0.0
    for value in values.dropFirst() {
      let next = value - lost
      let total = sum + next
      lost = total - sum - next
      sum = total
    }
    return sum
  }

  /// Running sums, divided by the last of them: the bits of `p.cumsum() / p.cumsum()[-1]`.
  private static func bounds(_ values: [Double]) -> [Double] {
    var (bounds, sum) = (values, 0.0)
    for place in bounds.indices {
      sum += bounds[place]
      bounds[place] = sum
    }
    for place in bounds.indices { bounds[place] /= sum }
    return bounds
  }

  /// How many bounds are at most a number: `searchsorted(side='right')`.
  private static func place(of number: Double, in bounds: [Double]) -> Int {
    var (low, high) = (0, bounds.count)
    while low < high {
      let middle = low + (high - low) / 2
      if bounds[middle] <= number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
