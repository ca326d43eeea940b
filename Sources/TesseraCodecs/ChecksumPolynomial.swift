/// Arithmetic on remainders modulo a CRC's polynomial over GF(2), reflected: the top bit is x^0.
struct ChecksumPolynomial {
  let reflected: UInt32

  /// What `crc` becomes when `count` zero bytes follow: `crc` times x^(8 count).
  ///
  /// The inversions before and after cancel in a sum of two checksums, so this is all `combine` needs.
  func shift(_ crc: UInt32, byBytes count: Int) -> UInt32 {
    var result = crc
    var power: UInt32 = 1 << 23  // x^8
    var remaining = count
    while remaining > 0 {
      if remaining & 1 == 1 { result = multiply(result, power) }
      power = multiply(power, power)
      remaining >>= 1
    }
    return result
  }

  private func multiply(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var product: UInt32 = 0
    var term = b
    for bit in stride(from: UInt32(31), through: 0, by: -1) {
      if a >> bit & 1 == 1 { product ^= term }
      term = term >> 1 ^ (term & 1 == 1 ? reflected : 0)
    }
    return product
  }
}
