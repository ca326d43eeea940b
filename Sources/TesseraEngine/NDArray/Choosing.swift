import TesseraCore

/// `a` where the mask is true, `b` elsewhere; dtypes are promoted, and all three broadcast: NumPy's `where`.
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
  public func clip(_ lower: (any ArrayScalar)?, _ upper: (any ArrayScalar)?) throws -> NDArray {
    var result = self
    if let lower { result = try .binary(.maximum, result, lower) }
    if let upper { result = try .binary(.minimum, result, upper) }
    return result
  }

  /// The elements kept within bounds given by arrays.
  public func clip(_ lower: NDArray, _ upper: NDArray) throws -> NDArray {
    try .binary(.minimum, .binary(.maximum, self, lower), upper)
  }

  /// The elements rounded to so many decimals, ties to even, as NumPy's `round`: scaled, rounded and scaled back.
  public func round(_ decimals: Int = 0) throws -> NDArray {
    guard dtype.kind == .floating || dtype.kind == .complex else { return self }
    if decimals == 0 { return try .unary(.rint, self) }
    let scale = (0..<Swift.min(decimals.magnitude, 400)).reduce(1.0) { product, _ in product * 10 }
    let scaled = try decimals > 0 ? self * scale : self / scale
    let rounded = try NDArray.unary(.rint, scaled)
    return try decimals > 0 ? rounded / scale : rounded * scale
  }
}
