/// How much JSON a parser takes before it refuses.
public struct JSONLimits: Sendable {
  /// Arrays and objects within one another. Zarr metadata nests about ten deep; the parser recurses, and 128
  /// levels stay far below a thread's stack.
  public var depth = 128
  /// Size of the text. Consolidated metadata of very large hierarchies reaches some MiB.
  public var bytes = 64 << 20
  /// Values in all, because `[0,0,…]` takes an order of magnitude more memory than its text.
  public var values = 4 << 20

  public init() {}
}

extension JSONLimits {
  /// Whether a parser would take what was written, and a newline after it.
  func allow(_ writer: JSONWriter) -> Bool {
    writer.bytes.count < bytes && writer.values <= values && writer.depth <= depth
  }
}
