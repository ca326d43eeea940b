import TesseraCore
import TesseraEngine
import TesseraTestSupport

/// Two random matrices of rows of one length, with some rows in common, and plain loops over their pairs.
struct RowPair {
  let a: NDArray
  let b: NDArray
  let rows: (Int, Int)
  let width: Int
  let dtype: DType
  private let values: ([Double], [Double])

  init(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let (above, below) = (Int.random(in: 1...90, using: &random), Int.random(in: 1...90, using: &random))
    let length = [1, 2, 7, 8, 31, 64, 97].randomElement(using: &random)!
    let offset: Float = [0, 0, 3, 1000].randomElement(using: &random)!
    func matrix(_ rows: Int) -> [Double] {
      (0..<rows * length).map { _ in Double(offset + Float.random(in: -1...1, using: &random)) }
    }
    var (first, second) = (matrix(above), matrix(below))
    if seed.isMultiple(of: 3) {
      first.replaceSubrange(0..<length, with: [Double](repeating: 0, count: length))
    }
    second.replaceSubrange(0..<length, with: first[(above - 1) * length..<above * length])
    dtype = seed.isMultiple(of: 2) ? .float32 : .float64
    (rows, width, values) = ((above, below), length, (first, second))
    a = try NDArray(first, shape: [above, length]).astype(dtype)
    b = try NDArray(second, shape: [below, length]).astype(dtype)
  }

  typealias Row = ArraySlice<Double>

  /// `body` of every pair, in C order.
  func all(_ body: (Row, Row) -> Double) -> [Double] {
    (0..<rows.0).flatMap { i in
      (0..<rows.1).map { j in
        body(values.0[i * width..<(i + 1) * width], values.1[j * width..<(j + 1) * width])
      }
    }
  }

  static func euclidean(_ a: Row, _ b: Row) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  static func cosine(_ a: Row, _ b: Row) -> Double {
    let norms = (a.reduce(0) { $0 + $1 * $1 } * b.reduce(0) { $0 + $1 * $1 }).squareRoot()
    return norms == 0 ? 0 : zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / norms
  }
}
