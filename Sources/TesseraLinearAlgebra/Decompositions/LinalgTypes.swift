import TesseraCore
import TesseraEngine

/// The dtypes of a piece of linear algebra: what it is computed in, and what is returned.
struct LinalgTypes {
  /// Whether it is computed in complex128; otherwise in float64.
  let isComplex: Bool
  /// What matrices and vectors of the result have.
  let result: DType

  /// - Throws: `.unsupported` for 16-bit floats, in NumPy's words, and without OpenBLAS.
  init(_ arrays: NDArray...) throws {
    try OpenBLAS.require()
    var isDouble = false
    for dtype in arrays.map(\.dtype) {
      if dtype == .float16 || dtype == .bfloat16 {
        throw TesseraError(.unsupported, "array type \(dtype) is unsupported in linalg")
      }
      if dtype != .float32, dtype != .complex64 { isDouble = true }
    }
    isComplex = arrays.contains { $0.dtype.kind == .complex }
    result = isComplex ? (isDouble ? .complex128 : .complex64) : (isDouble ? .float64 : .float32)
  }

  /// What magnitudes, singular values and eigenvalues of Hermitian matrices have.
  var real: DType { result.realPart }
  /// The same for eigenvalues that are not real.
  var complex: DType { real == .float64 ? .complex128 : .complex64 }

  /// The bytes of converting so many results to their dtype.
  func conversionBytes(_ results: [Int]) -> Int {
    real == .float64 ? 0 : results.reduce(0) { $0.saturatingAdd($1) }.saturatingMultiply(result.itemSize)
  }
}

/// The shape of an array seen as a stack of matrices.
struct StackShape {
  /// The axes before those of the matrices.
  let lead: [Int]
  let rows: Int
  let columns: Int

  /// - Throws: `.usage` for fewer than two axes, as NumPy.
  init(_ array: NDArray) throws {
    let lengths = array.shape.dimensions
    guard lengths.count >= 2 else {
      throw TesseraError(
        .usage, "\(lengths.count)-dimensional array given. Array must be at least two-dimensional")
    }
    lead = Array(lengths.dropLast(2))
    rows = lengths[lengths.count - 2]
    columns = lengths[lengths.count - 1]
  }

  /// - Throws: `.usage` also for matrices that are not square.
  init(square array: NDArray) throws {
    try self.init(array)
    guard rows == columns else {
      throw TesseraError(
        .usage, "Last 2 dimensions of the array must be square", got: "\(array.shape)")
    }
  }

  var count: Int { lead.reduce(1, *) }
  var least: Int { min(rows, columns) }

  /// Elements of so many numbers per matrix, or the largest `Int`.
  func elements(_ perMatrix: Int...) -> Int { perMatrix.saturatingProduct(count) }
  /// Bytes of float64 or complex128 ones.
  func bytes(_ types: LinalgTypes, _ perMatrix: Int...) -> Int {
    perMatrix.saturatingProduct(count).saturatingMultiply(types.isComplex ? 16 : 8)
  }
}
