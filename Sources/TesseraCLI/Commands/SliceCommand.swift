import Tessera
import TesseraCore
import TesseraKernels
import TesseraStorage

struct SliceCommand: Command {
  private static var outputOption: Option<String> {
    Option(
      "output", short: "o", "DST", "write the selection to x.npy, d.npz or x.zarr instead", expected: "a path"
    ) {
      $0.isEmpty ? nil : $0
    }
  }

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "slice", summary: "part of an array, printed as NumPy would, or written to another",
      details: """
        SELECTION is NumPy's: integers, slices with steps, '...' and None, separated by commas. The layout
        options are for -o. Large results are printed with '...' in the middle, and only their edges read.
        """,
      operands: [
        Operand(name: "SRC", summary: "an array"),
        Operand(name: "SELECTION", summary: "such as 0:100,:,5 or -5: or ::-1"),
      ],
      options: [outputOption], writesStore: true,
      examples: [
        "tessera slice features.zarr 0:10,:4", "tessera slice features.zarr -1000: -o last.npy",
      ])
  }

  private let source: String
  private let selection: Selection
  private let output: String?
  private let layout: LayoutOptions
  private let shared: SharedOptions

  init(_ arguments: Arguments) throws {
    source = arguments.operands[0]
    selection = try Selection(parsing: arguments.operands[1])
    output = arguments[SliceCommand.outputOption]
    layout = LayoutOptions(arguments)
    shared = SharedOptions(arguments)
    if output == nil { try layout.requireDefaults(because: "layout options need a destination (-o DST)") }
  }

  func run(in session: Session) throws {
    if let output {
      return try shared.perform([source], to: output, in: session) { options in
        try Conversion(
          from: source, to: output, selection: selection, layout: layout.layout, dtype: layout.dtype,
          options: options)
      }
    }
    let array = try StoredArray.open(source)
    let view = try naming(source) {
      StoredArray(SelectedDriver(array.driver, try selection.resolve(array.shape)))
    }
    if shared.explains { return try explain(view, in: session) }
    try MemoryModel(budget: TransferOptions(memory: shared.memory).memory).limitMappings()
    let text = try naming(source) {
      shared.isJSON ? try ArrayJSON.document(view).printed : try view.text() + "\n"
    }
    try session.output.write(text)
  }

  private func explain(_ view: StoredArray, in session: Session) throws {
    // A plan is not made for what could not be run.
    try naming(source) {
      try shared.isJSON ? ArrayJSON.requireFew(view.shape) : ArrayPrinter.requirePrintable(view.shape)
    }
    let shown = shared.isJSON ? view.shape.count : ArrayPrinter.shownLengths(of: view.shape).reduce(1, *)
    let bytes = shown.saturatingMultiply(view.dtype.itemSize)
    let memory = bytes.saturatingMultiply(2).saturatingAdd(view.driver.scratchBytes)
    let plan = ReadingPlan(
      passes: [.init(source: source, shape: view.shape, bytesRead: bytes)],
      peakBytes: memory.saturatingAdd(MemoryModel.base))
    try session.output.write(shared.isJSON ? plan.json.printed : plan.text)
  }
}
