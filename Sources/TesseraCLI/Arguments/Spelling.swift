/// Guesses what somebody meant to type.
enum Spelling {
  /// The candidate the fewest typing mistakes away; nil when none is close.
  static func closest(to word: String, among candidates: [String]) -> String? {
    let ranked = candidates.map { ($0, distance(word, $0)) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
    let letters = word.count { $0 != "-" }
    return best.1 <= max(1, letters / 3) ? best.0 : nil
  }

  /// The least number of insertions, deletions, replacements and swaps of neighbours that turn one word
  /// into the other (optimal string alignment). Only the first 64 characters count.
  static func distance(_ first: String, _ second: String) -> Int {
    let a = Array(first.prefix(64))
    let b = Array(second.prefix(64))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
        row.append(best)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
