extension Selection {
  /// Parses NumPy's subscript syntax: `0:100,:,5`, `...,-1`, `::2`, `None,3`.
  ///
  /// The brackets of `x[0:100, :]` may be there too. Only integers in brackets are refused: for NumPy `x[[0, 2]]` is
  /// another thing than `x[0, 2]`, and which of them is meant cannot be told.
  ///
  /// - Throws: `TesseraError` of kind `.usage` naming the item that is not understood.
  public init(parsing text: String) throws {
    var body = Substring(text).trimmingSpaces
    let isBracketed = body.hasPrefix("[") && body.hasSuffix("]") && body.count >= 2
    if isBracketed { body = body.dropFirst().dropLast().trimmingSpaces }
    // One trailing comma is allowed, as in `x[3,]`.
    if body.hasSuffix(",") { body = body.dropLast() }
    guard !body.isEmpty else {
      throw TesseraError(.usage, "empty selection", expected: "slices such as '0:100,:,5'", got: "'\(text)'")
    }
    items = try body.split(separator: ",", omittingEmptySubsequences: false).map {
      try Selection.item(parsing: $0.trimmingSpaces, in: text)
    }
    if isBracketed, items.allSatisfy(\.isIndex) {
      throw TesseraError(
        .usage, "selection '\(text)'", expected: "'\(body)' for one position on each axis",
        got: "a list of integers")
    }
  }

  private static func item(parsing text: Substring, in whole: String) throws -> Item {
    if text == "..." { return .ellipsis }
    if text == "None" || text == "newaxis" || text == "np.newaxis" { return .newAxis }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(\.trimmingSpaces)
    func number(_ part: Substring) throws -> Int? {
      if part.isEmpty { return nil }
      // Bounds and steps of a slice may be beyond any array, as in NumPy.
      let value = parts.count > 1 ? Int(clamping: part) : Int(part)
      guard let value else { throw invalid(text, in: whole) }
      return value
    }
    switch parts.count {
    case 1:
      guard let position = try number(parts[0]) else { throw invalid(text, in: whole) }
      return .index(position)
    case 2: return .slice(start: try number(parts[0]), stop: try number(parts[1]))
    case 3: return .slice(start: try number(parts[0]), stop: try number(parts[1]), step: try number(parts[2]))
    default: throw invalid(text, in: whole)
    }
  }

  private static func invalid(_ item: Substring, in whole: String) -> TesseraError {
    TesseraError(
      .usage, "selection '\(whole)'", expected: "integers, slices such as 0:100:2, '...' or None",
      got: "'\(item)'")
  }
}

extension Int {
  /// A decimal number, or the nearest there is.
  fileprivate init?(clamping text: Substring) {
    if let value = Int(text) {
      self = value
      return
    }
    let isNegative = text.hasPrefix("-")
    let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text
    guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    self = isNegative ? .min : .max
  }
}

extension Selection.Item {
  fileprivate var isIndex: Bool { if case .index = self { true } else { false } }
}

extension StringProtocol {
  /// Without leading and trailing spaces and tabs.
  package var trimmingSpaces: Substring {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    let start = self[...].drop(while: isSpace)
    guard let last = start.lastIndex(where: { !isSpace($0) }) else { return Substring() }
    return Substring(start[...last])
  }
}
