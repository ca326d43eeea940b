import Tessera

struct AdoptCommand: Command {
  private static let linkFlag = Flag("link", "keep the .npy name too, as a second name of the same file")

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "adopt",
      summary: "turn a .npy file into a Zarr store without copying: the file becomes the shard",
      details: """
        Takes the time to write an index, whatever the size of the array. Source and destination must
        be on one file system. The bytes stay as they are, so --chunks is the only layout option.
        """,
      operands: [
        Operand(name: "SRC", summary: "a .npy file, which is moved unless --link is given"),
        Operand(name: "DST", summary: "the store to make, ending in .zarr, or a name in a group"),
      ],
      options: [linkFlag], writesStore: true, layoutOptions: ["chunks"],
      examples: ["tessera adopt features.npy features.zarr --link"])
  }

  private let source: String
  private let destination: String
  private let keepsLink: Bool
  private let layout: LayoutOptions
  private let shared: SharedOptions

  init(_ arguments: Arguments) throws {
    source = arguments.operands[0]
    destination = arguments.operands[1]
    keepsLink = arguments[AdoptCommand.linkFlag]
    layout = LayoutOptions(arguments)
    shared = SharedOptions(arguments)
    try layout.requireDefaults(allowingChunks: true, because: "adopt keeps the file's bytes as they are")
  }

  func run(in session: Session) throws {
    try shared.perform([source], to: destination, in: session) { options in
      var waiting = options.waiting
      waiting?.cancellation = options.cancellation
      return try Adoption(
        source, as: destination, keepsLink: keepsLink, chunks: layout.layout.chunks,
        overwrite: shared.overwrites, waiting: waiting)
    }
  }
}
