/// A natural number of any size: just what exact decimal digits of a float need.
struct BigNatural {
  /// Least significant word first, no zero words at the end.
  private var words: [UInt32]

  init(_ value: UInt64) {
    words = [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
    trim()
  }

  private mutating func trim() {
    while words.last == 0 { words.removeLast() }
  }

  mutating func multiply(by factor: UInt32) {
    var carry: UInt64 = 0
    for index in words.indices {
      let product = UInt64(words[index]) * UInt64(factor) + carry
      words[index] = UInt32(truncatingIfNeeded: product)
      carry = product >> 32
    }
    if carry > 0 { words.append(UInt32(carry)) }
  }

  mutating func multiply(byPowerOfTen exponent: Int) {
    for _ in 0..<exponent { multiply(by: 10) }
  }

  mutating func shiftLeft(_ count: Int) {
    guard !words.isEmpty else { return }
    multiply(by: 1 << UInt32(count % 32))
    words.insert(contentsOf: repeatElement(0, count: count / 32), at: 0)
  }

  /// Subtracts a number that is not larger.
  mutating func subtract(_ other: BigNatural) {
    var borrow: Int64 = 0
    for index in words.indices {
      let taken = index < other.words.count ? Int64(other.words[index]) : 0
      let difference = Int64(words[index]) - taken + borrow
      words[index] = UInt32(truncatingIfNeeded: difference)
      borrow = difference < 0 ? -1 : 0
    }
    trim()
  }

  static func + (a: BigNatural, b: BigNatural) -> BigNatural {
    var sum = a
    var carry: UInt64 = 0
    for index in 0..<max(a.words.count, b.words.count) {
      if index == sum.words.count { sum.words.append(0) }
      let total = UInt64(sum.words[index]) + (index < b.words.count ? UInt64(b.words[index]) : 0) + carry
      sum.words[index] = UInt32(truncatingIfNeeded: total)
      carry = total >> 32
    }
    if carry > 0 { sum.words.append(UInt32(carry)) }
    return sum
  }
}

extension BigNatural: Comparable {
  static func < (a: BigNatural, b: BigNatural) -> Bool {
    if a.words.count != b.words.count { return a.words.count < b.words.count }
    for index in a.words.indices.reversed() where a.words[index] != b.words[index] {
      return a.words[index] < b.words[index]
    }
    return false
  }
}
