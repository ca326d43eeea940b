import TesseraIO
import TesseraStorage

/// One line on a terminal that tells how far work is, drawn over itself and wiped at the end.
///
/// The line stays under 64 columns, so that it fits any terminal without asking for its width.
final class ProgressBar: Sendable {
  private let stream: TextStream
  private let isShown = Lock(false)

  private static let cells = 24
  private static let wipe = "\r\u{1B}[K"

  init(_ stream: TextStream) { self.stream = stream }

  /// Draws the line anew; safe from any thread.
  func update(_ progress: TransferOptions.Progress) {
    isShown.withLock { isShown in
      isShown = true
      // Progress that cannot be shown is no reason to stop working.
      try? stream.write(ProgressBar.wipe + ProgressBar.line(progress))
    }
  }

  /// Removes the line.
  func clear() {
    isShown.withLock { isShown in
      if isShown { try? stream.write(ProgressBar.wipe) }
      isShown = false
    }
  }

  /// `[######------------------]  25%  1.2 GB/s  0:12 left`
  static func line(_ progress: TransferOptions.Progress) -> String {
    let filled = Int(progress.fraction * Double(cells))
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: cells - filled)
    let percent = String(Int(progress.fraction * 100))
    var line = "[\(bar)] \(String(repeating: " ", count: 3 - percent.count))\(percent)%"
    guard let rate = progress.bytesPerSecond, let left = progress.secondsLeft else { return line }
    line += "  \(Quantity.rate(rate))  \(Quantity.clock(left)) left"
    return line
  }
}
