import CTesseraKernels

/// CRC-32C (Castagnoli): reflected polynomial 0x82F63B78; check value of "123456789" 0xE3069283.
package enum CRC32C {
  package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 { update(0, bytes) }

  /// The checksum of what gave `crc` followed by `bytes`; 0 begins.
  package static func update(_ crc: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard let base = bytes.baseAddress else { return crc }
    return tessera_crc32c(crc, base.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// The checksum of two pieces in a row, of which the second has `secondCount` bytes.
  package static func combine(_ first: UInt32, _ second: UInt32, secondCount: Int) -> UInt32 {
    precondition(secondCount >= 0)
    return ChecksumPolynomial(reflected: 0x82F6_3B78).shift(first, byBytes: secondCount) ^ second
  }

  /// By tables alone, as on processors without carry-less multiplication; for tests.
  static func portable(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    bytes.baseAddress.map { tessera_crc32c_portable(0, $0.assumingMemoryBound(to: UInt8.self), bytes.count) }
      ?? 0
  }
}
