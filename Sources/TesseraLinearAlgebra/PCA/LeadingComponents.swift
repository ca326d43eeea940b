import TesseraCore
import TesseraEngine
import TesseraStorage

/// The greatest eigenvalues of the products of centred columns, and their eigenvectors.
struct LeadingComponents {
  /// The squared singular values of the centred matrix, descending.
  let squares: [Double]
  /// The sum of all of them, also of those that were not asked for.
  let total: Double
  private let vectors: DenseMatrix<Double>

  /// - Returns: nil for products that are not finite.
  /// - Throws: `.unsolvable` if the decomposition does not converge.
  init?(_ products: NDArray, count: Int, options: TransferOptions) throws {
    var options = options
    // It is in memory already, and so is what it is for.
    options.heldBytes = 0
    let matrix = try DenseMatrix<Double>.load(products, options: options)
    let columns = matrix.rows
    total = (0..<columns).reduce(0) { $0 + matrix[$1, $1] }
    guard total.isFinite, Double.isTriangleFinite(upper: true, columns, matrix.pointer(), columns) else {
      return nil
    }
    let values = try DenseMatrix<Double>(rows: columns, columns: 1)
    let areFew = LeadingComponents.areFew(count, of: columns)
    vectors = areFew ? try DenseMatrix(rows: columns, columns: count) : matrix
    let converged =
      areFew
      ? try Double.syevr(
        greatest: count, columns, matrix.pointer(), columns, w: values.pointer(), vectors: vectors.pointer())
      : try Double.syevd(
        vectors: true, upper: true, columns, matrix.pointer(), columns, w: values.pointer())
    guard converged else { throw MatrixWork.unsolvable("Eigenvalues did not converge") }
    squares = values.elements[..<vectors.columns].suffix(count).reversed().map { max(0, $0) }
  }

  /// Bytes that decomposing takes beside the products themselves.
  static func bytes(columns: Int, count: Int) -> Int {
    let square = DenseMatrix<Double>.bytes(rows: columns, columns: columns)
    let own =
      areFew(count, of: columns)
      ? DenseMatrix<Double>.bytes(rows: columns, columns: count).saturatingAdd(
        Double.syevrBytes(greatest: count, columns))
      : Double.syevdBytes(vectors: true, columns)
    return square.saturatingAdd(own)
  }

  /// Whether it is quicker to look for these alone: of 1,024, on an AMD EPYC, 16 take a third of the time of all, 256 two
  /// thirds, 512 more.
  private static func areFew(_ count: Int, of columns: Int) -> Bool { count <= columns / 4 }

  /// The eigenvectors as rows, in the order of `squares`.
  func components() throws -> NDArray {
    let (columns, count) = (vectors.rows, squares.count)
    let chosen = try DenseMatrix<Double>(rows: columns, columns: count)
    for number in 0..<count {
      let from = vectors.pointer() + (vectors.columns - 1 - number) * columns
      (chosen.pointer() + number * columns).update(from: from, count: columns)
    }
    chosen.turnColumns()
    return try chosen.array().transposed()
  }
}
