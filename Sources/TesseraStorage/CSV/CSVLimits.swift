/// What is refused as no table of numbers, so that a file without line ends or delimiters ends a parser
/// early.
enum CSVLimits {
  static let rowBytes = 16 << 20
  /// The longest exact decimal expansion of a `Double` has fewer than 1,100 characters.
  static let fieldBytes = 4 << 10
}
