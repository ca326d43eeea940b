import TesseraCore

/// `a` where the mask is true, `b` elsewhere; dtypes are promoted, and all three broadcast: NumPy's `where`. Lazy.
///
/// - Parameter mask: of any dtype; what is not zero counts as true.
/// - Throws: `.usage` for shapes that do not broadcast.
public func `where`(_ mask: NDArray, _ a: NDArray, _ b: NDArray) throws -> NDArray {
  try .select(mask, a, b)
}

/// The same with a number for `b`.
///
/// - Throws: also for an integer that the dtype of `a` cannot hold.
public func `where`(_ mask: NDArray, _ a: NDArray, _ b: some ArrayScalar) throws -> NDArray {
  try .select(mask, a, .constant(b, beside: a.dtype))
}

/// The same with a number for `a`.
///
/// - Throws: also for an integer that the dtype of `b` cannot hold.
public func `where`(_ mask: NDArray, _ a: some ArrayScalar, _ b: NDArray) throws -> NDArray {
  try .select(mask, .constant(a, beside: b.dtype), b)
}

/// The same with two numbers, promoted as beside one another: int64 of integer literals, float64 with a fraction.
public func `where`(_ mask: NDArray, _ a: some ArrayScalar, _ b: some ArrayScalar) throws -> NDArray {
  try .select(
    mask, .constant(a, beside: b.scalar.defaultDType), .constant(b, beside: a.scalar.defaultDType))
}

/// Of several choices the one whose condition is the first that is true, `value` where none is: NumPy's `select`.
///
/// - Parameters:
///   - conditions: of bools.
///   - choices: as many; their dtypes are promoted, and everything broadcasts.
/// - Throws: `.usage` for no conditions, other numbers of both, conditions that are no bools, and shapes that do not
///   broadcast.
public func select(
  _ conditions: [NDArray], _ choices: [NDArray], default value: NDArray
) throws -> NDArray {
  guard conditions.count == choices.count else {
    throw TesseraError(
      .usage, "list of cases must be same length as list of conditions", expected: "\(conditions.count)",
      got: "\(choices.count)")
  }
  if conditions.isEmpty {
    throw TesseraError(.usage, "select with an empty condition list is not possible")
  }
  if let number = conditions.firstIndex(where: { $0.dtype != .bool }) {
    throw TesseraError(
      .usage, "invalid entry \(number) in condlist", expected: "bool", got: conditions[number].dtype.name)
  }
  let dtype = DType.promoted([value.dtype] + choices.map { $0.dtype })
  var result = value.astype(dtype)
  for (condition, choice) in zip(conditions, choices).reversed() {
    result = try NDArray.select(condition, choice.astype(dtype), result)
  }
  return result
}

/// The same with a number where none is true.
///
/// - Throws: also for an integer that the choices' dtype cannot hold.
public func select(
  _ conditions: [NDArray], _ choices: [NDArray], default value: any ArrayScalar = 0
) throws -> NDArray {
  let dtype = DType.promoted(choices.map { $0.dtype })
  return try select(conditions, choices, default: NDArray.constant(value, beside: dtype))
}

extension NDArray {
  /// Numbers in place of NaNs and infinities: NumPy's `nan_to_num`. Parts of complex numbers are replaced on their own;
  /// integers and bools stay as they are.
  ///
  /// - Parameters:
  ///   - posinf: nil for the greatest finite number of the dtype.
  ///   - neginf: nil for the least.
  public func nanToNum(nan: Double = 0, posinf: Double? = nil, neginf: Double? = nil) throws -> NDArray {
    switch dtype.kind {
    case .bool, .signed, .unsigned: return self
    case .complex:
      if dtype == .complex64 {
        let (nan, low, high) = (Float(nan), neginf.map { Float($0) }, posinf.map { Float($0) })
        return try map { (x: Complex<Float>) in x.replacing(nan, low, high) }
      }
      return try map { (x: Complex<Double>) in x.replacing(nan, neginf, posinf) }
    case .floating:
      let greatest = dtype.greatestFinite
      let finite = try `where`(isnan(self), nan, self)
      let below = try `where`(self .== Double.infinity, posinf ?? greatest, finite)
      return try `where`(self .== -Double.infinity, neginf ?? -greatest, below)
    }
  }

  /// Zeros above the diagonal of the last two axes, or above the one that is `k` above it: NumPy's `tril`.
  ///
  /// - Throws: `.usage` for an array without axes.
  public func tril(k: Int = 0) throws -> NDArray {
    try `where`(triangle(k), self, .zeros([1], dtype: dtype))
  }

  /// Zeros below the diagonal of the last two axes, or below the one that is `k` above it: NumPy's `triu`.
  ///
  /// - Throws: `.usage` for an array without axes.
  public func triu(k: Int = 0) throws -> NDArray {
    try `where`(triangle(k == .min ? k : k - 1), .zeros([1], dtype: dtype), self)
  }

  /// Where the column is at most `k` above the row. One axis is that of the columns of a square, as in NumPy.
  private func triangle(_ k: Int) throws -> NDArray {
    guard let columns = shape.dimensions.last else {
      throw TesseraError(.usage, "triangle of an array", expected: "one axis or more", got: "none")
    }
    let rows = ndim > 1 ? shape[ndim - 2] : columns
    let offset = Swift.min(Swift.max(k, -rows), columns)
    let last = try NDArray.arange(offset, offset + rows).expandDims(axis: 1)
    return try last .>= NDArray.arange(columns)
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

extension DType {
  /// The greatest finite number of a floating dtype.
  fileprivate var greatestFinite: Double {
    switch self {
    case .float16: Double(Float16.greatestFiniteMagnitude)
    case .bfloat16: Double(BFloat16(bitPattern: 0x7F7F).float)
    case .float32: Double(Float.greatestFiniteMagnitude)
    default: .greatestFiniteMagnitude
    }
  }
}

extension Complex {
  /// The number with each part that is not finite replaced.
  fileprivate func replacing(_ nan: Real, _ low: Real?, _ high: Real?) -> Complex {
    func finite(_ part: Real) -> Real {
      if part.isNaN { return nan }
      if part.isFinite { return part }
      return part > 0 ? high ?? .greatestFiniteMagnitude : low ?? -.greatestFiniteMagnitude
    }
    return Complex(finite(real), finite(imaginary))
  }

  fileprivate static func rounded(_ number: Complex, _ scale: Real, _ isFraction: Bool) -> Complex {
    func round(_ part: Real) -> Real {
      isFraction
        ? (part * scale).rounded(.toNearestOrEven) / scale : (part / scale).rounded(.toNearestOrEven) * scale
    }
    return Complex(round(number.real), round(number.imaginary))
  }
}
