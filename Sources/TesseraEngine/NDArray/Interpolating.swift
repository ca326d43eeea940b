public import TesseraCore

// Values between points in memory: NumPy's `interp`. Lazy and streamed.

/// The piecewise linear function through points, at each element: NumPy's `interp`.
///
/// NaN gives NaN, but where there is a single point, its value, as in NumPy.
///
/// - Parameters:
///   - x: real numbers of any shape, taken as float64.
///   - xp: where the points are, ascending; of equal ones the last counts from there on. With a period, in any order.
///   - fp: the points' values.
///   - left: the value before the first point; that of the first point when nil.
///   - right: the value behind the last point; that of the last point when nil.
///   - period: of the function, to which `x` and `xp` are brought; then there is neither `left` nor `right`.
/// - Returns: float64 of the shape of `x`, with NumPy's bits. Lazy.
/// - Throws: `.usage` for complex elements, no points, lists of different lengths, a period of 0, points with NaN, and
///   ones that do not ascend, of which NumPy makes any numbers.
/// - Complexity: no pass of its own; 40 bytes for each point, 56 of complex values, which plans count. A lookup as that of
///   `searchsorted`.
public func interp(
  _ x: NDArray, _ xp: [Double], _ fp: [Double], left: Double? = nil, right: Double? = nil,
  period: Double? = nil
) throws -> NDArray {
  let part = Interpolation.Part(
    values: fp, left: left ?? fp.first ?? .nan, right: right ?? fp.last ?? .nan)
  return try x.interpolated(xp, [part], period, .float64)
}

/// The same with complex values, of which real and imaginary parts are interpolated on their own.
///
/// - Returns: complex128; NaN in `x` gives a real part of NaN.
public func interp(
  _ x: NDArray, _ xp: [Double], _ fp: [Complex<Double>], left: Complex<Double>? = nil,
  right: Complex<Double>? = nil, period: Double? = nil
) throws -> NDArray {
  let parts = [\Complex<Double>.real, \Complex<Double>.imaginary].map { part in
    Interpolation.Part(
      values: fp.map { $0[keyPath: part] }, left: (left ?? fp.first)?[keyPath: part] ?? .nan,
      right: (right ?? fp.last)?[keyPath: part] ?? .nan)
  }
  return try x.interpolated(xp, parts, period, .complex128)
}

extension NDArray {
  fileprivate func interpolated(
    _ xp: [Double], _ parts: [Interpolation.Part], _ period: Double?, _ result: DType
  ) throws -> NDArray {
    guard dtype.kind != .complex else {
      throw TesseraError(.usage, "elements to interpolate at", expected: "real numbers", got: dtype.name)
    }
    var (x, xp, parts) = (astype(.float64), xp, parts)
    if let period {
      guard period != 0 else { throw TesseraError(.usage, "period must be a non-zero value") }
      x = try x % period.magnitude
      (xp, parts) = NDArray.periodic(xp, parts, period.magnitude)
    }
    let points = try Interpolation(xp, parts)
    let operation = CustomOperation(itemSize: result.itemSize, held: points.heldBytes) {
      points.run($0, $1, into: $2)
    }
    return NDArray(.custom(operation, [x.node]), shape: shape, dtype: result)
  }

  /// The points within a period in ascending order, and one more at either end, of the period before and the next.
  private static func periodic(
    _ xp: [Double], _ parts: [Interpolation.Part], _ period: Double
  ) -> ([Double], [Interpolation.Part]) {
    guard !xp.isEmpty, parts.allSatisfy({ $0.values.count == xp.count }) else { return (xp, parts) }
    let places = xp.map { place -> Double in
      let rest = place.truncatingRemainder(dividingBy: period)
      return rest == 0 ? 0 : rest < 0 ? rest + period : rest
    }
    let order = places.indices.sorted { (places[$0], $0) < (places[$1], $1) }
    func extended(_ list: [Double], _ shift: Double) -> [Double] {
      let sorted = order.map { list[$0] }
      return [sorted[sorted.count - 1] - shift] + sorted + [sorted[0] + shift]
    }
    let values = parts.map { part in
      let own = extended(part.values, 0)
      return Interpolation.Part(values: own, left: own[0], right: own[own.count - 1])
    }
    return (extended(places, period), values)
  }
}
