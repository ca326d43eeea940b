import Tessera

struct NormalizeCommand: Command {
  private static var methodOption: Option<Normalizer.Method> {
    let names = Normalizer.Method.allCases.map(\.rawValue)
    return Option(
      "method", "NAME", "\(names.joined(separator: ", ")) (zscore)",
      expected: "one of \(names.joined(separator: ", "))", parse: Normalizer.Method.init(rawValue:))
  }
  private static var axisOption: Option<Int> {
    Option(
      "axis", "N", "the axis of statistics (0); for l2 and l1 that of rows (the last)",
      expected: "a whole number"
    ) { Int($0) }
  }
  private static var savedOption: Option<String> {
    Option("save-params", "P.npz", "save what was fitted: center, scale, method", expected: "a path") {
      $0.isEmpty ? nil : $0
    }
  }
  private static var paramsOption: Option<String> {
    Option("params", "P.npz", "apply saved parameters instead of fitting", expected: "a path") {
      $0.isEmpty ? nil : $0
    }
  }
  private static let resumeFlag = Flag("resume", "go on where a killed run of the same command stopped")

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "normalize", summary: "features, or rows, brought to a common scale",
      details: """
        As scikit-learn's StandardScaler, MinMaxScaler, MaxAbsScaler and RobustScaler, or its normalize
        (l2, l1): one pass to fit, one to write. NaNs are left out in fitting and stay. float32 gives
        float32, integers float64.
        """,
      operands: [
        Operand(name: "SRC", summary: "an array"),
        Operand(name: "DST", summary: "what to make: x.npy, d.npz, d.npz/name, x.zarr or group.zarr/name"),
      ],
      options: [methodOption, axisOption, savedOption, paramsOption, resumeFlag], writesStore: true,
      examples: [
        "tessera normalize train.npy train-z.zarr --codec lz4 --save-params z.npz",
        "tessera normalize test.npy test-z.zarr --params z.npz",
        "tessera normalize embeddings.npy unit.npy --method l2",
      ])
  }

  private let source: String
  private let destination: String
  private let method: Normalizer.Method?
  private let axis: Int?
  private let saved: String?
  private let params: String?
  private let resumes: Bool
  private let layout: LayoutOptions
  private let shared: SharedOptions

  init(_ arguments: Arguments) throws {
    source = arguments.operands[0]
    destination = arguments.operands[1]
    method = arguments[NormalizeCommand.methodOption]
    axis = arguments[NormalizeCommand.axisOption]
    saved = arguments[NormalizeCommand.savedOption]
    params = arguments[NormalizeCommand.paramsOption]
    resumes = arguments[NormalizeCommand.resumeFlag]
    layout = LayoutOptions(arguments)
    shared = SharedOptions(arguments)
    if saved != nil, params != nil {
      throw TesseraError(
        .usage, "normalize: nothing is fitted with --params", expected: "one of --params and --save-params")
    }
  }

  func run(in session: Session) throws {
    try shared.perform([source], to: destination, in: session, resumes: resumes) { options in
      try Normalization(
        from: source, to: destination, method: method, axis: axis, parameters: params,
        savingParametersTo: saved, layout: layout.layout, dtype: layout.dtype, options: options)
    }
  }
}

extension Normalization: StorageWork {}
