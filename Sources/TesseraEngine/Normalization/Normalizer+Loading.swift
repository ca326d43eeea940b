import TesseraCore
import TesseraStorage

extension Normalizer {
  /// Reads parameters that `save` wrote, or `numpy.savez(path, center=…, scale=…, method=…)`.
  ///
  /// - Parameter axis: what features were scaled along, for files that do not say; by default 0, the last for `l2` and `l1`.
  /// - Throws: `.notFound`; `.corrupt` for files that are no archive, or hold other arrays than such parameters: names, dtypes
  ///   and shapes are checked, and scales must be positive (or NaN); `.usage` for an unknown method, or an axis that is
  ///   not the file's.
  public static func load(from path: String, axis: Int? = nil) throws -> Normalizer {
    let file = ParameterFile(try NpzArchive(path))
    return try naming(path) { try load(file, axis: axis) }
  }

  private static func load(_ file: ParameterFile, axis: Int?) throws -> Normalizer {
    let method = try file.method()
    if method.scalesRows {
      return try Normalizer(method, axis: try agreed(axis, file.axis(), rank: nil) ?? -1)
    }
    let center = try file.required("center")
    let scale = try file.required("scale", like: center.shape)
    if let wrong = scale.values.first(where: { $0 <= 0 }) {
      throw TesseraError(.corrupt, "scale", expected: "numbers above 0, or NaN", got: "\(wrong)")
    }
    let rank = center.shape.rank + 1
    let axis = try agreed(axis, file.axis(), rank: rank) ?? 0
    guard (0..<rank).contains(axis) else {
      throw TesseraError(.corrupt, "axis", expected: "0 to \(rank - 1)", got: "\(axis)")
    }
    let dtype = try file.dtype()
    func normalizer(_ statistics: NormalizerStatistics) -> Normalizer {
      Normalizer(method, axis: axis, statistics, dtype: dtype, featureShape: center.shape)
    }
    // Whoever changed center or scale means them; what they were computed from says nothing then.
    let merging = normalizer(try file.statistics(method, center, scale))
    let isAsFitted = merging.centers.agree(with: center.values) && merging.scales.agree(with: scale.values)
    return isAsFitted ? merging : normalizer(.fixed(center: center.values, scale: scale.values))
  }

  /// The axis that was asked for, if any, which must be the file's, if it has one.
  private static func agreed(_ asked: Int?, _ known: Int?, rank: Int?) throws -> Int? {
    guard let asked else { return known }
    let axis = asked < 0 ? asked + (rank ?? 0) : asked
    if let known, known != axis {
      throw TesseraError(
        .usage, "axis of the parameters", expected: "\(known), as in the file", got: "\(asked)")
    }
    return axis
  }
}

extension [Double] {
  /// Whether all numbers are equal, of which NaN is one.
  fileprivate func agree(with others: [Double]) -> Bool {
    count == others.count && zip(self, others).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
  }
}

/// An archive as parameters are read from it.
private struct ParameterFile {
  typealias Values = (shape: Shape, values: [Double])

  private let archive: NpzArchive
  private let names: Set<String>

  init(_ archive: NpzArchive) {
    self.archive = archive
    names = Set(archive.names)
  }

  func method() throws -> Normalizer.Method {
    guard names.contains("method") else { throw missing("method") }
    let name = try archive.text("method")
    guard let method = Normalizer.Method(rawValue: name) else {
      let known = Normalizer.Method.allCases.map(\.rawValue).joined(separator: ", ")
      throw TesseraError(
        .usage, "unknown method of normalization", expected: "one of \(known)", got: "'\(name.prefix(40))'")
    }
    return method
  }

  func axis() throws -> Int? {
    guard let axis = try values("axis", like: Shape(known: []))?.values[0] else { return nil }
    guard let whole = Int(exactly: axis) else {
      throw TesseraError(.corrupt, "axis", expected: "a whole number", got: "\(axis)")
    }
    return whole
  }

  func dtype() throws -> DType {
    guard names.contains("dtype") else { return .float64 }
    let name = try archive.text("dtype")
    guard let dtype = DType(name: name) else {
      throw TesseraError(.corrupt, "dtype", expected: "the name of one", got: "'\(name.prefix(40))'")
    }
    return dtype
  }

  func required(_ name: String, like shape: Shape? = nil) throws -> Values {
    guard let values = try values(name, like: shape) else { throw missing(name) }
    return values
  }

  /// What merging needs, or center and scale alone.
  func statistics(_ method: Normalizer.Method, _ center: Values, _ scale: Values) throws
    -> NormalizerStatistics
  {
    let shape = center.shape
    let fixed = NormalizerStatistics.fixed(center: center.values, scale: scale.values)
    switch method {
    case .zscore:
      guard let count = try values("count", like: shape), let m2 = try values("m2", like: shape) else {
        return fixed
      }
      guard count.values.allSatisfy({ $0 >= 0 && $0.rounded() == $0 }), !m2.values.contains(where: { $0 < 0 })
      else {
        throw TesseraError(.corrupt, "count and m2", expected: "0 or more", got: "other numbers")
      }
      return .moments(count: count.values, mean: center.values, m2: m2.values)
    case .minmax:
      guard let least = try values("data_min", like: shape), let most = try values("data_max", like: shape)
      else { return fixed }
      return .range(minimum: least.values, maximum: most.values)
    case .maxabs: return try values("max_abs", like: shape).map { .magnitude($0.values) } ?? fixed
    case .robust, .l2, .l1: return fixed
    }
  }

  private func values(_ name: String, like shape: Shape?) throws -> Values? {
    guard names.contains(name) else { return nil }
    let array = NDArray(StoredArray(try archive.driver(archive.entry(name))))
    guard array.dtype.kind != .complex, shape == nil || array.shape == shape else {
      throw TesseraError(
        .corrupt, name, expected: "real numbers\(shape.map { " of shape \($0)" } ?? "")",
        got: "\(array.dtype) of shape \(array.shape)")
    }
    return (array.shape, try array.astype(.float64).elements(as: Double.self))
  }

  private func missing(_ name: String) -> TesseraError {
    TesseraError(
      .corrupt, "no parameters of a normalization", expected: "members center, scale and method",
      got: "no member '\(name)'")
  }
}
