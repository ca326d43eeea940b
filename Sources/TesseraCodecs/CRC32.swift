import CTesseraKernels

/// CRC-32 as in ZIP, gzip and zlib: reflected polynomial 0xEDB88320; check value of "123456789" 0xCBF43926.
package enum CRC32 {
  package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 { update(0, bytes) }

  /// The checksum of what gave `crc` followed by `bytes`; 0 begins.
  package static func update(_ crc: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard let base = bytes.baseAddress else { return crc }
    return tessera_crc32(crc, base.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// The checksum of two pieces in a row, of which the second has `secondCount` bytes.
  ///
  /// Pieces can so be read in parallel. Takes time logarithmic in `secondCount`.
  package static func combine(_ first: UInt32, _ second: UInt32, secondCount: Int) -> UInt32 {
    precondition(secondCount >= 0)
    return ChecksumPolynomial(reflected: 0xEDB8_8320).shift(first, byBytes: secondCount) ^ second
  }

  /// By tables alone, as on processors without carry-less multiplication; for tests.
  static func portable(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    bytes.baseAddress.map { tessera_crc32_portable(0, $0.assumingMemoryBound(to: UInt8.self), bytes.count) }
      ?? 0
  }
}
