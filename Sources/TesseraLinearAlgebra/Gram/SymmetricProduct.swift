import TesseraCore
import TesseraKernels

#if BLAS
  import COpenBLAS
#endif

/// The products of a panel's columns, Aᴴ A of rows A in C order; for reals that is Aᵀ A. The upper triangle counts.
struct SymmetricProduct {
  /// float32, float64, complex64 or complex128.
  private let dtype: DType
  private let columns: Int
  private let scratch: Buffer

  init(_ dtype: DType, columns: Int) {
    self.dtype = dtype
    self.columns = columns
    scratch = Buffer(count: SymmetricProduct.scratchBytes(dtype, columns: columns))
  }

  /// Adds the products of a panel of rows x columns elements to those in `target`, columns x columns in C order, or puts
  /// them in their place.
  func add(rows: Int, _ panel: UnsafeRawPointer, to target: UnsafeMutableRawPointer, replacing: Bool) {
    #if BLAS
      multiply(blasint(rows), blasint(columns), panel, target, keeping: replacing ? 0 : 1)
    #else
      let left = conjugated(panel, rows * columns)
      let stripe = SymmetricProduct.stripe
      for first in stride(from: 0, to: columns, by: stripe) {
        let (height, width) = (min(stripe, columns - first), columns - first)
        let offset = first * dtype.itemSize
        MatrixKernel.multiply(
          dtype, rows: height, columns: width, depth: rows,
          MatrixView(left + offset, row: 1, column: columns),
          MatrixView(panel + offset, row: columns, column: 1),
          into: target + first * columns * dtype.itemSize + offset,
          leading: columns, accumulates: !replacing, scratch: scratch.bytes.baseAddress!)
      }
    #endif
  }

  #if BLAS
    static func scratchBytes(_ dtype: DType, columns: Int) -> Int { 0 }

    private func multiply(
      _ rows: blasint, _ columns: blasint, _ panel: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
      keeping: Double
    ) {
      let library = OpenBLAS.functions
      switch dtype {
      case .float32:
        library.pointee.cblas_ssyrk(
          CblasRowMajor, CblasUpper, CblasTrans, columns, rows, 1,
          panel.assumingMemoryBound(to: Float.self), columns, Float(keeping),
          target.assumingMemoryBound(to: Float.self), columns)
      case .float64:
        library.pointee.cblas_dsyrk(
          CblasRowMajor, CblasUpper, CblasTrans, columns, rows, 1,
          panel.assumingMemoryBound(to: Double.self), columns, keeping,
          target.assumingMemoryBound(to: Double.self), columns)
      case .complex64:
        library.pointee.cblas_cherk(
          CblasRowMajor, CblasUpper, CblasConjTrans, columns, rows, 1, panel, columns, Float(keeping), target,
          columns)
      default:
        library.pointee.cblas_zherk(
          CblasRowMajor, CblasUpper, CblasConjTrans, columns, rows, 1, panel, columns, keeping, target,
          columns)
      }
    }
  #else
    /// Rows of the triangle that are made at a time: what is made of them below the diagonal is not wanted.
    private static let stripe = 128

    /// The kernel's, and for complex numbers the conjugates of a panel.
    static func scratchBytes(_ dtype: DType, columns: Int) -> Int {
      kernelBytes(dtype).saturatingAdd(
        dtype.kind == .complex ? RowPanel.bytes(columns: columns, dtype: dtype) : 0)
    }

    private static func kernelBytes(_ dtype: DType) -> Int {
      (MatrixKernel.scratchBytes(dtype) + 63) / 64 * 64
    }

    private func conjugated(_ panel: UnsafeRawPointer, _ count: Int) -> UnsafeRawPointer {
      guard dtype.kind == .complex else { return panel }
      let target = scratch.bytes.baseAddress! + SymmetricProduct.kernelBytes(dtype)
      Elementwise.unary(.conjugate, dtype, count: count, panel, into: target)
      return UnsafeRawPointer(target)
    }
  #endif
}
