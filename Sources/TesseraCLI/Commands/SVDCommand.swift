import Tessera
import TesseraLinearAlgebra

struct SVDCommand: Command {
  private static let leftFlag = Flag("with-u", "the left singular vectors too, as U")

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "svd", summary: "the greatest singular values of a matrix, and their vectors",
      details: """
        P.npz has S and Vt. Exact for matrices with up to 1024 columns (or rows), in one pass; larger ones
        take eight passes of subspace iteration. Signs are scikit-learn's: the greatest element of each row
        of Vt is positive.
        """,
      operands: [Operand(name: "X", summary: "a matrix")],
      options: [ComponentOptions.countOption, ComponentOptions.outputOption, leftFlag], writesStore: true,
      layoutOptions: ["dtype"],
      examples: ["tessera svd features.npy -k 16 -o svd.npz", "tessera svd x.zarr -k 4 -o svd.npz --with-u"])
  }

  private let source: String
  private let options: ComponentOptions
  private let withLeft: Bool
  private let layout: LayoutOptions
  private let shared: SharedOptions

  init(_ arguments: Arguments) throws {
    source = arguments.operands[0]
    options = try ComponentOptions(arguments, command: "svd")
    withLeft = arguments[SVDCommand.leftFlag]
    layout = LayoutOptions(arguments)
    shared = SharedOptions(arguments)
    try layout.requireNoStore(options.output)
  }

  func run(in session: Session) throws {
    try shared.perform([source], to: options.output, in: session) { transfer in
      try naming(source) {
        try LeadingSVD.fitting(
          NDArray.open(source), count: options.count, to: options.output, withLeft: withLeft,
          dtype: layout.dtype, options: transfer)
      }
    }
  }
}
