package import TesseraCore
package import TesseraKernels

#if BLAS
  import COpenBLAS
#endif

/// Products of matrices in memory: by OpenBLAS for the dtypes it has, where a build has it; otherwise by
/// `MatrixProduct`.
///
/// A call runs on its caller's thread alone. Its result depends on lengths, values and on which of the strides is 1, not
/// on where the matrices lie.
package enum MatrixKernel {
  /// Whether products of that dtype are OpenBLAS's.
  package static func usesLibrary(_ dtype: DType) -> Bool {
    switch dtype {
    case .float32, .float64, .complex64, .complex128: OpenBLAS.isAvailable
    default: false
    }
  }

  /// Bytes of memory that a call is lent.
  package static func scratchBytes(_ dtype: DType) -> Int {
    usesLibrary(dtype) ? 0 : MatrixProduct.scratchBytes(dtype)
  }

  /// Bytes that OpenBLAS has in memory for each thread that multiplies: its packed blocks of both operands, measured with
  /// tiles of `ProductTiles` as 2.6 MiB, and a share of its code, 3.2 MiB for the process.
  package static func libraryBytes(_ dtype: DType) -> Int { usesLibrary(dtype) ? 4 << 20 : 0 }

  /// Whether a matrix of these lengths can be used where it lies.
  package static func takes(_ dtype: DType, rows: Int, columns: Int, row: Int, column: Int) -> Bool {
    guard usesLibrary(dtype) else { return true }
    return column == 1 && row >= columns && row <= Int(Int32.max)
      || row == 1 && column >= rows && column <= Int(Int32.max)
  }

  /// C = A B, or C += A B; A and B are matrices that `takes` accepts.
  ///
  /// - Parameters:
  ///   - c: its rows are adjacent elements, `leading` elements apart; it shares no memory with A and B.
  ///   - scratch: `scratchBytes` bytes, aligned to 64.
  package static func multiply(
    _ dtype: DType, rows: Int, columns: Int, depth: Int, _ a: MatrixView, _ b: MatrixView,
    into c: UnsafeMutableRawPointer, leading: Int, accumulates: Bool, scratch: UnsafeMutableRawPointer
  ) {
    #if BLAS
      if usesLibrary(dtype) {
        return LibraryProduct(
          rows: rows, columns: columns, depth: depth, a: a, b: b, c: c, leading: leading,
          accumulates: accumulates
        ).run(dtype)
      }
    #endif
    MatrixProduct.multiply(
      dtype, rows: rows, columns: columns, depth: depth, a, b, into: c, leading: leading,
      accumulates: accumulates, scratch: scratch)
  }
}

#if BLAS
  /// One call of `cblas_?gemm`, or `cblas_?gemv` where one side is a vector, which packing would only slow down.
  private struct LibraryProduct {
    let rows, columns, depth: Int
    let a, b: MatrixView
    let c: UnsafeMutableRawPointer
    let leading: Int
    let accumulates: Bool

    func run(_ dtype: DType) {
      let library = OpenBLAS.functions
      switch dtype {
      case .float32: multiply(Float.self, library.pointee.cblas_sgemm, library.pointee.cblas_sgemv)
      case .float64: multiply(Double.self, library.pointee.cblas_dgemm, library.pointee.cblas_dgemv)
      case .complex64: multiplyComplex(Float.self, library.pointee.cblas_cgemm)
      default: multiplyComplex(Double.self, library.pointee.cblas_zgemm)
      }
    }

    /// How the library sees an operand: as it is stored, or the transpose of that.
    private func layout(_ view: MatrixView, rows: Int, columns: Int) -> (CBLAS_TRANSPOSE, blasint) {
      if view.column == 1, view.row >= columns { return (CblasNoTrans, blasint(max(view.row, 1))) }
      return (CblasTrans, blasint(max(view.column, 1)))
    }

    typealias GEMM<Real> = (
      CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, Real, UnsafePointer<Real>?,
      blasint, UnsafePointer<Real>?, blasint, Real, UnsafeMutablePointer<Real>?, blasint
    ) -> Void
    typealias GEMV<Real> = (
      CBLAS_ORDER, CBLAS_TRANSPOSE, blasint, blasint, Real, UnsafePointer<Real>?, blasint,
      UnsafePointer<Real>?,
      blasint, Real, UnsafeMutablePointer<Real>?, blasint
    ) -> Void
    typealias ComplexGEMM = (
      CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, UnsafeRawPointer?,
      UnsafeRawPointer?, blasint, UnsafeRawPointer?, blasint, UnsafeRawPointer?, UnsafeMutableRawPointer?,
      blasint
    ) -> Void

    private func multiply<Real: BinaryFloatingPoint>(
      _ type: Real.Type, _ gemm: GEMM<Real>, _ gemv: GEMV<Real>
    ) {
      let (first, second) = (
        a.elements.assumingMemoryBound(to: Real.self), b.elements.assumingMemoryBound(to: Real.self)
      )
      let result = c.assumingMemoryBound(to: Real.self)
      let (order, ahead) = layout(a, rows: rows, columns: depth)
      let (other, behind) = layout(b, rows: depth, columns: columns)
      let kept: Real = accumulates ? 1 : 0
      if columns == 1 {
        let stored = order == CblasNoTrans ? (rows, depth) : (depth, rows)
        return gemv(
          CblasRowMajor, order, blasint(stored.0), blasint(stored.1), 1, first, ahead, second,
          blasint(max(b.row, 1)), kept, result, blasint(max(leading, 1)))
      }
      if rows == 1 {
        let stored = other == CblasNoTrans ? (depth, columns) : (columns, depth)
        return gemv(
          CblasRowMajor, other == CblasNoTrans ? CblasTrans : CblasNoTrans, blasint(stored.0),
          blasint(stored.1), 1,
          second, behind, first, blasint(max(a.column, 1)), kept, result, 1)
      }
      gemm(
        CblasRowMajor, order, other, blasint(rows), blasint(columns), blasint(depth), 1, first, ahead, second,
        behind,
        kept, result, blasint(leading))
    }

    private func multiplyComplex<Real: BinaryFloatingPoint>(_ type: Real.Type, _ gemm: ComplexGEMM) {
      let (order, ahead) = layout(a, rows: rows, columns: depth)
      let (other, behind) = layout(b, rows: depth, columns: columns)
      let one: (Real, Real) = (1, 0)
      let kept: (Real, Real) = (accumulates ? 1 : 0, 0)
      withUnsafePointer(to: one) { one in
        withUnsafePointer(to: kept) { kept in
          gemm(
            CblasRowMajor, order, other, blasint(rows), blasint(columns), blasint(depth), one, a.elements,
            ahead,
            b.elements, behind, kept, c, blasint(leading))
        }
      }
    }
  }
#endif
