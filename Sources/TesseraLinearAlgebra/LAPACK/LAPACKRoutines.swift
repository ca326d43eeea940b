/// The routines of LAPACK and BLAS for one type of number, with one form for all four types.
///
/// Arguments are Fortran's, by address, in the order of LAPACK's documentation (https://netlib.org/lapack/explore-html).
/// Where real and complex routines differ, the form is the complex one, and real numbers leave out what they do not have:
/// `realWork`. `geev` has `wi`, which complex numbers leave out.
struct LAPACKRoutines: Sendable {
  typealias Integer = UnsafePointer<Int32>?
  typealias Letter = UnsafePointer<CChar>?
  typealias Input = UnsafeRawPointer?
  typealias Memory = UnsafeMutableRawPointer?
  typealias Integers = UnsafeMutablePointer<Int32>?

  /// m n a lda tau work lwork info
  let geqrf: @Sendable (Integer, Integer, Memory, Integer, Memory, Memory, Integer, Integers) -> Void
  /// `orgqr` or `ungqr`: m n k a lda tau work lwork info
  let orgqr: @Sendable (Integer, Integer, Integer, Memory, Integer, Input, Memory, Integer, Integers) -> Void
  /// `ormqr` or `unmqr`: side trans m n k a lda tau c ldc work lwork info
  let ormqr:
    @Sendable (
      Letter, Letter, Integer, Integer, Integer, Input, Integer, Input, Memory, Integer, Memory, Integer,
      Integers
    ) -> Void
  /// jobz m n a lda s u ldu vt ldvt work lwork rwork iwork info
  let gesdd:
    @Sendable (
      Letter, Integer, Integer, Memory, Integer, Memory, Memory, Integer, Memory, Integer, Memory, Integer,
      Memory, Integers, Integers
    ) -> Void
  /// jobu jobvt m n a lda s u ldu vt ldvt work lwork rwork info
  let gesvd:
    @Sendable (
      Letter, Letter, Integer, Integer, Memory, Integer, Memory, Memory, Integer, Memory, Integer, Memory,
      Integer, Memory, Integers
    ) -> Void
  /// `syevd` or `heevd`: jobz uplo n a lda w work lwork rwork lrwork iwork liwork info
  let syevd:
    @Sendable (
      Letter, Letter, Integer, Memory, Integer, Memory, Memory, Integer, Memory, Integer, Integers, Integer,
      Integers
    ) -> Void
  /// jobvl jobvr n a lda w(r) wi vl ldvl vr ldvr work lwork rwork info
  let geev:
    @Sendable (
      Letter, Letter, Integer, Memory, Integer, Memory, Memory, Memory, Integer, Memory, Integer, Memory,
      Integer, Memory, Integers
    ) -> Void
  /// uplo n a lda info
  let potrf: @Sendable (Letter, Integer, Memory, Integer, Integers) -> Void
  /// uplo n nrhs a lda b ldb info
  let potrs: @Sendable (Letter, Integer, Integer, Input, Integer, Memory, Integer, Integers) -> Void
  /// m n a lda ipiv info
  let getrf: @Sendable (Integer, Integer, Memory, Integer, Integers, Integers) -> Void
  /// trans n nrhs a lda ipiv b ldb info
  let getrs: @Sendable (Letter, Integer, Integer, Input, Integer, Integer, Memory, Integer, Integers) -> Void
  /// n a lda ipiv work lwork info
  let getri: @Sendable (Integer, Memory, Integer, Integer, Memory, Integer, Integers) -> Void
  /// uplo trans diag n nrhs a lda b ldb info
  let trtrs:
    @Sendable (
      Letter, Letter, Letter, Integer, Integer, Input, Integer, Memory, Integer, Integers
    ) -> Void
  /// n a lda k1 k2 ipiv incx
  let laswp: @Sendable (Integer, Memory, Integer, Integer, Integer, Integer, Integer) -> Void
  /// m n nrhs a lda b ldb s rcond rank work lwork rwork iwork info
  let gelsd:
    @Sendable (
      Integer, Integer, Integer, Memory, Integer, Memory, Integer, Memory, Input, Integers, Memory, Integer,
      Memory, Integers, Integers
    ) -> Void
  /// transa transb m n k alpha a lda b ldb beta c ldc
  let gemm:
    @Sendable (
      Letter, Letter, Integer, Integer, Integer, Input, Input, Integer, Input, Integer, Input, Memory, Integer
    ) -> Void
  /// `syrk` or `herk`, whose factors are real: uplo trans n k alpha a lda beta c ldc
  let syrk:
    @Sendable (Letter, Letter, Integer, Integer, Input, Input, Integer, Input, Memory, Integer) -> Void
  /// side uplo transa diag m n alpha a lda b ldb
  let trsm:
    @Sendable (
      Letter, Letter, Letter, Letter, Integer, Integer, Input, Input, Integer, Memory, Integer
    ) -> Void
}
