import TesseraCore
import TesseraStorage

/// The number of a histogram's bins by NumPy's rules:
/// https://numpy.org/doc/stable/reference/generated/numpy.histogram_bin_edges.html
///
/// Their width comes from the elements within the range alone; it then divides the range, however much wider that is.
struct AutomaticBins {
  private let rule: HistogramBins
  private let range: ClosedRange<Double>?
  private let size: Int
  private let isInteger: Bool
  /// The least and the greatest element within the range and, where one is given, how many there are.
  private let extremes: [NDArray]
  /// What else the rule asks for: the quartiles, or the standard deviation.
  private let spread: [NDArray]

  /// - Parameter x: of one element or more.
  init(_ x: NDArray, _ rule: HistogramBins, within range: ClosedRange<Double>?) throws {
    // Bools are taken for uint8, and an empty range is widened, as NumPy does.
    let x = x.dtype == .bool ? x.astype(.uint8) : x
    let range = range.map { $0.lowerBound < $0.upperBound ? $0 : $0.lowerBound - 0.5...$0.upperBound + 0.5 }
    (self.rule, self.range, size) = (rule, range, x.size)
    isInteger = x.dtype.kind == .signed || x.dtype.kind == .unsigned
    let inside = try range.map { try (x .>= $0.lowerBound) .& (x .<= $0.upperBound) }
    let values = try inside.map { try NDArray.select($0, x.astype(.float64), NDArray(Double.nan)) } ?? x
    if let inside {
      extremes = try [values.nanmin(), values.nanmax(), inside.countNonzero().astype(.float64)]
    } else {
      extremes = try [x.min().astype(.float64), x.max().astype(.float64)]
    }
    switch rule {
    case .scott: spread = [try values.nanstd().astype(.float64)]
    case .freedmanDiaconis, .auto: spread = [try values.nanquantile([0.25, 0.75]).astype(.float64)]
    default: spread = []
    }
  }

  /// How many, and between which ends; computed at once.
  func chosen(_ options: TransferOptions) throws -> (Int, ClosedRange<Double>) {
    let bytes = try [extremes, spread].map { try explain($0, options: options).bytesRead }
    var stages = StagedProgress(options, total: bytes[0].saturatingAdd(bytes[1]))
    let found = try numbers(extremes, stages.next(bytes[0]))
    let ends = try range ?? NDArray.finiteRange(found[0], found[1])
    let number = range == nil ? Double(size) : found[2]
    let extent = found[1] - found[0]
    guard number > 0, extent > 0 else { return (1, ends) }
    let width = try width(number, extent, numbers(spread, stages.next(bytes[1])))
    guard width > 0 else { return (1, ends) }
    // Bins of integers are at least one wide.
    let length = ends.upperBound - ends.lowerBound
    let count = (length / (isInteger ? max(width, 1) : width)).rounded(.up)
    return (count < Double(UInt32.max) ? max(1, Int(count)) : Int(UInt32.max), ends)
  }

  private func numbers(_ arrays: [NDArray], _ options: TransferOptions) throws -> [Double] {
    try evaluate(arrays, options: options).flatMap { try $0.elements(as: Double.self) }
  }

  /// The width of a bin, of so many elements; 0 where the rule finds none.
  private func width(_ number: Double, _ extent: Double, _ spread: [Double]) throws -> Double {
    let cubeRoot = try cbrt(NDArray(number)).item(as: Double.self)
    let squareRoot = extent / number.squareRoot()
    let sturges = try extent / (log2(NDArray(number)).item(as: Double.self) + 1)
    switch rule {
    case .sturges: return sturges
    case .squareRoot: return squareRoot
    case .rice: return extent / (2 * cubeRoot)
    case .scott:
      return try cbrt(NDArray(24 * Double.pi.squareRoot() / number)).item(as: Double.self) * spread[0]
    case .freedmanDiaconis: return 2 * (spread[1] - spread[0]) / cubeRoot
    default: return min(max(2 * (spread[1] - spread[0]) / cubeRoot, squareRoot / 2), sturges)
    }
  }
}
