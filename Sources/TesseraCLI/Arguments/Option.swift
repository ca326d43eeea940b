/// What the parser and the help text need to know about an option.
protocol OptionDeclaration: Sendable {
  /// Without its dashes.
  var name: String { get }
  /// `-o` beside, or instead of, a long name.
  var short: Character? { get }
  /// What stands for the value in the help text; nil for options without one.
  var placeholder: String? { get }
  var summary: String { get }
  /// What a valid value looks like, when `text` is none; nil when it is fine.
  func complaint(about text: String) -> String?
}

extension OptionDeclaration {
  /// As people type it: `--memory`.
  var spelling: String { "--\(name)" }
}

/// An option with a value: `--memory 256MiB` or `--memory=256MiB`.
struct Option<Value>: OptionDeclaration {
  let name: String
  let short: Character?
  let placeholder: String?
  let summary: String
  private let expected: String
  let parse: @Sendable (String) -> Value?

  init(
    _ name: String, short: Character? = nil, _ placeholder: String, _ summary: String, expected: String,
    parse: @escaping @Sendable (String) -> Value?
  ) {
    self.name = name
    self.short = short
    self.placeholder = placeholder
    self.summary = summary
    self.expected = expected
    self.parse = parse
  }

  func complaint(about text: String) -> String? { parse(text) == nil ? expected : nil }
}

/// An option without a value.
struct Flag: OptionDeclaration {
  let name: String
  let summary: String
  var short: Character? { nil }
  var placeholder: String? { nil }

  init(_ name: String, _ summary: String) {
    self.name = name
    self.summary = summary
  }

  func complaint(about text: String) -> String? { "no value" }
}

/// An argument that is no option, known by its place.
struct Operand: Sendable {
  let name: String
  let summary: String
  /// Whether more of it may follow; for the last operand.
  var repeats = false

  var usage: String { repeats ? "\(name)…" : name }
}
