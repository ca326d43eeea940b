import Tessera

/// What the command line says: a job, its inputs, and options with a value each.
struct Arguments {
  let job: String
  let inputs: [String]
  private let options: [String: String]

  static let usage =
    "JOB INPUT... [--answer FILE.npy] [--output PATH] [--formula plain|math] [--threads N] [--memory SIZE]"

  init(_ words: [String]) throws {
    var inputs: [String] = []
    var options: [String: String] = [:]
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        inputs.append(word)
        continue
      }
      guard let value = rest.popFirst() else {
        throw TesseraError(.usage, "\(word) has no value", expected: Arguments.usage)
      }
      options[word] = value
    }
    guard inputs.count >= 2 else { throw TesseraError(.usage, "arguments", expected: Arguments.usage) }
    job = inputs.removeFirst()
    self.inputs = inputs
    self.options = options
  }

  var answer: String? { options["--answer"] }
  var output: String? { options["--output"] }
  var formula: String { options["--formula"] ?? "plain" }

  /// What limits the work: all cores and the library's own budget, unless the command line says otherwise.
  func transferOptions() throws -> TransferOptions {
    TransferOptions(
      memory: options["--memory"].flatMap(Int.init).map { $0 << 20 },
      threads: options["--threads"].flatMap { Int($0) }, overwrite: true)
  }
}
