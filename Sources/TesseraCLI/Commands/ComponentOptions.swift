import Tessera

/// What pca and svd have in common: how many components, and the archive they go to.
struct ComponentOptions {
  static var countOption: Option<Int> {
    Option("components", short: "k", "K", "how many", expected: "a whole number of 1 or more") { text in
      Int(text).flatMap { $0 > 0 ? $0 : nil }
    }
  }
  static var outputOption: Option<String> {
    Option("output", short: "o", "P.npz", "the archive to write", expected: "a path") {
      $0.isEmpty ? nil : $0
    }
  }

  let count: Int
  let output: String

  /// - Throws: `.usage` when one is missing.
  init(_ arguments: Arguments, command: String) throws {
    guard let count = arguments[ComponentOptions.countOption] else {
      throw TesseraError(.usage, "\(command): how many components", expected: "-k K")
    }
    self.count = count
    output = try ComponentOptions.output(arguments, command: command)
  }

  static func output(_ arguments: Arguments, command: String) throws -> String {
    guard let output = arguments[ComponentOptions.outputOption] else {
      throw TesseraError(.usage, "\(command): where to write", expected: "-o P.npz")
    }
    return output
  }
}
