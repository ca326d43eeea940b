import Tessera

/// A job: its results, evaluated inside the clock.
struct Jobs {
  let arguments: Arguments
  let options: TransferOptions

  /// Mean, standard deviation, least and greatest element, in one pass.
  func statistics(axis: Axes?) throws -> [NDArray] {
    let x = try input(0)
    return try evaluate(
      [x.mean(axis: axis), x.std(axis: axis), x.min(axis: axis), x.max(axis: axis)], options: options)
  }

  /// The same of what is not NaN.
  func nanStatistics(axis: Axes?) throws -> [NDArray] {
    let x = try input(0)
    return try evaluate(
      [x.nanmean(axis: axis), x.nanstd(axis: axis), x.nanmin(axis: axis), x.nanmax(axis: axis)],
      options: options)
  }

  func argmax(axis: Int?) throws -> [NDArray] {
    [try input(0).argmax(axis: axis).evaluated(options: options)]
  }

  /// Counts of everything in bins whose edges are eighths: those of engine/peers/formulas.py.
  func histogram() throws -> [NDArray] {
    [try input(0).histogram(bins: 128, range: -8...8, options: options).counts.evaluated(options: options)]
  }

  /// Distinct values and how often they occur.
  func uniqueCounts() throws -> [NDArray] {
    let found = try input(0).unique(returning: .counts, options: options)
    return [found.values, found.counts!]
  }

  /// How many distinct values there are, and a thousand of them that are evenly spread among all.
  func unique() throws -> [NDArray] {
    let values = try input(0).unique(options: options)
    let places = (0..<1000).map { $0 * (values.size - 1) / 999 }
    let sample = try values.take(places).astype(.float64)
    return [try concatenate([NDArray([Double(values.size)]), sample])]
  }

  /// The rows that a mask chooses, in memory.
  func maskedRows() throws -> [NDArray] {
    [try input(0).compress(input(1), axis: 0, options: options).evaluated(options: options)]
  }

  func sum(axis: Axes?) throws -> [NDArray] { [try input(0).sum(axis: axis).evaluated(options: options)] }

  func median(axis: Axes?) throws -> [NDArray] {
    [try input(0).median(axis: axis).evaluated(options: options)]
  }

  /// z-scores of the columns, written to the output.
  func normalize() throws -> [NDArray] {
    try Normalization(
      from: arguments.inputs[0], to: output(), method: .zscore, layout: layout, options: options
    ).run()
    return []
  }

  /// A formula of four arrays: written to the output where there is one, otherwise its sum.
  func expression() throws -> [NDArray] {
    let (a, b, c, d) = (try input(0), try input(1), try input(2), try input(3))
    let value =
      switch arguments.formula {
      case "plain": try (a * b + c) / (absolute(d) + 1)
      case "math": try exp(-absolute(a)) * sqrt(absolute(b)) + c / (d * d + 1)
      case let other: throw TesseraError(.usage, "formula", expected: "plain or math", got: other)
      }
    guard arguments.output != nil else {
      return [try value.sum().evaluated(options: options)]
    }
    try value.write(to: output(), layout: layout, options: options)
    return []
  }

  /// Raw chunks; other forms than stores have no layout to choose.
  private var layout: ArrayLayout {
    arguments.output?.hasSuffix(".zarr") == true ? .init(codec: .none) : .init()
  }

  private func input(_ number: Int) throws -> NDArray {
    guard arguments.inputs.indices.contains(number) else {
      throw TesseraError(
        .usage, "inputs", expected: "at least \(number + 1)", got: "\(arguments.inputs.count)")
    }
    return try .open(arguments.inputs[number])
  }

  private func output() throws -> String {
    guard let path = arguments.output else { throw TesseraError(.usage, "--output is missing") }
    return path
  }
}
