import Tessera

/// What one run of the tool talks to: the process's own streams, or a test's.
struct Session: Sendable {
  /// Results.
  var output: TextStream
  /// Progress and errors.
  var errors: TextStream
  /// The token that a request to stop the run cancels. Called when work begins that must not be cut short.
  var cancellation: @Sendable () -> CancellationToken
}

/// What the process tells its caller.
enum ExitStatus: Int32 {
  case done = 0
  case failed = 1
  case wrongUsage = 2
  case interrupted = 130

  init(_ error: any Error) {
    switch (error as? TesseraError)?.kind {
    case .usage: self = .wrongUsage
    case .cancelled: self = .interrupted
    default: self = .failed
    }
  }
}
