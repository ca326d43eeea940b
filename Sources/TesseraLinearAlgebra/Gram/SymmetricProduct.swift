import TesseraCore

#if BLAS
  import COpenBLAS
#endif

/// The upper triangle of Aᴴ A, of a panel of rows A in C order; for reals that is Aᵀ A.
enum SymmetricProduct {
  /// Adds the products of a panel's columns to those in `target`, or puts them in their place.
  ///
  /// - Parameters:
  ///   - dtype: float32, float64, complex64 or complex128.
  ///   - panel: rows x columns elements.
  ///   - target: columns x columns; below the diagonal it is left alone.
  static func add(
    _ dtype: DType, rows: Int, columns: Int, _ panel: UnsafeRawPointer, to target: UnsafeMutableRawPointer,
    replacing: Bool
  ) {
    #if BLAS
      multiply(dtype, blasint(rows), blasint(columns), panel, target, keeping: replacing ? 0 : 1)
    #else
      if replacing {
        target.initializeMemory(as: UInt8.self, repeating: 0, count: columns * columns * dtype.itemSize)
      }
      switch dtype {
      case .float32: addReals(rows, columns, panel, target, Float.self)
      case .float64: addReals(rows, columns, panel, target, Double.self)
      case .complex64: addComplex(rows, columns, panel, target, Float.self)
      default: addComplex(rows, columns, panel, target, Double.self)
      }
    #endif
  }

  #if BLAS
    private static func multiply(
      _ dtype: DType, _ rows: blasint, _ columns: blasint, _ panel: UnsafeRawPointer,
      _ target: UnsafeMutableRawPointer, keeping: Double
    ) {
      switch dtype {
      case .float32:
        cblas_ssyrk(
          CblasRowMajor, CblasUpper, CblasTrans, columns, rows, 1,
          panel.assumingMemoryBound(to: Float.self), columns, Float(keeping),
          target.assumingMemoryBound(to: Float.self), columns)
      case .float64:
        cblas_dsyrk(
          CblasRowMajor, CblasUpper, CblasTrans, columns, rows, 1,
          panel.assumingMemoryBound(to: Double.self), columns, keeping,
          target.assumingMemoryBound(to: Double.self), columns)
      case .complex64:
        cblas_cherk(
          CblasRowMajor, CblasUpper, CblasConjTrans, columns, rows, 1, panel, columns, Float(keeping), target,
          columns)
      default:
        cblas_zherk(
          CblasRowMajor, CblasUpper, CblasConjTrans, columns, rows, 1, panel, columns, keeping, target,
          columns)
      }
    }
  #else
    /// Four rows at a time, so that each product is loaded and stored once for them.
    private static func addReals<Real: BinaryFloatingPoint>(
      _ rows: Int, _ columns: Int, _ panel: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
      _ type: Real.Type
    ) {
      let panel = panel.assumingMemoryBound(to: Real.self)
      let target = target.assumingMemoryBound(to: Real.self)
      var row = 0
      while row + 4 <= rows {
        let (a, b, c, d) = (
          panel + row * columns, panel + (row + 1) * columns, panel + (row + 2) * columns,
          panel + (row + 3) * columns
        )
        for i in 0..<columns {
          let line = target + i * columns
          let (first, second, third, fourth) = (a[i], b[i], c[i], d[i])
          for j in i..<columns {
            line[j] += (first * a[j] + second * b[j]) + (third * c[j] + fourth * d[j])
          }
        }
        row += 4
      }
      for row in row..<rows {
        let a = panel + row * columns
        for i in 0..<columns {
          let line = target + i * columns
          for j in i..<columns { line[j] += a[i] * a[j] }
        }
      }
    }

    private static func addComplex<Real: BinaryFloatingPoint & BitwiseCopyable & Sendable>(
      _ rows: Int, _ columns: Int, _ panel: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
      _ type: Real.Type
    ) {
      let panel = panel.assumingMemoryBound(to: Complex<Real>.self)
      let target = target.assumingMemoryBound(to: Complex<Real>.self)
      for row in 0..<rows {
        let a = panel + row * columns
        for i in 0..<columns {
          let line = target + i * columns
          let own = a[i]
          for j in i..<columns {
            line[j].real += own.real * a[j].real + own.imaginary * a[j].imaginary
            line[j].imaginary += own.real * a[j].imaginary - own.imaginary * a[j].real
          }
        }
      }
    }
  #endif
}
