import Tessera
import TesseraLinearAlgebra

struct PCACommand: Command {
  private static var transformOption: Option<String> {
    Option(
      "transform", "DST", "write the samples in the components' coordinates too", expected: "a path"
    ) { $0.isEmpty ? nil : $0 }
  }

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "pca", summary: "the principal components of a matrix's rows",
      details: """
        As scikit-learn's PCA: P.npz has mean, components, singular_values, explained_variance and
        explained_variance_ratio. One pass where a covariance matrix of the features does, a few more
        otherwise. float32 is multiplied in float32 where that is exact enough; --dtype float64 does
        everything in float64. The layout is that of DST, where it is a Zarr store.
        """,
      operands: [Operand(name: "X", summary: "a matrix; columns are features, rows samples")],
      options: [ComponentOptions.countOption, ComponentOptions.outputOption, transformOption],
      writesStore: true,
      examples: [
        "tessera pca features.npy -k 16 -o pca.npz",
        "tessera pca features.npy -k 16 -o pca.npz --transform scores.npy --memory 256MiB",
      ])
  }

  private let source: String
  private let options: ComponentOptions
  private let transformed: String?
  private let layout: LayoutOptions
  private let shared: SharedOptions

  init(_ arguments: Arguments) throws {
    source = arguments.operands[0]
    options = try ComponentOptions(arguments, command: "pca")
    transformed = arguments[PCACommand.transformOption]
    layout = LayoutOptions(arguments)
    shared = SharedOptions(arguments)
    if transformed == nil {
      try layout.requireNoStore(options.output, expected: "--transform with a name ending in .zarr")
    }
  }

  func run(in session: Session) throws {
    try shared.perform([source], to: options.output, in: session) { transfer in
      try naming(source) {
        try PCA.fitting(
          NDArray.open(source), count: options.count, to: options.output, transforming: transformed,
          layout: layout.layout, dtype: layout.dtype, options: transfer)
      }
    }
  }
}

extension Fitting: StorageWork {}
