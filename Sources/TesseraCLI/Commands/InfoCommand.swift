import Tessera

struct InfoCommand: Command {
  static var definition: CommandDefinition {
    CommandDefinition(
      name: "info",
      summary: "shape, dtype, layout and size of an array, or the members of a group or archive",
      operands: [Operand(name: "PATH", summary: "an array, archive or group")],
      examples: ["tessera info features.zarr", "tessera info digits.npz --json"])
  }

  private let path: String
  private let shared: SharedOptions

  init(_ arguments: Arguments) {
    path = arguments.operands[0]
    shared = SharedOptions(arguments)
  }

  func run(in session: Session) throws {
    if shared.explains {
      // Only metadata is read, whatever the array.
      return try session.output.write(shared.isJSON ? ReadingPlan().json.printed : ReadingPlan().text)
    }
    let report = try ContentsReport(path)
    try session.output.write(shared.isJSON ? report.json.printed : report.text)
  }
}
