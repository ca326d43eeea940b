extension CRC32C {
  /// The bit that must be flipped so that `bytes` have the checksum `stored`.
  ///
  /// Of up to 2^31 bits, any two messages with right checksums differ in 4 bits or more (Koopman, "32-bit cyclic
  /// redundancy codes for Internet applications", DSN 2002), so one flipped bit has one cause. Damage to more bits is
  /// taken for that of a single one with a probability of about 8 bytes.count / 2^32.
  ///
  /// - Returns: its number, counted from the lowest bit of the first byte; the number after the last bit of `bytes` when
  ///   the stored checksum itself has the flipped bit; nil when no single bit will do.
  /// - Complexity: O(bytes.count), bit by bit.
  package static func flippedBit(in bytes: UnsafeRawBufferPointer, stored: UInt32) -> Int? {
    let bits = 8 * bytes.count
    let difference = checksum(bytes) ^ stored
    if difference == 0 || bits >= 1 << 31 { return nil }
    if difference.nonzeroBitCount == 1 { return bits }
    // What flipping the last bit does to the checksum, then the one before it, …: the register shifted once more.
    var effect: UInt32 = 0x82F6_3B78
    for bit in stride(from: bits - 1, through: 0, by: -1) {
      if effect == difference { return bit }
      effect = (effect >> 1) ^ (effect & 1 == 0 ? 0 : 0x82F6_3B78)
    }
    return nil
  }
}
