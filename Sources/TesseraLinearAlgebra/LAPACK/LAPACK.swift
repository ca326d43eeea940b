import TesseraCore

/// What every call of LAPACK needs: its routines, sizes in its integers, workspaces, and what its `info` means.
enum LAPACK {
  /// What OpenBLAS keeps for each thread that calls it: what it packs tiles of these sizes into.
  static let bytesPerThread = 8 << 20

  /// - Throws: `.unsupported` in a build without OpenBLAS.
  static func routines(_ dtype: DType) throws -> LAPACKRoutines {
    try OpenBLAS.require()
    #if BLAS
      switch dtype {
      case .float32: return .float32
      case .float64: return .float64
      case .complex64: return .complex64
      case .complex128: return .complex128
      default: break
      }
    #endif
    preconditionFailure("\(dtype) is not a type of LAPACK")
  }

  /// A size as Fortran takes it, by address.
  ///
  /// - Throws: `.unsupported` for one beyond its 32 bits.
  static func integer(_ value: Int) throws -> [Int32] {
    guard let integer = Int32(exactly: value) else {
      throw TesseraError(
        .unsupported, "matrix is too large for LAPACK", expected: "sizes below \(Int32.max)", got: "\(value)")
    }
    return [integer]
  }

  /// A leading dimension, which is at least 1 even of nothing.
  static func leading(_ value: Int) throws -> [Int32] { try integer(max(1, value)) }

  /// - Throws: a programming error of ours as one of the library's: what is passed was checked.
  static func check(_ info: Int32, _ routine: String) throws {
    guard info >= 0 else {
      throw TesseraError(.unsupported, "\(routine) refuses its argument \(-info)")
    }
  }

  /// Asks for the size of the workspace, and calls with one.
  ///
  /// - Parameter call: the routine, with `work`, `lwork` and `info`; called twice.
  /// - Returns: its `info`, which is not negative.
  static func withWork<T: LAPACKScalar>(
    _ routine: String, of type: T.Type,
    _ call: (UnsafeMutableRawPointer, [Int32], inout Int32) throws -> Void
  ) throws -> Int32 {
    var info: Int32 = 0
    var size = T.zeroValue
    try withUnsafeMutablePointer(to: &size) { try call($0, [-1], &info) }
    try check(info, routine)
    let count = workCount(size)
    try Buffer.withTemporary(count.saturatingMultiply(MemoryLayout<T>.stride)) {
      try call($0.baseAddress!, integer(count), &info)
    }
    try check(info, routine)
    return info
  }

  /// The answer to a query, which is a number of the routine's type, and in float32 may be rounded down.
  static func workCount<T: LAPACKScalar>(_ answer: T) -> Int {
    let size = Double(answer.realPart)
    return max(1, Int(min(T.Real.self == Float.self ? size * (1 + 0x1p-22) : size, 1e15).rounded(.up)))
  }
}
