import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraCLI

/// One run of the tool within the test's process.
struct ToolRun {
  let status: Int32
  let output: String
  let errors: String

  init(_ arguments: String..., cancellation: CancellationToken = CancellationToken()) {
    self.init(arguments, cancellation: cancellation)
  }

  init(_ arguments: [String], cancellation: CancellationToken = CancellationToken()) {
    let output = Recorder()
    let errors = Recorder()
    status = runTessera(
      arguments,
      session: Session(output: output.stream, errors: errors.stream, cancellation: { cancellation }))
    self.output = output.text
    self.errors = errors.text
  }

  /// The output as JSON.
  func json(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
    #expect(status == 0, "\(errors)", sourceLocation: sourceLocation)
    return try JSONValue(parsing: Array(output.utf8))
  }
}

/// A stream that keeps what is written.
final class Recorder: Sendable {
  private let written = Lock("")

  var text: String { written.withLock { $0 } }
  var stream: TextStream { TextStream { text in self.written.withLock { $0 += text } } }
}
