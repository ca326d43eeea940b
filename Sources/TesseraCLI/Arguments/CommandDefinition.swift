/// What a command takes and what it says about itself: the one source of its parser and its help text.
struct CommandDefinition: Sendable {
  let name: String
  /// One line, lower case, no period.
  let summary: String
  var details: String = ""
  let operands: [Operand]
  var options: [any OptionDeclaration] = []
  /// Whether the options of `LayoutOptions` apply.
  var writesStore = false
  let examples: [String]

  /// All options, in groups with titles.
  var groups: [(title: String, options: [any OptionDeclaration])] {
    var groups: [(title: String, options: [any OptionDeclaration])] = []
    if !options.isEmpty { groups.append(("options", options)) }
    if writesStore { groups.append(("layout of the store that is written", LayoutOptions.declarations)) }
    groups.append(("options of every command", SharedOptions.declarations))
    return groups
  }

  var usage: String { (["tessera", name] + operands.map(\.usage) + ["[options]"]).joined(separator: " ") }
}

/// A subcommand: made from its arguments, then run.
protocol Command: SendableMetatype {
  static var definition: CommandDefinition { get }

  /// - Throws: `.usage` for arguments that do not go together.
  init(_ arguments: Arguments) throws

  /// Does the work and prints its result.
  func run(in session: Session) throws
}
