import TesseraCore

/// The subscripts of an `einsum`: a label for each axis of each operand, and those of the result.
struct EinsumSubscripts {
  /// An axis: a letter, or one of those that an ellipsis stands for, counted from its end.
  enum Label: Hashable {
    case letter(Character)
    case ellipsis(Int)
  }

  let operands: [[Label]]
  let result: [Label]

  /// - Throws: `.usage` where NumPy raises, naming what is wrong.
  init(_ text: String, ranks: [Int]) throws {
    let sides = try EinsumSubscripts.sides(text.filter { $0 != " " })
    let terms = sides.operands.split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == ranks.count else {
      throw TesseraError(
        .usage, "einsum: operands for '\(text)'", expected: "\(terms.count)", got: "\(ranks.count)")
    }
    let parsed = try terms.enumerated().map { number, term in
      try EinsumSubscripts.labels(term, operand: number, rank: ranks[number])
    }
    let broadcast =
      parsed.map { labels in labels.count { if case .ellipsis = $0 { true } else { false } } }.max() ?? 0
    let ellipsis = (0..<broadcast).reversed().map { Label.ellipsis($0) }
    operands = parsed
    if let output = sides.result {
      result = try EinsumSubscripts.output(output, ellipsis, known: Set(parsed.joined()))
    } else {
      var counts: [Label: Int] = [:]
      for label in parsed.joined() { counts[label, default: 0] += 1 }
      let letters = counts.compactMap { label, count -> Character? in
        if case .letter(let letter) = label, count == 1 { letter } else { nil }
      }
      result = ellipsis + letters.sorted().map { .letter($0) }
    }
  }

  private static func sides(_ text: String) throws -> (operands: Substring, result: Substring?) {
    guard let arrow = text.firstRange(of: "->") else { return (text[...], nil) }
    return (text[..<arrow.lowerBound], text[arrow.upperBound...])
  }

  /// A term as labels; `...` stands for as many axes as are missing.
  private static func labels(_ term: Substring, operand: Int, rank: Int) throws -> [Label] {
    let parts = try letters(term)
    let named = parts.count { $0 != nil }
    let hasEllipsis = parts.count > named
    guard hasEllipsis ? named <= rank : named == rank else {
      throw TesseraError(
        .usage,
        "einsum: subscripts '\(term)' contain too \(named > rank ? "many" : "few") labels for operand \(operand)",
        expected: "\(rank)", got: "\(named)")
    }
    return parts.flatMap { part -> [Label] in
      part.map { [.letter($0)] } ?? (0..<rank - named).reversed().map { .ellipsis($0) }
    }
  }

  private static func output(_ text: Substring, _ ellipsis: [Label], known: Set<Label>) throws -> [Label] {
    let labels = try letters(text).flatMap { letter -> [Label] in letter.map { [.letter($0)] } ?? ellipsis }
    for (place, label) in labels.enumerated() {
      guard known.contains(label) else {
        throw TesseraError(
          .usage, "einsum: subscripts include output label \(name(label)) which never appeared in an input")
      }
      guard labels.firstIndex(of: label) == place else {
        throw TesseraError(.usage, "einsum: subscripts include output label \(name(label)) several times")
      }
    }
    let hidden = ellipsis.filter { !labels.contains($0) }
    guard hidden.isEmpty else {
      throw TesseraError(.usage, "einsum: output has no ellipsis, but an operand's stands for axes")
    }
    return labels
  }

  /// Letters, and nil for an ellipsis.
  private static func letters(_ term: Substring) throws -> [Character?] {
    var letters: [Character?] = []
    var rest = term
    while let first = rest.first {
      if rest.hasPrefix("...") {
        guard !letters.contains(nil) else {
          throw TesseraError(.usage, "einsum: several ellipses in '\(term)'")
        }
        letters.append(nil)
        rest = rest.dropFirst(3)
        continue
      }
      guard first.isASCII, first.isLetter else {
        throw TesseraError(.usage, "einsum: subscript '\(first)'", expected: "a letter or '...'")
      }
      letters.append(first)
      rest = rest.dropFirst()
    }
    return letters
  }

  static func name(_ label: Label) -> String {
    switch label {
    case .letter(let letter): "'\(letter)'"
    case .ellipsis: "'...'"
    }
  }
}
