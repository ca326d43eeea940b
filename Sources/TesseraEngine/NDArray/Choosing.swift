import TesseraCore

/// `a` where the mask is true, `b` elsewhere; dtypes are promoted, and all three broadcast: NumPy's `where`.
///
/// - Throws: `.usage` for shapes that do not broadcast.
public func `where`(_ mask: NDArray, _ a: NDArray, _ b: NDArray) throws -> NDArray {
  try .select(mask, a, b)
}

/// The same with a number for `b`.
public func `where`(_ mask: NDArray, _ a: NDArray, _ b: some ArrayScalar) throws -> NDArray {
  try .select(mask, a, .constant(b, beside: a.dtype))
}

/// The same with a number for `a`.
public func `where`(_ mask: NDArray, _ a: some ArrayScalar, _ b: NDArray) throws -> NDArray {
  try .select(mask, .constant(a, beside: b.dtype), b)
}

extension NDArray {
  /// The elements kept within bounds, of which either may be nil: NumPy's `clip`.
  ///
  /// An integer that lies beyond all that the dtype has, on its own side, is no bound.
  public func clip(_ lower: (any ArrayScalar)?, _ upper: (any ArrayScalar)?) throws -> NDArray {
    var result = self
    if let lower, !lower.scalar.isBeyond(dtype, below: true) { result = try .binary(.maximum, result, lower) }
    if let upper, !upper.scalar.isBeyond(dtype, below: false) {
      result = try .binary(.minimum, result, upper)
    }
    return result
  }

  /// The elements kept within bounds given by arrays; dtypes are promoted and all three broadcast.
  ///
  /// - Throws: `.usage` for shapes that do not broadcast.
  public func clip(_ lower: NDArray, _ upper: NDArray) throws -> NDArray {
    try .binary(.minimum, .binary(.maximum, self, lower), upper)
  }

  /// The elements rounded to so many decimals, ties to even, as NumPy's `round`: scaled, rounded and scaled back,
  /// integers in float64.
  ///
  /// - Throws: `.usage` for decimals of bools.
  public func round(_ decimals: Int = 0) throws -> NDArray {
    if decimals == 0, dtype.kind != .signed, dtype.kind != .unsigned { return try .unary(.rint, self) }
    switch dtype.kind {
    case .bool: throw TesseraError(.usage, "decimals of bools", expected: "0", got: "\(decimals)")
    case .signed, .unsigned: return decimals >= 0 ? self : try astype(.float64).round(decimals).astype(dtype)
    case .floating, .complex: break
    }
    let scale = (0..<Swift.min(decimals.magnitude, 400)).reduce(1.0) { product, _ in product * 10 }
    // Part by part: a complex product would mix infinities and signs of zero.
    if dtype == .complex64 { return try map { Complex<Float>.rounded($0, Float(scale), decimals > 0) } }
    if dtype == .complex128 { return try map { Complex<Double>.rounded($0, scale, decimals > 0) } }
    let scaled = try decimals > 0 ? self * scale : self / scale
    let rounded = try NDArray.unary(.rint, scaled)
    return try decimals > 0 ? rounded / scale : rounded * scale
  }
}

extension Complex {
  fileprivate static func rounded(_ number: Complex, _ scale: Real, _ isFraction: Bool) -> Complex {
    func round(_ part: Real) -> Real {
      isFraction
        ? (part * scale).rounded(.toNearestOrEven) / scale : (part / scale).rounded(.toNearestOrEven) * scale
    }
    return Complex(round(number.real), round(number.imaginary))
  }
}
