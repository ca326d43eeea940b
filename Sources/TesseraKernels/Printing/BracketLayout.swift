/// Nested brackets, line breaks and `...` around the words of an array.
struct BracketLayout {
  private let printer: ArrayPrinter
  private let words: [String]
  /// The next word; words are used in C order.
  private var next = 0

  init(_ printer: ArrayPrinter, words: [String]) {
    self.printer = printer
    self.words = words
  }

  mutating func text() -> String { block(axis: 0) }

  /// Every deeper axis is indented by one more space and leaves room for one more closing bracket.
  private mutating func block(axis: Int) -> String {
    let left = printer.shape.rank - axis
    return "[" + (left == 1 ? row(axis) : rows(axis, newlines: left - 1)) + "]"
  }

  /// The items of an axis in order; nil stands for the ones left out.
  private func items(_ axis: Int) -> [Int?] {
    let length = printer.shape[axis]
    let edge = ArrayPrinter.edgeItems
    guard printer.isSummarized, length > 2 * edge else { return (0..<length).map { $0 } }
    return (0..<edge).map { $0 } + [nil] + ((length - edge)..<length).map { $0 }
  }

  private mutating func rows(_ axis: Int, newlines: Int) -> String {
    let indent = String(repeating: " ", count: axis + 1)
    let separator = String(repeating: "\n", count: newlines) + indent
    var parts: [String] = []
    for item in items(axis) { parts.append(item == nil ? "..." : block(axis: axis + 1)) }
    return parts.joined(separator: separator)
  }

  /// Words separated by spaces, on as many lines as they need; lines but the last lose trailing spaces.
  private mutating func row(_ axis: Int) -> String {
    let indent = String(repeating: " ", count: axis + 1)
    let width = ArrayPrinter.lineWidth - axis - 1
    var text = ""
    var line = indent
    for (position, item) in items(axis).enumerated() {
      if position > 0 { line += " " }
      let word = item == nil ? "..." : takeWord()
      if line.utf8.count + word.utf8.count > width, line.utf8.count > indent.utf8.count {
        text += BracketLayout.withoutTrailingSpaces(line) + "\n"
        line = indent
      }
      line += word
    }
    return String((text + line).dropFirst(indent.utf8.count))
  }

  private mutating func takeWord() -> String {
    defer { next += 1 }
    return words[next]
  }

  private static func withoutTrailingSpaces(_ line: String) -> String {
    guard let last = line.lastIndex(where: { $0 != " " }) else { return "" }
    return String(line[...last])
  }
}
