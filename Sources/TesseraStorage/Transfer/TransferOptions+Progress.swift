extension TransferOptions {
  /// How far long work is: what its handler is told.
  public struct Progress: Sendable {
    /// Bytes that are done, which never become fewer within one piece of work, and bytes in all.
    public let done, total: Int
    /// Bytes a second, over the last seconds of the work; nil while nothing is known of it.
    public let bytesPerSecond: Double?

    public init(done: Int, total: Int, bytesPerSecond: Double? = nil) {
      (self.done, self.total, self.bytesPerSecond) = (done, total, bytesPerSecond)
    }

    /// The part that is done, from 0 to 1; of nothing, 1.
    public var fraction: Double { total > 0 ? min(1, Double(done) / Double(total)) : 1 }

    /// Seconds left at that rate; 0 when all is done, nil while the rate is not known.
    public var secondsLeft: Double? {
      done >= total ? 0 : bytesPerSecond.map { Double(total - done) / $0 }
    }
  }
}
