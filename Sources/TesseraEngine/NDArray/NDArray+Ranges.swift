public import TesseraCore
import TesseraKernels
import TesseraStorage

// Evenly spaced numbers and unit matrices: NumPy's values and dtypes, made when they are read.
extension NDArray {
  /// Integers from `start` up to but not including `stop`, `step` apart.
  ///
  /// - Parameter dtype: any but bool and complex ones; integers wrap.
  /// - Throws: `.usage` for a step of 0.
  public static func arange(
    _ start: Int, _ stop: Int, step: Int = 1, dtype: DType = .int64
  ) throws -> NDArray {
    guard step != 0 else { throw TesseraError(.usage, "step of a range", expected: "not 0", got: "0") }
    let span = Int128(step > 0 ? stop : start) - Int128(step > 0 ? start : stop)
    let count = Int(clamping: span <= 0 ? 0 : (span - 1) / Int128(step.magnitude) + 1)
    let second = start &+ step
    guard dtype.kind == .signed || dtype.kind == .unsigned else {
      return try ranged(count, .floats(first: Double(start), second: Double(second)), dtype)
    }
    return try ranged(count, .integers(start: Int64(start), step: Int64(step)), dtype)
  }

  /// Integers from 0 up to but not including `stop`.
  public static func arange(_ stop: Int, dtype: DType = .int64) throws -> NDArray {
    try arange(0, stop, dtype: dtype)
  }

  /// Numbers from `start` up to but not including `stop`, `step` apart; as in NumPy there may be one more by rounding.
  /// A step that is larger than any distance, infinity too, leaves the first.
  ///
  /// - Parameter dtype: any but bool and complex ones; integers are spaced by the distance of the first two.
  /// - Throws: `.usage` for a step of 0 or NaN, and for bounds that are not finite, or whose distance is not.
  public static func arange(
    _ start: Double, _ stop: Double, step: Double = 1, dtype: DType = .float64
  ) throws -> NDArray {
    let steps = (stop - start) / step
    guard steps.isFinite else {
      throw TesseraError(
        .usage, "range", expected: "finite bounds, and a step that is not 0",
        got: "\(start) to \(stop) by \(step)")
    }
    // A quotient that underflows is less than one step, though there is a way to go.
    let length = steps == 0 && start != stop ? (steps.sign == .plus ? 1 : 0) : steps.rounded(.up)
    let count = Int(Swift.min(Swift.max(length, 0), 0x1p62))
    // Where there is no second one, it need not be finite, nor one that the dtype has.
    let second = count > 1 ? start + step : start
    guard dtype.kind == .signed || dtype.kind == .unsigned else {
      return try ranged(count, .floats(first: start, second: second), dtype)
    }
    guard let first = Int64(exactly: start.rounded(.towardZero)),
      let next = Int64(exactly: second.rounded(.towardZero))
    else {
      throw TesseraError(.usage, "start of a range", expected: "a number that int64 holds", got: "\(start)")
    }
    return try ranged(count, .integers(start: first, step: next &- first), dtype)
  }

  /// `count` numbers from `start` to `stop`, the latter included unless `endpoint` is false.
  ///
  /// - Parameter dtype: integers are rounded down.
  /// - Throws: `.usage` for a negative count.
  public static func linspace(
    _ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true, dtype: DType = .float64
  ) throws -> NDArray {
    guard count >= 0 else {
      throw TesseraError(.usage, "number of samples", expected: "0 or more", got: "\(count)")
    }
    let rule = RangeDriver.Rule.divisions(
      start: start, span: stop - start, divisions: Double(endpoint ? Swift.max(count - 1, 0) : count),
      last: endpoint && count > 1 ? stop : nil)
    let driver = try RangeDriver(count, rule, dtype: dtype)
    return NDArray(.source(Source(driver)), shape: driver.description.shape, dtype: dtype)
  }

  /// Ones on a diagonal, zeros elsewhere.
  ///
  /// - Parameters:
  ///   - columns: as many as rows when nil.
  ///   - k: how far to the right of the main diagonal; below it when negative.
  /// - Throws: `.usage` for negative lengths.
  public static func eye(
    _ rows: Int, _ columns: Int? = nil, k: Int = 0, dtype: DType = .float64
  ) throws -> NDArray {
    let width = columns ?? rows
    _ = try Shape([rows, width])
    // Beyond the matrix one diagonal is like another.
    let offset = Swift.min(Swift.max(k, -rows), width)
    let row = try arange(offset, rows + offset).reshape([rows, 1])
    return try (row .== arange(width)).astype(dtype)
  }

  /// The square matrix that leaves others as they are.
  public static func identity(_ n: Int, dtype: DType = .float64) throws -> NDArray {
    try eye(n, dtype: dtype)
  }

  private static func ranged(_ count: Int, _ rule: RangeDriver.Rule, _ dtype: DType) throws -> NDArray {
    guard dtype.kind != .bool, dtype.kind != .complex else {
      throw TesseraError(.usage, "dtype of a range", expected: "a real one", got: dtype.name)
    }
    var rule = rule
    if case .floats(let first, let second) = rule {
      rule = .floats(first: rounded(first, dtype), second: rounded(second, dtype))
    }
    let driver = try RangeDriver(count, rule, dtype: dtype)
    return NDArray(.source(Source(driver)), shape: driver.description.shape, dtype: dtype)
  }

  /// The nearest number of a floating-point dtype.
  private static func rounded(_ value: Double, _ dtype: DType) -> Double {
    var narrow = [UInt8](repeating: 0, count: dtype.itemSize)
    var result = value
    withUnsafeBytes(of: value) { source in
      narrow.withUnsafeMutableBytes {
        Cast.convert(1, from: .float64, source.baseAddress!, to: dtype, $0.baseAddress!)
      }
    }
    narrow.withUnsafeBytes { source in
      withUnsafeMutableBytes(of: &result) {
        Cast.convert(1, from: dtype, source.baseAddress!, to: .float64, $0.baseAddress!)
      }
    }
    return result
  }
}
