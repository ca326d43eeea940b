import Tessera

/// The subcommands; a new one is a file in `Commands` and a line here.
let commands: [any Command.Type] = [
  InfoCommand.self, ConvertCommand.self, AdoptCommand.self, AppendCommand.self, SliceCommand.self,
  RandomCommand.self, VerifyCommand.self, StatsCommand.self, ReduceCommand.self, NormalizeCommand.self,
  GramCommand.self, CovCommand.self, CorrCommand.self, PCACommand.self, SVDCommand.self, LstsqCommand.self,
  MatmulCommand.self,
]

/// Runs `tessera` with the given arguments (without the program's name), nil standing for one that is not UTF-8.
///
/// - Returns: the exit status.
func runTessera(_ arguments: [String?], session: Session) -> Int32 {
  do {
    try Tool(session: session).run(valid(arguments))
    return ExitStatus.done.rawValue
  } catch {
    let status = ExitStatus(error)
    // Nobody is left to tell when standard error fails as well.
    try? session.errors.write(
      status == .interrupted ? "tessera: interrupted\n" : "tessera: error: \(message(error))\n")
    return status.rawValue
  }
}

/// - Throws: `.usage` unless all arguments are text: paths and messages are strings, which hold nothing else.
private func valid(_ arguments: [String?]) throws -> [String] {
  try arguments.enumerated().map { index, argument in
    guard let argument else {
      throw TesseraError(.usage, "argument \(index + 1)", expected: "UTF-8", got: "other bytes")
    }
    return argument
  }
}

private func message(_ error: any Error) -> String {
  (error as? TesseraError)?.description ?? "\(error)".printable
}

/// Finds the subcommand and runs it.
struct Tool {
  let session: Session

  func run(_ arguments: [String]) throws {
    guard let first = arguments.first else {
      throw TesseraError(.usage, "no command", expected: "one of \(Tool.names) (see tessera --help)")
    }
    switch first {
    case "--help", "-h": try session.output.write(HelpText.overview(commands.map { $0.definition }))
    case "--version": try session.output.write(Version.text)
    case "help": try help(Array(arguments.dropFirst()))
    default:
      guard !first.hasPrefix("-") else { throw Tool.unknown("option", first, ["--help", "--version"]) }
      try run(Tool.command(first), Array(arguments.dropFirst()))
    }
  }

  private func run(_ command: any Command.Type, _ arguments: [String]) throws {
    let parser = ArgumentParser(command.definition)
    if ArgumentParser.asksForHelp(arguments) {
      return try session.output.write(HelpText.command(command.definition))
    }
    let parsed = try parser.parse(arguments)
    try SharedOptions.links(parsed).whileOpening { try command.init(parsed).run(in: session) }
  }

  private func help(_ arguments: [String]) throws {
    guard let name = arguments.first else { return try run(["--help"]) }
    try run(Tool.command(name), ["--help"])
  }

  private static var names: String { commands.map { $0.definition.name }.joined(separator: ", ") }

  private static func command(_ name: String) throws -> any Command.Type {
    guard let command = commands.first(where: { $0.definition.name == name }) else {
      throw unknown("command", name, commands.map { $0.definition.name })
    }
    return command
  }

  private static func unknown(_ kind: String, _ name: String, _ known: [String]) -> TesseraError {
    if let guess = Spelling.closest(to: name, among: known) {
      return TesseraError(.usage, "unknown \(kind) '\(name)', did you mean '\(guess)'?")
    }
    return TesseraError(
      .usage, "unknown \(kind)", expected: "one of \(known.joined(separator: ", "))", got: "'\(name)'")
  }
}
