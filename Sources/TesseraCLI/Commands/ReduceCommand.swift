import Tessera
import TesseraCore
import TesseraEngine

struct ReduceCommand: Command {
  private static var axisOption: Option<[Int]> {
    Option(
      "axis", "N,N", "axes to reduce, such as 0 or 0,1 (all)", expected: "whole numbers such as 0 or 0,-1"
    ) {
      list($0) { Int($0) }
    }
  }
  private static var ddofOption: Option<Int> {
    Option("ddof", "N", "var and std divide by n - N (0)", expected: "a whole number") { Int($0) }
  }
  private static var quantileOption: Option<[Double]> {
    Option("q", "Q,Q", "fractions of quantile, such as 0.5 or 0.1,0.9", expected: "fractions of 0 to 1") {
      list($0) { Double($0).flatMap { (0...1).contains($0) ? $0 : nil } }
    }
  }
  private static var outputOption: Option<String> {
    Option(
      "output", short: "o", "OUT", "write the result to x.npy, d.npz or x.zarr; several to d.npz",
      expected: "a path"
    ) { $0.isEmpty ? nil : $0 }
  }
  private static let keepdimsFlag = Flag("keepdims", "keep the reduced axes with length 1")

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "reduce", summary: "sums, extremes, means, quantiles and others along axes, as NumPy's",
      details: """
        OP is one or several, separated by commas, which share their passes:
        \(operationLines)
        Small results are printed as NumPy would. The result's dtype is NumPy's.
        """,
      operands: [
        Operand(name: "OP", summary: "such as mean or mean,std"),
        Operand(name: "PATH", summary: "an array"),
      ],
      options: [axisOption, keepdimsFlag, ddofOption, quantileOption, outputOption], writesStore: true,
      examples: [
        "tessera reduce mean features.npy --axis 0",
        "tessera reduce nanmin,nanmax features.zarr --axis 0 -o range.npz",
        "tessera reduce std features.npy --axis 0,1 --ddof 1 --json",
      ])
  }

  private let operations: [ReduceOperation]
  private let path: String
  private let parameters: ReduceOperation.Parameters
  private let output: String?
  private let layout: LayoutOptions
  private let shared: SharedOptions

  init(_ arguments: Arguments) throws {
    operations = try ReduceOperation.list(arguments.operands[0])
    path = arguments.operands[1]
    parameters = ReduceOperation.Parameters(
      axes: arguments[ReduceCommand.axisOption], keepdims: arguments[ReduceCommand.keepdimsFlag],
      ddof: arguments[ReduceCommand.ddofOption] ?? 0, quantiles: arguments[ReduceCommand.quantileOption] ?? []
    )
    output = arguments[ReduceCommand.outputOption]
    layout = LayoutOptions(arguments)
    shared = SharedOptions(arguments)
    try ReduceOperation.check(
      operations, parameters, hasDDOF: arguments[ReduceCommand.ddofOption] != nil)
    if output == nil { try layout.requireDefaults(because: "layout options need a destination (-o OUT)") }
  }

  func run(in session: Session) throws {
    let array = try NDArray.open(path)
    let results = try naming(path) {
      try operations.map { operation in
        let result = try operation.apply(array, parameters)
        return (name: operation.name, array: layout.dtype.map { result.astype($0) } ?? result)
      }
    }
    if let output {
      // An archive's members bear the operations' names, however many they are.
      let isNamed = results.count > 1 || output.hasSuffix(".npz")
      let members: [Writing.Member] = results.map { (isNamed ? $0.name : nil, $0.array) }
      return try shared.perform([path], to: output, in: session) { options in
        try Writing(members, to: output, layout: layout.layout, options: options)
      }
    }
    if shared.isJSON, !shared.explains {
      for result in results { try ArrayJSON.requireFew(result.array.shape) }
    }
    let text = try shared.withTransferOptions(session) { options in
      try naming(path) { try report(results, options) }
    }
    try session.output.write(text)
  }

  private func report(_ results: [(name: String, array: NDArray)], _ options: TransferOptions) throws
    -> String
  {
    if shared.explains {
      let plan = try explain(results.map(\.array), options: options)
      return shared.isJSON ? plan.json.printed : plan.description
    }
    let arrays = try evaluate(results.map(\.array), options: options).map { try $0.stored() }
    if shared.isJSON {
      if arrays.count == 1 { return try ArrayJSON.document(arrays[0]).printed }
      return try JSONValue.object(
        zip(results, arrays).reduce(into: JSONObject()) { $0[$1.0.name] = try ArrayJSON.document($1.1) }
      ).printed
    }
    if arrays.count == 1 { return try arrays[0].text() + "\n" }
    let width = results.map(\.name.count).max() ?? 0
    return try zip(results, arrays).map { result, array in
      let space = array.shape.rank > 0 ? "\n" : String(repeating: " ", count: width + 2 - result.name.count)
      return try "\(result.name)\(space)\(array.text())\n"
    }.joined()
  }

  private static func list<Value>(_ text: String, _ value: (String) -> Value?) -> [Value]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { value(String($0)) }
    return values.count == parts.count ? values : nil
  }

  /// The operations' names on lines that fit a terminal.
  private static var operationLines: String {
    ReduceOperation.all.map(\.name).reduce(into: [""]) { lines, name in
      if lines[lines.count - 1].count + name.count > 90 { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "  " : " ") + name
    }.joined(separator: "\n")
  }
}
