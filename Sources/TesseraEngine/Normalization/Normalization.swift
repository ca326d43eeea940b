public import TesseraCore
import TesseraIO
public import TesseraStorage

/// The normalization of one stored array into another: a pass to fit, unless parameters are given, and one to write.
///
/// Made without touching the destination; `explanation` tells what it will do; `run` does it. The destination
/// appears whole at the end, together with the file of parameters if there is to be one, or not at all.
public struct Normalization: Sendable {
  let x: NDArray
  let source: String
  let destination: String
  /// How the parameters are computed; nil when they are known.
  let fit: Normalizer.Fit?
  let known: Normalizer?
  let savedParameters: String?
  let layout: ArrayLayout
  let dtype: DType?
  let options: TransferOptions
  /// Made when all that is above is known.
  private(set) var passes = Passes()

  /// What fitting and writing take, and the progress they tell of.
  struct Passes: Sendable {
    var fit: [Explanation.Pass] = []
    var fitBytes = 0
    var writing: [Explanation.Pass] = []
    var writingBytes = 0

    var explanation: Explanation { Explanation(passes: fit + writing) }
  }

  /// Opens the source and plans.
  ///
  /// - Parameters:
  ///   - source: any form `StoredArray.open` takes.
  ///   - destination: a name ending in `.npy`, `.npz` or `.zarr`, `d.npz/name`, or a name in a Zarr group.
  ///   - method: nil for that of `parameters`, or `zscore` without them.
  ///   - axis: nil for that of `parameters`, or the method's own without them.
  ///   - parameters: a file that `Normalizer.save` wrote, to use instead of fitting.
  ///   - savedParameters: where to save what was fitted, as `Normalizer.save`.
  ///   - layout: for Zarr destinations.
  ///   - dtype: what to convert the result to, as NumPy's `astype`.
  /// - Throws: as `Conversion`, `Normalizer.fit` and `Normalizer.load`; `.usage` for a method or axis that is not the
  ///   parameters' own, a destination that would replace them, or nothing to save.
  public init(
    from source: String, to destination: String, method: Normalizer.Method? = nil, axis: Int? = nil,
    parameters: String? = nil, savingParametersTo savedParameters: String? = nil,
    layout: ArrayLayout = .init(), dtype: DType? = nil, options: TransferOptions = .init()
  ) throws {
    let x = try NDArray.open(source)
    let known = try parameters.map { path in
      try naming(path) { try Normalization.load(path, method: method, axis: axis, for: x) }
    }
    if let parameters {
      try Overlap.check(ArrayLocation(destination: destination).path, readFrom: parameters)
    }
    self.x = x
    self.known = known
    fit =
      try known == nil
      ? naming(source) { try Normalizer.Fit(x, method: method ?? .zscore, axis: axis) } : nil
    (self.source, self.destination, self.savedParameters) = (source, destination, savedParameters)
    (self.layout, self.dtype, self.options) = (layout, dtype, options)
    try checkSaving(method: known?.method ?? method ?? .zscore)
    passes = try planned()
  }

  private static func load(
    _ path: String, method: Normalizer.Method?, axis: Int?, for x: NDArray
  ) throws -> Normalizer {
    let known = try Normalizer.load(from: path, axis: axis.map { try x.normalized(axis: $0) })
    guard method == nil || method == known.method else {
      throw TesseraError(
        .usage, "method of the parameters", expected: known.method.rawValue, got: method!.rawValue)
    }
    return known
  }

  /// What would fail only after the work is refused before it.
  private func checkSaving(method: Normalizer.Method) throws {
    guard let savedParameters else { return }
    guard !method.scalesRows else {
      throw TesseraError(.usage, "\(method.rawValue) has no parameters to save", path: savedParameters)
    }
    let location = try ArrayLocation(destination: savedParameters)
    guard location.form == .npz, location.member == nil else {
      throw TesseraError(
        .usage, "file of parameters", path: savedParameters, expected: "a name ending in .npz")
    }
    let target = try Path.resolved(location.path)
    for other in [x.node.storedPaths.first ?? source, destination]
    where try Path.resolved(other) == target || Path.resolved(other).hasPrefix(target + "/") {
      throw TesseraError(
        .usage, "parameters and array overlap", path: savedParameters, expected: "two places")
    }
    try Directory.require(Path.parent(location.path))
    try Staging.requireFree(location.path, overwrites: options.overwrite)
  }
}
