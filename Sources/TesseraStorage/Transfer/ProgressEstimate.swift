/// The rate of work in progress, from the last few seconds of it.
///
/// A resumed run skips what is done in no time, and disks change their mind: the past beyond the window is
/// no guide.
struct ProgressEstimate {
  private struct Sample {
    var time: Double
    var done: Int
  }

  private static let window = 5.0
  private var samples: [Sample] = []
  private var done = 0

  /// Notes that `done` of `total` bytes were done at `time` (seconds). Reports of less than is known, which
  /// threads may deliver late, change nothing.
  @discardableResult
  mutating func update(done: Int, total: Int, time: Double) -> TransferOptions.Progress {
    self.done = max(self.done, done)
    samples.append(Sample(time: time, done: self.done))
    let firstKept = samples.firstIndex { time - $0.time <= ProgressEstimate.window } ?? 0
    // One sample from before the window keeps its whole length covered.
    samples.removeFirst(max(0, firstKept - 1))
    return TransferOptions.Progress(done: self.done, total: total, bytesPerSecond: rate)
  }

  /// Bytes per second; nil until two moments are known.
  private var rate: Double? {
    guard let first = samples.first, let last = samples.last, last.time > first.time, last.done > first.done
    else { return nil }
    return Double(last.done - first.done) / (last.time - first.time)
  }
}
