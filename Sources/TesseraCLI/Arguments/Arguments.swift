/// A command's arguments, taken apart and found valid one by one.
struct Arguments: Sendable {
  var operands: [String] = []
  /// By the options' long names; the last one given counts.
  private var values: [String: String] = [:]

  /// The value of an option; nil when it was not given.
  subscript<Value>(_ option: Option<Value>) -> Value? { values[option.name].flatMap(option.parse) }

  /// Whether a flag was given.
  subscript(_ flag: Flag) -> Bool { values[flag.name] != nil }

  mutating func set(_ option: any OptionDeclaration, to value: String) { values[option.name] = value }
}
