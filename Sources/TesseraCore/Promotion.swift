// NumPy 2's type promotion: https://numpy.org/doc/stable/reference/arrays.promotion.html

extension DType {
  /// The dtype in which elements of `a` and `b` meet, as NumPy's `result_type` of two arrays.
  ///
  /// It is the smallest that holds both, with NumPy's exceptions: int64 with uint64 gives float64, and 64-bit
  /// integers with any float give float64 although it does not hold them all. NumPy does not have bfloat16; it
  /// is treated as a float of 16 bits: with bool and 8-bit integers it stays, with float16 and 16-bit integers
  /// it gives float32, with wider integers float64.
  ///
  /// Symmetric and idempotent, but not associative. O(1).
  public static func promoted(_ a: DType, _ b: DType) -> DType {
    if a == b || b == .bool { return a }
    if a == .bool { return b }
    if a.kind == .complex || b.kind == .complex {
      return promoted(a.realPart, b.realPart) == .float64 ? .complex128 : .complex64
    }
    return switch (a.kind == .floating, b.kind == .floating) {
    case (true, true): widerFloat(a, b)
    case (true, false): widerFloat(a, b.leastFloat(beside: a))
    case (false, true): widerFloat(a.leastFloat(beside: b), b)
    case (false, false): widerInteger(a, b)
    }
  }

  /// The dtype in which elements of all of these meet, as NumPy's `result_type` of several arrays; bool for none.
  ///
  /// Whatever their order: integers meet the floats one by one, rather than one another first. int16, uint16 and float32
  /// give float32, though int16 and uint16 alone give int32, which with float32 gives float64.
  public static func promoted(_ dtypes: [DType]) -> DType {
    let isInexact = { (dtype: DType) in dtype.kind == .floating || dtype.kind == .complex }
    let floatsFirst = dtypes.filter { isInexact($0) } + dtypes.filter { !isInexact($0) }
    return floatsFirst.reduce(DType.bool) { promoted($0, $1) }
  }

  /// The dtype in which elements of this dtype meet a scalar that has none of its own.
  ///
  /// The scalar gives way: `float32` stays with any real number, `int8` with any integer. Where its kind is
  /// higher it brings its default: an integer array with a float gives float64, bool with an integer int64.
  /// A complex scalar makes complex64 of floats of up to 32 bits, complex128 of all else.
  public func promoted(with weak: WeakScalar) -> DType {
    switch (weak, kind) {
    case (.bool, _), (_, .complex): self
    case (.integer, .bool): .int64
    case (.integer, _), (.floating, .floating): self
    case (.floating, _): .float64
    case (.complex, .floating): self == .float64 ? .complex128 : .complex64
    case (.complex, _): .complex128
    }
  }

  /// The dtype of the real and of the imaginary part: half of a complex dtype, any other itself.
  public var realPart: DType {
    switch self {
    case .complex64: .float32
    case .complex128: .float64
    default: self
    }
  }

  /// The smallest float that NumPy takes for bools and integers: 16 bits for 8, 32 for 16, 64 for all else.
  package var leastFloat: DType {
    switch self {
    case .bool, .int8, .uint8: .float16
    case .int16, .uint16: .float32
    case .int32, .uint32, .int64, .uint64: .float64
    default: self
    }
  }

  /// The same, except that an integer which fits into either 16-bit float takes the one it meets.
  private func leastFloat(beside float: DType) -> DType {
    leastFloat == .float16 && float == .bfloat16 ? .bfloat16 : leastFloat
  }

  private static func widerFloat(_ a: DType, _ b: DType) -> DType {
    if a.itemSize == b.itemSize { return a == b ? a : .float32 }
    return a.itemSize > b.itemSize ? a : b
  }

  /// For integers of one signedness the wider; else the smallest signed one wider than the unsigned.
  private static func widerInteger(_ a: DType, _ b: DType) -> DType {
    if a.kind == b.kind { return a.itemSize >= b.itemSize ? a : b }
    let (signed, unsigned) = a.kind == .signed ? (a, b) : (b, a)
    if signed.itemSize > unsigned.itemSize { return signed }
    return switch unsigned {
    case .uint8: .int16
    case .uint16: .int32
    case .uint32: .int64
    default: .float64
    }
  }
}
