/// Random numbers one after the other: `numpy.random.Generator(Philox(seed))`, draw for draw.
package struct PhiloxGenerator: RandomNumberGenerator, Sendable {
  private static let capacity = 256

  private let philox: Philox4x64
  private var buffer: [UInt64]
  private var position = Self.capacity
  private var following: UInt64 = 0
  /// The upper half of a draw whose lower half has been given out; 64-bit draws leave it in place.
  private var half: UInt32?

  package init(seed: UInt128) {
    philox = Philox4x64(seed: seed)
    buffer = [UInt64](repeating: 0, count: Self.capacity)
  }

  package mutating func next() -> UInt64 {
    if position == buffer.count {
      let philox = philox
      let first = following
      buffer.withUnsafeMutableBufferPointer {
        philox.fill(first, count: $0.count, into: $0.baseAddress!)
      }
      following &+= UInt64(buffer.count)
      position = 0
    }
    defer { position += 1 }
    return buffer[position]
  }

  /// The next 32 bits: halves of draws, the lower one first.
  package mutating func nextHalf() -> UInt32 {
    if let kept = half {
      half = nil
      return kept
    }
    let draw: UInt64 = next()
    half = UInt32(truncatingIfNeeded: draw >> 32)
    return UInt32(truncatingIfNeeded: draw)
  }

  /// A number in [0, 1): NumPy's `random()`.
  package mutating func uniform() -> Double {
    let draw: UInt64 = next()
    return Double(draw >> 11) * 0x1p-53
  }

  /// An integer of 0 ... `highest`, all equally likely: an element of NumPy's `integers(0, highest + 1)`.
  ///
  /// By Lemire's multiplication with rejection, https://arxiv.org/abs/1805.10941; from 32 bits where they
  /// suffice.
  package mutating func integer(upTo highest: UInt64) -> UInt64 {
    switch highest {
    case 0: return 0
    case 0xFFFF_FFFF: return UInt64(nextHalf())
    case UInt64.max: return next()
    case ..<0xFFFF_FFFF:
      return UInt64(Self.bounded(UInt32(highest) + 1) { nextHalf() })
    default:
      return Self.bounded(highest + 1) { next() }
    }
  }

  /// An integer of 0 ... `highest`, all equally likely: what NumPy's shuffles take.
  ///
  /// By rejection of those draws that are too large once cut to the bits of `highest`.
  package mutating func masked(upTo highest: UInt64) -> UInt64 {
    if highest == 0 { return 0 }
    let mask = UInt64.max >> UInt64(highest.leadingZeroBitCount)
    while true {
      let draw = highest <= 0xFFFF_FFFF ? UInt64(nextHalf()) : next()
      if draw & mask <= highest { return draw & mask }
    }
  }

  private static func bounded<Word: FixedWidthInteger & UnsignedInteger>(
    _ span: Word, _ draw: () -> Word
  ) -> Word {
    var product = span.multipliedFullWidth(by: draw())
    if Word(product.low) < span {
      let threshold = (0 &- span) % span
      while Word(product.low) < threshold { product = span.multipliedFullWidth(by: draw()) }
    }
    return product.high
  }
}
