import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension Linalg {
  /// A triangle of a matrix.
  public enum Triangle: Sendable {
    case lower, upper
  }

  /// The eigenvalues of Hermitian matrices, ascending and real, and orthonormal eigenvectors in the columns.
  ///
  /// Only the one triangle is read; that A is Hermitian is not checked. Signs of vectors are LAPACK's.
  ///
  /// - Throws: `.unsolvable` "Eigenvalues did not converge", which is said of infinities and NaNs too (where NumPy may
  ///   return numbers that mean nothing).
  /// - Complexity: about 9 n³ operations; memory for the matrices and twice that per thread.
  public static func eigh(
    _ a: NDArray, uplo: Triangle = .lower, options: TransferOptions = .init()
  ) throws -> (eigenvalues: NDArray, eigenvectors: NDArray) {
    let types = try LinalgTypes(a)
    func solve<T: LAPACKScalar>(_: T.Type) throws -> (eigenvalues: NDArray, eigenvectors: NDArray) {
      let (w, v) = try eigenSystem(a, upper: uplo == .upper, vectors: true, types, options, T.self)
      let lead = Array(a.shape.dimensions.dropLast(2))
      return (try w.vectors(lead, as: types.real), try v.array(lead, as: types.result))
    }
    return try types.isComplex ? solve(Complex<Double>.self) : solve(Double.self)
  }

  /// The eigenvalues alone. Otherwise as `eigh`.
  public static func eigvalsh(
    _ a: NDArray, uplo: Triangle = .lower, options: TransferOptions = .init()
  ) throws -> NDArray {
    let types = try LinalgTypes(a)
    func solve<T: LAPACKScalar>(_: T.Type) throws -> NDArray {
      try eigenSystem(a, upper: uplo == .upper, vectors: false, types, options, T.self).values.vectors(
        Array(a.shape.dimensions.dropLast(2)), as: types.real)
    }
    return try types.isComplex ? solve(Complex<Double>.self) : solve(Double.self)
  }

  /// - Parameter extra: bytes that the caller takes beside values and vectors.
  static func eigenSystem<T: LAPACKScalar>(
    _ a: NDArray, upper: Bool, vectors: Bool, _ types: LinalgTypes, _ options: TransferOptions,
    extra: Int = 0, _: T.Type
  ) throws -> (values: DenseMatrix<T.Real>, vectors: DenseMatrix<T>) {
    let shape = try StackShape(square: a)
    let n = shape.rows
    let work = T.syevdBytes(vectors: vectors, n).saturatingMultiply(MatrixWork.threads(shape.count, options))
    let held = work.saturatingAdd(shape.bytes(types, n)).saturatingAdd(extra)
      .saturatingAdd(types.conversionBytes([vectors ? shape.elements(n, n) : 0]))
    let matrices = try DenseMatrix<T>.load(a, held: held, options: options)
    let values = try DenseMatrix<T.Real>(rows: n, columns: 1, count: shape.count)
    try MatrixWork.forEach(shape.count, options) { index in
      let converged = try T.syevd(
        vectors: vectors, upper: upper, n, matrices.pointer(index), n, w: values.pointer(index))
      guard converged else { throw MatrixWork.unsolvable("Eigenvalues did not converge") }
    }
    return (values, matrices)
  }

  /// The eigenvalues of square matrices, in no order, and right eigenvectors of length 1 in the columns.
  ///
  /// When all eigenvalues of real matrices are real, so are the results; otherwise both are complex.
  ///
  /// - Throws: `.unsolvable` "Eigenvalues did not converge", and "Array must not contain infs or NaNs".
  /// - Complexity: about 26 n³ operations; memory for the matrices, the vectors twice as complex numbers.
  public static func eig(
    _ a: NDArray, options: TransferOptions = .init()
  ) throws -> (eigenvalues: NDArray, eigenvectors: NDArray) {
    let types = try LinalgTypes(a)
    let (w, v) =
      try types.isComplex
      ? general(a, vectors: true, types, options, Complex<Double>.self)
      : general(a, vectors: true, types, options, Double.self)
    let dtype = spectrumDType(w, types)
    let lead = Array(a.shape.dimensions.dropLast(2))
    return (try w.vectors(lead, as: dtype), try v!.array(lead, as: dtype))
  }

  /// The eigenvalues alone. Otherwise as `eig`.
  public static func eigvals(_ a: NDArray, options: TransferOptions = .init()) throws -> NDArray {
    let types = try LinalgTypes(a)
    let w =
      try types.isComplex
      ? general(a, vectors: false, types, options, Complex<Double>.self).values
      : general(a, vectors: false, types, options, Double.self).values
    return try w.vectors(Array(a.shape.dimensions.dropLast(2)), as: spectrumDType(w, types))
  }

  private typealias General = (values: DenseMatrix<Complex<Double>>, vectors: DenseMatrix<Complex<Double>>?)

  private static func general<T: LAPACKScalar>(
    _ a: NDArray, vectors: Bool, _ types: LinalgTypes, _ options: TransferOptions, _: T.Type
  ) throws -> General where T.Real == Double {
    let shape = try StackShape(square: a)
    let n = shape.rows
    // Vectors as LAPACK gives them, and a Hessenberg matrix's blocks.
    let work = [n, (vectors ? n : 0) + 80, MemoryLayout<T>.stride].saturatingProduct(
      MatrixWork.threads(shape.count, options))
    let results = shape.elements(n, vectors ? n + 1 : 1).saturatingMultiply(16)
    let matrices = try DenseMatrix<T>.load(
      a, held: work.saturatingAdd(results.saturatingMultiply(2)), options: options)
    guard T.areFinite(matrices.elements.count, 1, matrices.pointer(), matrices.elements.count) else {
      throw MatrixWork.unsolvable("Array must not contain infs or NaNs")
    }
    let w = try DenseMatrix<Complex<Double>>(rows: n, columns: 1, count: shape.count)
    let v = vectors ? try DenseMatrix<Complex<Double>>(rows: n, columns: n, count: shape.count) : nil
    try MatrixWork.forEach(shape.count, options) { index in
      let converged = try T.geev(
        n, matrices.pointer(index), n, w: w.pointer(index), vectors: v?.pointer(index))
      guard converged else { throw MatrixWork.unsolvable("Eigenvalues did not converge") }
    }
    return (w, v)
  }

  private static func spectrumDType(_ w: DenseMatrix<Complex<Double>>, _ types: LinalgTypes) -> DType {
    !types.isComplex && w.elements.allSatisfy { $0.imaginary == 0 } ? types.real : types.complex
  }
}
