import TesseraCore

#if BLAS
  import COpenBLAS
#endif

/// The triangular factor R of the rows seen so far, to which more are added by Householder reflections.
///
/// Column-major, upper triangular, zero below the diagonal; one thread's at a time.
final class TriangularFactor<Scalar: LAPACKScalar>: @unchecked Sendable {
  let columns: Int
  let matrix: DenseMatrix<Scalar>
  /// The reflectors' triangular factors, and LAPACK's scratch memory.
  private let scratch: Buffer

  init(columns: Int) throws {
    self.columns = columns
    matrix = try DenseMatrix(rows: columns, columns: columns)
    scratch = Buffer(count: TriangularFactor.scratchBytes(columns: columns))
    reset()
  }

  static func scratchBytes(columns: Int) -> Int {
    columns.saturatingMultiply(2 * blocking(columns)).saturatingMultiply(MemoryLayout<Scalar>.stride)
  }

  /// Reflectors that are applied at one time.
  private static func blocking(_ columns: Int) -> Int { max(1, min(columns, 32)) }

  /// The factor of no rows.
  func reset() { matrix.elements.update(repeating: .zeroValue) }

  /// Adds rows that lie column-major below one another; they are overwritten.
  ///
  /// - Parameter stride: elements from one column to the next.
  func absorb(_ rows: Int, _ panel: UnsafeMutablePointer<Scalar>, stride: Int) throws {
    try decompose(rows: rows, triangular: 0, panel, stride: stride)
  }

  /// Adds the rows that another factor stands for, which is overwritten.
  func absorb(_ other: TriangularFactor) throws {
    try decompose(rows: columns, triangular: columns, other.matrix.pointer(), stride: columns)
  }

  /// LAPACK's `tpqrt`, of R above a rectangle or another triangle.
  private func decompose(
    rows: Int, triangular: Int, _ below: UnsafeMutablePointer<Scalar>, stride: Int
  ) throws {
    guard rows > 0, columns > 0 else { return }
    #if BLAS
      let block = TriangularFactor.blocking(columns)
      let (m, n) = (try LAPACK.integer(rows), try LAPACK.integer(columns))
      let (l, nb, ldb) = (
        try LAPACK.integer(triangular), try LAPACK.integer(block), try LAPACK.leading(stride)
      )
      var info: Int32 = 0
      let factors = scratch.bytes.baseAddress!
      let work = factors + columns * block * MemoryLayout<Scalar>.stride
      switch Scalar.dtype {
      case .float64:
        OpenBLAS.functions.pointee.dtpqrt_(
          m, n, l, nb, matrix.pointer(), n, below, ldb, factors, nb, work, &info)
      case .complex128:
        OpenBLAS.functions.pointee.ztpqrt_(
          m, n, l, nb, matrix.pointer(), n, below, ldb, factors, nb, work, &info)
      default: preconditionFailure("factors are made in float64 and complex128")
      }
      try LAPACK.check(info, "tpqrt")
    #else
      try OpenBLAS.require()
    #endif
  }
}
