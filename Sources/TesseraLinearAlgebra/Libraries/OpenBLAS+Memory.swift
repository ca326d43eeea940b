extension OpenBLAS {
  /// What the library packs operands into, in each thread that calls it.
  static var threadBytes: Int { isAvailable ? 8 << 20 : 0 }
}
