/// What a command takes and what it says about itself: the one source of its parser and its help text.
struct CommandDefinition: Sendable {
  let name: String
  /// One line, lower case, no period.
  let summary: String
  var details: String = ""
  let operands: [Operand]
  var options: [any OptionDeclaration] = []
  /// Whether the options of `LayoutOptions` are taken.
  var writesStore = false
  /// The names of those that apply, where not all do. The command refuses the others itself, as it can say why.
  var layoutOptions: [String]?
  let examples: [String]

  /// What the parser takes.
  var allOptions: [any OptionDeclaration] {
    options + (writesStore ? LayoutOptions.declarations : []) + SharedOptions.declarations
  }

  /// All options that apply, in groups with titles.
  var groups: [(title: String, options: [any OptionDeclaration])] {
    let layout = writesStore ? LayoutOptions.declarations : []
    let own = options + layout.filter { layoutOptions?.contains($0.name) == true }
    var groups: [(title: String, options: [any OptionDeclaration])] = []
    if !own.isEmpty { groups.append(("options", own)) }
    if writesStore, layoutOptions == nil { groups.append(("layout of the store that is written", layout)) }
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
