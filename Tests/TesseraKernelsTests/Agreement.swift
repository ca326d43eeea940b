import TesseraCore

/// How far a result may be from the expected one.
enum Agreement {
  /// The same bits; NaN agrees with any NaN.
  case exact
  /// Equal numbers: -0 agrees with 0.
  case equal
  /// At most so many units in the last place away, and of the same sign.
  case ulps(Int)
  /// At most so many epsilons away from numbers of size 1 or their own, if larger: for sums that may cancel.
  case nearOne(Double)
  /// Complex: each part at most so many epsilons of the number's size away.
  case norm(Double)

  /// The index of the first element that does not agree, if any.
  func firstDisagreement(_ dtype: DType, _ got: [UInt8], _ want: [UInt8]) -> Int? {
    guard got.count == want.count else { return min(got.count, want.count) / dtype.itemSize }
    let unit = dtype.swapUnit
    let parts = dtype.itemSize / unit
    let real = dtype.realPart
    guard real.kind == .floating else {
      return zip(got, want).enumerated().first { $1.0 != $1.1 }.map { $0.offset / dtype.itemSize }
    }
    return (0..<got.count / dtype.itemSize).first { element in
      let values = (0..<parts).map { part in
        let at = (element * parts + part) * unit
        return (FloatingBits(real, got, at: at), FloatingBits(real, want, at: at))
      }
      let size = values.map { abs($0.1.value) }.filter(\.isFinite).max() ?? 0
      return !values.allSatisfy { agrees($0, $1, size: size) }
    }
  }

  private func agrees(_ got: FloatingBits, _ want: FloatingBits, size: Double) -> Bool {
    if want.value.isNaN || got.value.isNaN { return want.value.isNaN && got.value.isNaN }
    if want.value.isInfinite, case .exact = self { return got.key == want.key }
    switch self {
    case .exact: return got.bits == want.bits
    case .equal: return got.value == want.value
    case .ulps(let most):
      return got.isNegative == want.isNegative && (got.key - want.key).magnitude <= most
        && got.value.isInfinite == want.value.isInfinite
    case .nearOne(let most):
      if want.value.isInfinite { return got.value == want.value }
      return abs(got.value - want.value) <= most * want.epsilon * max(1, abs(want.value))
    case .norm(let most):
      if want.value.isInfinite { return got.value == want.value }
      return abs(got.value - want.value) <= most * want.epsilon * size
    }
  }
}
