import Tessera
import TesseraStorage

/// The options every command takes.
struct SharedOptions: Sendable {
  enum ProgressMode: String, CaseIterable { case auto, always, never }

  private static var memoryOption: Option<Int> {
    Option(
      "memory", "SIZE", "ceiling on peak memory, such as 256MiB or 2GiB (a quarter of the machine's)",
      expected: "a size of 64MiB or more"
    ) { text in ByteSize.parse(text).flatMap { $0 >= MemoryModel.leastBudget ? $0 : nil } }
  }
  private static var threadsOption: Option<Int> {
    Option("threads", "N", "threads to work with (all cores)", expected: "1 to 1024") { text in
      Int(text).flatMap { (1...1024).contains($0) ? $0 : nil }
    }
  }
  private static var progressOption: Option<ProgressMode> {
    Option(
      "progress", "WHEN", "auto, always or never: a bar with rate and time left on standard error",
      expected: "auto, always or never", parse: ProgressMode.init(rawValue:))
  }
  private static let jsonFlag = Flag("json", "print the result as JSON")
  private static let explainFlag = Flag(
    "explain", "print the plan (passes, bytes, predicted peak memory); run nothing")
  private static let overwriteFlag = Flag("overwrite", "replace an existing destination")

  private static let waitFlag = Flag("wait", "wait until another writer of the destination is done")

  private static let followLinksFlag = Flag(
    "follow-links", "read through symbolic links that lead out of a store")

  static var declarations: [any OptionDeclaration] {
    [
      memoryOption, threadsOption, progressOption, jsonFlag, explainFlag, overwriteFlag, waitFlag,
      followLinksFlag,
    ]
  }

  /// Where links in stores may lead while a command runs.
  static func links(_ arguments: Arguments) -> SymbolicLinks {
    arguments[followLinksFlag] ? .anywhere : .withinStore
  }

  let memory: Int?
  let threads: Int?
  let progress: ProgressMode
  let isJSON: Bool
  let explains: Bool
  let overwrites: Bool
  let waits: Bool

  init(_ arguments: Arguments) {
    memory = arguments[SharedOptions.memoryOption]
    threads = arguments[SharedOptions.threadsOption]
    progress = arguments[SharedOptions.progressOption] ?? .auto
    isJSON = arguments[SharedOptions.jsonFlag]
    explains = arguments[SharedOptions.explainFlag]
    overwrites = arguments[SharedOptions.overwriteFlag]
    waits = arguments[SharedOptions.waitFlag]
  }

  /// Calls `body` with options for long work, while progress is shown as asked.
  func withTransferOptions<Result>(
    _ session: Session, resumes: Bool = false, _ body: (TransferOptions) throws -> Result
  ) rethrows -> Result {
    let bar = showsProgress(session.errors) ? ProgressBar(session.errors) : nil
    defer { bar?.clear() }
    var options = TransferOptions(
      memory: memory, threads: threads, cancellation: explains ? nil : session.cancellation(),
      resume: resumes, overwrite: overwrites, waiting: waits ? waiting(session) : nil)
    if let bar { options.progress = { bar.update($0) } }
    return try body(options)
  }

  private func waiting(_ session: Session) -> Waiting {
    // When nobody can be told, waiting is still what was asked for.
    Waiting { [errors = session.errors] line in try? errors.write("tessera: waiting: \(line)\n") }
  }

  private func showsProgress(_ stream: TextStream) -> Bool {
    switch progress {
    case .auto: stream.isTerminal
    case .always: true
    case .never: false
    }
  }
}
