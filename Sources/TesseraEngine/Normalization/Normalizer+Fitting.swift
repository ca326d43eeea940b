import TesseraCore
import TesseraKernels
public import TesseraStorage

extension Normalizer {
  /// Computes the parameters of an array's features.
  ///
  /// - Parameters:
  ///   - axis: what statistics are taken along, 0 by default; for `l2` and `l1` what rows lie along, the last by default.
  ///   - options: memory, threads, progress and cancellation of the pass.
  /// - Throws: `.usage` for complex dtypes, an axis out of bounds or of length 0; `.memory` before anything is read; errors of
  ///   the file.
  /// - Complexity: one pass for `zscore`, `minmax` and `maxabs`; a few for `robust`; none for `l2` and `l1`. Memory for a
  ///   handful of numbers per feature and thread.
  public static func fit(
    _ x: NDArray, method: Method = .zscore, axis: Int? = nil, options: TransferOptions = .init()
  ) throws -> Normalizer {
    let fit = try Fit(x, method: method, axis: axis)
    return try fit.normalizer(evaluate(fit.arrays, options: options))
  }

  /// A fit before it is computed: what to evaluate, and what to make of the results.
  package struct Fit: Sendable {
    let method: Method
    let axis: Int
    private let x: NDArray
    /// To be evaluated together; none for methods that fit nothing.
    package let arrays: [NDArray]

    package init(_ x: NDArray, method: Method, axis: Int?) throws {
      self.x = x
      self.method = method
      self.axis = try Normalizer.axis(axis, of: x, method)
      try Normalizer.requireReal(x)
      let along = self.axis
      if !method.scalesRows { try Normalizer.requireSamples(x, along: self.axis) }
      switch method {
      case .zscore:
        arrays = try [ReductionField.count, .mean, .m2].map { try x.reduce(.moments, $0, along, .numbers) }
      case .minmax, .maxabs:
        // Of the extremes' magnitudes the greater: integers have magnitudes that they cannot hold.
        arrays = x.size == 0 ? [] : try [x.nanmin(axis: along), x.nanmax(axis: along)]
      case .robust:
        // Several quantiles are interpolated in float64: a difference of quartiles in float32 would lose the digits they
        // share. So would one of integers beyond 2^53, if they were not floats before.
        let floats = x.dtype.kind == .floating ? x : x.astype(.float64)
        arrays = x.size == 0 ? [] : [try floats.nanquantile([0.25, 0.5, 0.75], axis: along)]
      case .l2, .l1: arrays = []
      }
    }

    /// Stands for what is not known yet, while the use of it is planned; takes no memory for its features.
    ///
    /// Scales count as within float32: one beyond it, which few data have, makes `transform` compute in float64, whose
    /// blocks take twice the memory, and a budget that the plan just fits in may be refused after the fit.
    package func placeholder() throws -> Normalizer {
      if method.scalesRows { return try Normalizer(method, axis: axis) }
      return Normalizer(method, axis: axis, .planned, dtype: x.dtype, featureShape: try featureShape())
    }

    private func featureShape() throws -> Shape {
      var features = x.shape.dimensions
      features.remove(at: axis)
      return try Shape(features)
    }

    /// - Parameter results: what evaluating `arrays` gave.
    package func normalizer(_ results: [NDArray]) throws -> Normalizer {
      if method.scalesRows { return try Normalizer(method, axis: axis) }
      return Normalizer(
        method, axis: axis, try statistics(results.map { try $0.astype(.float64).elements(as: Double.self) }),
        dtype: x.dtype, featureShape: try featureShape())
    }

    private func statistics(_ values: [[Double]]) throws -> NormalizerStatistics {
      switch method {
      case .zscore: return .moments(count: values[0], mean: values[1], m2: values[2])
      case .minmax:
        return .range(minimum: values.first ?? [], maximum: values.last ?? [])
      case .maxabs:
        return .magnitude(zip(values.first ?? [], values.last ?? []).map { max(abs($0), abs($1)) })
      case .robust:
        let quartiles = values.first ?? []
        let count = quartiles.count / 3
        return .quartiles(
          lower: Array(quartiles.prefix(count)), median: Array(quartiles[count..<2 * count]),
          upper: Array(quartiles.suffix(count)))
      case .l2, .l1: return .none
      }
    }
  }

  /// The axis of an array that was asked for, or the method's own.
  package static func axis(_ axis: Int?, of x: NDArray, _ method: Method) throws -> Int {
    try x.normalized(axis: axis ?? (method.scalesRows ? -1 : 0))
  }

  static func requireReal(_ x: NDArray) throws {
    guard x.dtype.kind != .complex else {
      throw TesseraError(
        .usage, "complex numbers cannot be normalized", expected: "a real dtype", got: x.dtype.name)
    }
  }

  private static func requireSamples(_ x: NDArray, along axis: Int) throws {
    var features = x.shape.dimensions
    let samples = features.remove(at: axis)
    guard samples > 0 || features.contains(0) else {
      throw TesseraError(
        .usage, "nothing to fit along axis \(axis)", expected: "a length of 1 or more",
        got: "shape \(x.shape)")
    }
  }
}
