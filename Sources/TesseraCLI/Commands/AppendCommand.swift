import Tessera

struct AppendCommand: Command {
  static var definition: CommandDefinition {
    CommandDefinition(
      name: "append", summary: "add the rows of arrays after those of another, all or nothing",
      details: """
        DST keeps its chunks, codec and dtype, so there are no options for them here. Readers see the old
        rows until the new ones are all there.
        """,
      operands: [
        Operand(name: "DST", summary: "the Zarr array or .npy file that grows"),
        Operand(name: "SRC", summary: "arrays of the same shape beyond the first axis", repeats: true),
      ],
      writesStore: true, layoutOptions: [],
      examples: ["tessera append features.zarr monday.npy tuesday.npy"])
  }

  private let destination: String
  private let sources: [String]
  private let shared: SharedOptions

  init(_ arguments: Arguments) throws {
    destination = arguments.operands[0]
    sources = Array(arguments.operands.dropFirst())
    shared = SharedOptions(arguments)
    try LayoutOptions(arguments).requireDefaults(because: "append keeps the destination's layout and dtype")
  }

  func run(in session: Session) throws {
    try shared.perform(sources, to: destination, in: session) { options in
      try Appending(sources, to: destination, options: options)
    }
  }
}
