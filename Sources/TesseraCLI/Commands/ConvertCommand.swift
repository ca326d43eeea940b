import Tessera

struct ConvertCommand: Command {
  private static let resumeFlag = Flag("resume", "go on where a killed run of the same command stopped")

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "convert", summary: "any form to any form, re-chunked, with another codec or dtype",
      details: """
        The destination's suffix picks its form: .npy, .npz or .zarr. An archive or group of several
        arrays becomes a group or archive. The destination appears whole at the end, or not at all.
        """,
      operands: [
        Operand(name: "SRC", summary: "an array, archive or group"),
        Operand(name: "DST", summary: "what to make: x.npy, d.npz, d.npz/name, x.zarr or group.zarr/name"),
      ],
      options: [resumeFlag], writesStore: true,
      examples: [
        "tessera convert features.npy features.zarr --codec lz4",
        "tessera convert features.zarr rows.zarr --chunks 1x768 --shards 65536x768 --memory 256MiB",
        "tessera convert digits.npz digits.zarr",
      ])
  }

  private let source: String
  private let destination: String
  private let resumes: Bool
  private let layout: LayoutOptions
  private let shared: SharedOptions

  init(_ arguments: Arguments) {
    source = arguments.operands[0]
    destination = arguments.operands[1]
    resumes = arguments[ConvertCommand.resumeFlag]
    layout = LayoutOptions(arguments)
    shared = SharedOptions(arguments)
  }

  func run(in session: Session) throws {
    try shared.perform([source], to: destination, in: session, resumes: resumes) { options in
      try Conversion(
        from: source, to: destination, layout: layout.layout, dtype: layout.dtype, options: options)
    }
  }
}
