import Tessera

/// Takes a command's arguments apart by its definition.
///
/// Options may stand anywhere: `--name value`, `--name=value`, `-o value`, `-ovalue`. `--` ends them. What
/// looks like a negative number or slice (`-1`, `-5:`) is an operand.
struct ArgumentParser {
  private let definition: CommandDefinition
  private let options: [any OptionDeclaration]

  init(_ definition: CommandDefinition) {
    self.definition = definition
    options = definition.allOptions + [ArgumentParser.helpFlag]
  }

  /// Help is given before anything is parsed; this is for who misspells it, or gives it a value.
  private static let helpFlag = Flag("help", "print this")

  static func asksForHelp(_ arguments: [String]) -> Bool {
    arguments.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
  }

  /// - Throws: `.usage`, one line that names the argument and what would be right.
  func parse(_ arguments: [String]) throws -> Arguments {
    var result = Arguments()
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        result.operands += rest
        break
      }
      guard ArgumentParser.isOption(argument) else {
        result.operands.append(argument)
        continue
      }
      let (option, attached) = try find(argument)
      let value = try value(of: option, attached, from: &rest)
      if option.placeholder != nil || attached != nil, let expected = option.complaint(about: value) {
        throw wrong(option.spelling, expected: expected, got: "'\(value)'")
      }
      result.set(option, to: value)
    }
    try checkCount(result.operands)
    return result
  }

  private static func isOption(_ argument: String) -> Bool {
    guard argument.hasPrefix("-"), let second = argument.dropFirst().first else { return false }
    return !(second.isASCII && second.isNumber) && second != "." && second != ":"
  }

  /// The option an argument names, and the value it carries.
  private func find(_ argument: String) throws -> (any OptionDeclaration, attached: String?) {
    guard argument.hasPrefix("--") else {
      let letters = argument.dropFirst()
      guard let option = options.first(where: { $0.short == letters.first }) else { throw unknown(argument) }
      let value = letters.dropFirst()
      return (option, value.isEmpty ? nil : String(value.hasPrefix("=") ? value.dropFirst() : value))
    }
    let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let option = options.first(where: { $0.name == parts[0] }) else { throw unknown("--\(parts[0])") }
    return (option, parts.count > 1 ? String(parts[1]) : nil)
  }

  private func value(
    of option: any OptionDeclaration, _ attached: String?, from rest: inout ArraySlice<String>
  ) throws -> String {
    if let attached { return attached }
    guard let placeholder = option.placeholder else { return "" }
    // A file may be called --json, but a forgotten value is likelier; `--output=--json` says it.
    guard let next = rest.first, !next.hasPrefix("--") else {
      throw wrong(
        option.spelling, expected: "a value, as \(option.spelling) \(placeholder)",
        got: rest.first ?? "nothing")
    }
    rest.removeFirst()
    return next
  }

  private func checkCount(_ operands: [String]) throws {
    let expected = definition.operands
    if operands.count < expected.count {
      let missing = expected[operands.count].name
      throw wrong("missing \(missing)", expected: definition.usage, got: got(operands))
    }
    if operands.count > expected.count, expected.last?.repeats != true {
      throw wrong("too many arguments", expected: definition.usage, got: got(operands))
    }
  }

  private func got(_ operands: [String]) -> String {
    operands.isEmpty ? "no arguments" : operands.map { "'\($0)'" }.joined(separator: " ")
  }

  private func unknown(_ name: String) -> TesseraError {
    let known = options.flatMap { option in [option.spelling] + (option.short.map { ["-\($0)"] } ?? []) }
    if name.hasPrefix("--"), let guess = Spelling.closest(to: name, among: known) {
      return TesseraError(.usage, "\(definition.name): unknown option '\(name)', did you mean '\(guess)'?")
    }
    return wrong(
      "unknown option", expected: "an option of tessera \(definition.name) --help", got: "'\(name)'")
  }

  private func wrong(_ what: String, expected: String, got: String) -> TesseraError {
    TesseraError(.usage, "\(definition.name): \(what)", expected: expected, got: got)
  }
}
