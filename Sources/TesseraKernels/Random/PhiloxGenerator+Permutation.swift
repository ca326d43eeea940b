import TesseraCore

extension PhiloxGenerator {
  /// The integers 0 ..< `count` in random order: NumPy's `permutation(count)`, the same numbers.
  ///
  /// By the Fisher-Yates shuffle; linear in `count`.
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    shuffle(&order)
    return order
  }

  /// Puts the elements in random order: NumPy's `shuffle` of a one-dimensional array, the same order.
  package mutating func shuffle<Value>(_ values: inout [Value]) {
    for last in stride(from: values.count - 1, to: 0, by: -1) {
      values.swapAt(last, Int(masked(upTo: UInt64(last))))
    }
  }

  /// `size` of the integers 0 ..< `count`: NumPy's `choice(count, size, replace)`, the same numbers.
  ///
  /// With `replacing`, each is drawn from all; otherwise none comes twice, and every order is equally likely.
  /// Throws `.usage` for a negative size, for nothing to choose from, and for more than there are without
  /// `replacing`. Without it, memory is linear in `size`, or in `count` for more than a fiftieth of more than
  /// ten thousand.
  package mutating func choice(_ count: Int, size: Int, replacing: Bool) throws -> [Int] {
    guard size >= 0 else {
      throw TesseraError(.usage, "size of a choice", expected: "at least 0", got: "\(size)")
    }
    guard size > 0 else { return [] }
    guard count > 0, replacing || size <= count else {
      let expected = count > 0 ? "at most \(count) without replacement" : "something to choose from"
      throw TesseraError(.usage, "size of a choice", expected: expected, got: "\(size) of \(count)")
    }
    if replacing { return (0..<size).map { _ in Int(integer(upTo: UInt64(count - 1))) } }
    if Self.listsAll(count, size: size) {
      var all = Array(0..<count)
      shuffleTail(&all, size)
      return Array(all[(count - size)...])
    }
    var chosen = sample(count, size)
    shuffleTail(&chosen, size)
    return chosen
  }

  /// How many numbers `choice` lists, for a check of memory: all that there are, or those chosen, which a set has too where
  /// none comes twice.
  package static func listedByChoice(_ count: Int, size: Int, replacing: Bool) -> Int {
    let size = max(size, 0)
    if replacing { return size }
    return listsAll(count, size: size) ? count : size.saturatingMultiply(2)
  }

  /// Whether a large part of many is drawn, which NumPy takes from a list of all.
  private static func listsAll(_ count: Int, size: Int) -> Bool { count > 10_000 && size > count / 50 }

  /// Fills the last `size` places with random elements of those up to each.
  private mutating func shuffleTail(_ values: inout [Int], _ size: Int) {
    for last in stride(from: values.count - 1, through: max(values.count - size, 1), by: -1) {
      values.swapAt(last, Int(integer(upTo: UInt64(last))))
    }
  }

  /// Robert Floyd's sample without replacement (J. Bentley, R. Floyd, "A sample of brilliance", Communications
  /// of the ACM 30 (1987), https://doi.org/10.1145/30401.315746): a number that is there already gives way to
  /// the highest.
  private mutating func sample(_ count: Int, _ size: Int) -> [Int] {
    var seen = Set<Int>(minimumCapacity: size)
    return (count - size..<count).map { highest in
      let drawn = Int(integer(upTo: UInt64(highest)))
      let taken = seen.insert(drawn).inserted ? drawn : highest
      seen.insert(taken)
      return taken
    }
  }
}
