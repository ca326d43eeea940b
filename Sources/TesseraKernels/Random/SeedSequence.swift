/// Spreads a seed over the state of a generator, as `numpy.random.SeedSequence` does.
///
/// The pool is hashed as by Melissa E. O'Neill, "Developing a seed_seq alternative",
/// https://www.pcg-random.org/posts/developing-a-seed_seq-alternative.html: four words of 32 bits, each of
/// which depends on every bit of the seed.
package struct SeedSequence: Sendable {
  private let pool: [UInt32]

  /// The seed's 32-bit words, lowest first, hashed into the pool; a shorter seed is followed by zeros.
  package init(_ seed: UInt128) {
    var hash = Hash(constant: 0x43B0_D7E5, multiplier: 0x931E_8875)
    var pool = (0..<4).map { hash.of(UInt32(truncatingIfNeeded: seed >> (32 * $0))) }
    for source in pool.indices {
      for target in pool.indices where target != source {
        pool[target] = SeedSequence.mix(pool[target], hash.of(pool[source]))
      }
    }
    self.pool = pool
  }

  /// `count` words of state: NumPy's `generate_state(count, uint64)`.
  package func state(count: Int) -> [UInt64] {
    var hash = Hash(constant: 0x8B51_F9DD, multiplier: 0x58F3_8DED)
    return (0..<count).map { word in
      let low = hash.of(pool[2 * word % pool.count])
      let high = hash.of(pool[(2 * word + 1) % pool.count])
      return UInt64(high) << 32 | UInt64(low)
    }
  }

  private static func mix(_ x: UInt32, _ y: UInt32) -> UInt32 {
    let mixed = 0xCA01_F9DD &* x &- 0x4973_F715 &* y
    return mixed ^ (mixed >> 16)
  }

  /// A hash whose constant changes with every use.
  private struct Hash {
    var constant: UInt32
    let multiplier: UInt32

    mutating func of(_ value: UInt32) -> UInt32 {
      var hashed = value ^ constant
      constant &*= multiplier
      hashed &*= constant
      return hashed ^ (hashed >> 16)
    }
  }
}
