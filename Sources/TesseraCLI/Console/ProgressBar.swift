import TesseraIO

/// One line on a terminal that tells how far work is, drawn over itself and wiped at the end.
///
/// The line stays under 64 columns, so that it fits any terminal without asking for its width.
final class ProgressBar: Sendable {
  private let stream: TextStream
  private let state = Lock((estimate: ProgressEstimate(), isShown: false))

  private static let cells = 24
  private static let wipe = "\r\u{1B}[K"

  init(_ stream: TextStream) { self.stream = stream }

  /// Draws the line anew; safe from any thread.
  func update(_ done: Int, _ total: Int) {
    state.withLock { state in
      state.estimate.update(done: done, total: total, time: ProcessLimits.now)
      state.isShown = true
      // Progress that cannot be shown is no reason to stop working.
      try? stream.write(ProgressBar.wipe + ProgressBar.line(state.estimate))
    }
  }

  /// Removes the line.
  func clear() {
    state.withLock { state in
      if state.isShown { try? stream.write(ProgressBar.wipe) }
      state.isShown = false
    }
  }

  /// `[######------------------]  25%  1.2 GB/s  0:12 left`
  static func line(_ estimate: ProgressEstimate) -> String {
    let filled = Int(estimate.fraction * Double(cells))
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: cells - filled)
    let percent = String(Int(estimate.fraction * 100))
    var line = "[\(bar)] \(String(repeating: " ", count: 3 - percent.count))\(percent)%"
    if let rate = estimate.rate { line += "  \(Quantity.rate(rate))" }
    if let left = estimate.timeLeft { line += "  \(Quantity.clock(left)) left" }
    return line
  }
}
