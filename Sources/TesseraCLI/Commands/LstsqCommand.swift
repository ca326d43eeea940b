import Tessera
import TesseraLinearAlgebra

struct LstsqCommand: Command {
  private static var ridgeOption: Option<Double> {
    Option(
      "ridge", "L", "add L times the squares of the coefficients to what is minimised (0)",
      expected: "a number of 0 or more"
    ) { text in Double(text).flatMap { $0 >= 0 && $0.isFinite ? $0 : nil } }
  }

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "lstsq", summary: "linear models of targets, by least squares or ridge regression",
      details: """
        As scikit-learn's LinearRegression and Ridge, with an intercept that is not penalised. P.npz has
        coefficients, intercept, residuals (sums of squares) and rank. One pass over X and Y, by orthogonal
        transformations rather than sums of products, so that ill-conditioned features keep their digits.
        """,
      operands: [
        Operand(name: "X", summary: "samples as rows, features as columns"),
        Operand(name: "Y", summary: "one target for each sample, or several as columns"),
      ],
      options: [ComponentOptions.outputOption, ridgeOption], writesStore: true, layoutOptions: ["dtype"],
      examples: [
        "tessera lstsq features.npy target.npy -o model.npz",
        "tessera lstsq features.npy targets.npy -o model.npz --ridge 0.1",
      ])
  }

  private let samples: String
  private let targets: String
  private let output: String
  private let ridge: Double
  private let layout: LayoutOptions
  private let shared: SharedOptions

  init(_ arguments: Arguments) throws {
    samples = arguments.operands[0]
    targets = arguments.operands[1]
    output = try ComponentOptions.output(arguments, command: "lstsq")
    ridge = arguments[LstsqCommand.ridgeOption] ?? 0
    layout = LayoutOptions(arguments)
    shared = SharedOptions(arguments)
    try layout.requireNoStore(output)
  }

  func run(in session: Session) throws {
    try shared.perform([samples, targets], to: output, in: session) { transfer in
      try naming(samples) {
        try LeastSquares.fitting(
          NDArray.open(samples), NDArray.open(targets), ridge: ridge, to: output, dtype: layout.dtype,
          options: transfer)
      }
    }
  }
}
