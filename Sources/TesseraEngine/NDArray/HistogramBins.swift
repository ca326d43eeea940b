/// How a histogram's bins are chosen.
public enum HistogramBins: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  /// So many equal bins.
  case count(Int)
  /// Bins between these edges, ascending.
  case edges([Double])
  /// NumPy's rules, `fd` and `sqrt` by their full names, from the number and the spread of the elements within the range.
  /// `auto` is the finer of `sturges` and `freedmanDiaconis`, the latter of at most twice as many bins as `squareRoot`.
  case auto, freedmanDiaconis, scott, rice, sturges, squareRoot

  /// So many equal bins: `bins: 10`.
  public init(integerLiteral value: Int) { self = .count(value) }
  /// Edges: `bins: [0, 1, 5]`.
  public init(arrayLiteral elements: Double...) { self = .edges(elements) }

  /// Whether it is one of the rules.
  var isAutomatic: Bool {
    switch self {
    case .count, .edges: false
    default: true
    }
  }
}
