import TesseraCore

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
  /// Refuses what a parser would refuse to read: a value, of which the text has so many bytes.
  ///
  /// - Throws: `.unsupported`.
  /// - Complexity: O(values), no memory.
  package func check(_ value: JSONValue, bytes count: Int) throws {
    let extent = value.extent
    for (what, limit, got) in [
      ("bytes", bytes, count), ("values", values, extent.values), ("levels", depth, extent.depth),
    ] where got > limit {
      throw TesseraError(
        .unsupported, "metadata is too large to be read again", expected: "at most \(limit) \(what)",
        got: "\(got)")
    }
  }
}

extension JSONValue {
  /// How many values there are in all, and how many arrays and objects are within one another.
  var extent: (values: Int, depth: Int) {
    let parts: [JSONValue]
    switch self {
    case .array(let elements): parts = elements
    case .object(let members): parts = members.values
    case .null, .bool, .number, .string: return (1, 0)
    }
    var (values, depth) = (1, 0)
    for part in parts {
      let extent = part.extent
      values += extent.values
      depth = max(depth, extent.depth)
    }
    return (values, depth + 1)
  }
}
