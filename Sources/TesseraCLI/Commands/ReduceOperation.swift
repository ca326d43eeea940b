import Tessera

/// An operation of `reduce`, by NumPy's name.
struct ReduceOperation: Sendable {
  /// What the options say, for all operations of a run.
  struct Parameters: Sendable {
    /// nil for everything.
    var axes: [Int]?
    var keepdims = false
    var ddof = 0
    /// One without brackets, as NumPy's scalar, or several.
    var quantiles: [Double] = []

    var axis: Axes? { axes.map { $0.count == 1 ? Axes($0[0]) : Axes($0) } }
  }

  /// What an operation takes beyond axes.
  enum Extra { case nothing, ddof, quantiles }

  let name: String
  var extra = Extra.nothing
  /// Whether it goes along one axis or over everything.
  var takesOneAxis = false
  let apply: @Sendable (NDArray, Parameters) throws -> NDArray

  static let all: [ReduceOperation] = [
    .init(name: "sum") { try $0.sum(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "prod") { try $0.prod(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "min") { try $0.min(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "max") { try $0.max(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "mean") { try $0.mean(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "var", extra: .ddof) { try $0.var(axis: $1.axis, ddof: $1.ddof, keepdims: $1.keepdims) },
    .init(name: "std", extra: .ddof) { try $0.std(axis: $1.axis, ddof: $1.ddof, keepdims: $1.keepdims) },
    .init(name: "any") { try $0.any(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "all") { try $0.all(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "argmin", takesOneAxis: true) { try $0.argmin(axis: $1.axes?.first, keepdims: $1.keepdims) },
    .init(name: "argmax", takesOneAxis: true) { try $0.argmax(axis: $1.axes?.first, keepdims: $1.keepdims) },
    .init(name: "count_nonzero") { try $0.countNonzero(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "median") { try $0.median(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "quantile", extra: .quantiles) { array, parameters in
      guard parameters.quantiles.count > 1 else {
        return try array.quantile(
          parameters.quantiles[0], axis: parameters.axis, keepdims: parameters.keepdims)
      }
      return try array.quantile(parameters.quantiles, axis: parameters.axis, keepdims: parameters.keepdims)
    },
    .init(name: "nansum") { try $0.nansum(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "nanprod") { try $0.nanprod(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "nanmin") { try $0.nanmin(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "nanmax") { try $0.nanmax(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "nanmean") { try $0.nanmean(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "nanvar", extra: .ddof) {
      try $0.nanvar(axis: $1.axis, ddof: $1.ddof, keepdims: $1.keepdims)
    },
    .init(name: "nanstd", extra: .ddof) {
      try $0.nanstd(axis: $1.axis, ddof: $1.ddof, keepdims: $1.keepdims)
    },
    .init(name: "nanmedian") { try $0.nanmedian(axis: $1.axis, keepdims: $1.keepdims) },
    .init(name: "nanquantile", extra: .quantiles) { array, parameters in
      guard parameters.quantiles.count > 1 else {
        return try array.nanquantile(
          parameters.quantiles[0], axis: parameters.axis, keepdims: parameters.keepdims)
      }
      return try array.nanquantile(
        parameters.quantiles, axis: parameters.axis, keepdims: parameters.keepdims)
    },
    .init(name: "nanargmin", takesOneAxis: true) {
      try $0.nanargmin(axis: $1.axes?.first, keepdims: $1.keepdims)
    },
    .init(name: "nanargmax", takesOneAxis: true) {
      try $0.nanargmax(axis: $1.axes?.first, keepdims: $1.keepdims)
    },
  ]

  /// The operations that a list such as `mean,std` names.
  ///
  /// - Throws: `.usage` for a name that is none, and for one that comes twice.
  static func list(_ text: String) throws -> [ReduceOperation] {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let operations = try names.map { name in
      guard let operation = all.first(where: { $0.name == name }) else { throw unknown(name) }
      return operation
    }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw TesseraError(.usage, "reduce: OP", expected: "each operation once", got: "'\(twice)' twice")
    }
    return operations
  }

  private static func unknown(_ name: String) -> TesseraError {
    let known = all.map(\.name)
    if let guess = Spelling.closest(to: name, among: known) {
      return TesseraError(.usage, "reduce: unknown operation '\(name)', did you mean '\(guess)'?")
    }
    return TesseraError(
      .usage, "reduce: unknown operation", expected: "one or more of \(known.joined(separator: ", "))",
      got: "'\(name)'")
  }

  /// - Throws: `.usage` for options that the operation, or none of a run's operations, can make use of.
  static func check(_ operations: [ReduceOperation], _ parameters: Parameters, hasDDOF: Bool) throws {
    func names(_ extra: Extra) -> String {
      all.filter { $0.extra == extra }.map(\.name).joined(separator: ", ")
    }
    if let operation = operations.first(where: \.takesOneAxis), let axes = parameters.axes, axes.count != 1 {
      throw TesseraError(
        .usage, "reduce: --axis of \(operation.name)", expected: "one axis, or none for everything",
        got: "\(axes.count)")
    }
    if hasDDOF, !operations.contains(where: { $0.extra == .ddof }) {
      throw TesseraError(.usage, "reduce: --ddof", expected: "one of \(names(.ddof))")
    }
    let needsQuantiles = operations.contains { $0.extra == .quantiles }
    if needsQuantiles, parameters.quantiles.isEmpty {
      throw TesseraError(.usage, "reduce: missing --q", expected: "fractions of 0 to 1, as --q 0.1,0.9")
    }
    if !needsQuantiles, !parameters.quantiles.isEmpty {
      throw TesseraError(.usage, "reduce: --q", expected: "one of \(names(.quantiles))")
    }
  }
}
