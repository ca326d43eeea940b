import Tessera
import TesseraCore
import TesseraEngine

struct StatsCommand: Command {
  private static var axisOption: Option<Int> {
    Option(
      "axis", "N", "axis to go along (0, which makes each column of a matrix a feature)",
      expected: "a whole number"
    ) {
      Int($0)
    }
  }
  private static var outputOption: Option<String> {
    Option(
      "output", short: "o", "T", "also write the table to T.npz (one member a column) or T.csv",
      expected: "a path"
    ) { $0.isEmpty ? nil : $0 }
  }
  private static let allFlag = Flag("all", "over everything, as if it were one feature")
  private static let allFeaturesFlag = Flag("all-features", "print every row of the table, however many")

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "stats", summary: "count, NaNs, extremes, mean and deviation of each feature, in one pass",
      details: """
        NaNs are left out and counted. The deviation is the population's (ddof 0). An array of one axis is
        one feature; of more axes, what remains when axis N is gone are the features.
        """,
      operands: [Operand(name: "PATH", summary: "an array")],
      options: [axisOption, allFlag, allFeaturesFlag, outputOption],
      examples: [
        "tessera stats features.zarr", "tessera stats features.zarr --json --memory 256MiB",
        "tessera stats features.npy --axis 1 -o rows.npz",
      ])
  }

  private let path: String
  private let axis: Int?
  private let takesAll: Bool
  private let showsAll: Bool
  private let output: String?
  private let shared: SharedOptions

  init(_ arguments: Arguments) throws {
    path = arguments.operands[0]
    axis = arguments[StatsCommand.axisOption]
    takesAll = arguments[StatsCommand.allFlag]
    showsAll = arguments[StatsCommand.allFeaturesFlag]
    output = arguments[StatsCommand.outputOption]
    shared = SharedOptions(arguments)
    guard axis == nil || !takesAll else {
      throw TesseraError(.usage, "stats", expected: "--axis or --all", got: "both")
    }
  }

  func run(in session: Session) throws {
    try naming(path) {
      let array = try NDArray.open(path)
      let axis = try axis.map { try array.normalized(axis: $0) } ?? (array.ndim > 1 && !takesAll ? 0 : nil)
      let summary = try array.describe(axis: axis)
      if shared.isJSON, !shared.explains, output == nil { try ArrayJSON.requireFew(summary.count.shape) }
      // Nothing is printed while a progress bar is on the screen.
      let table = try shared.withTransferOptions(session) { try compute(summary, session, $0) }
      guard let table else { return }
      if shared.isJSON {
        return try session.output.write(
          table.json(array.shape, array.dtype, axis, writtenTo: output).printed)
      }
      let along = axis.map { "along axis \($0)" } ?? "over everything"
      try session.output.write("\(path.printable): \(array.shape) \(array.dtype), \(along)\n")
      try table.print(showsAll ? nil : SummaryTable.screen, session.output.write)
    }
  }

  /// Prints the plan and returns nothing where that is what was asked for.
  private func compute(
    _ summary: ArraySummary, _ session: Session, _ options: TransferOptions
  ) throws -> SummaryTable? {
    let file = try output.map {
      try SummaryFile($0, of: summary, from: path, plansOnly: shared.explains, options)
    }
    if shared.explains {
      let plan = try file?.explanation ?? explain(summary.columns.map(\.array), options: options)
      try session.output.write(shared.isJSON ? plan.json.printed : plan.description)
      return nil
    }
    let table = try SummaryTable(summary, options)
    try file?.write(table)
    return table
  }
}
