import TesseraCore
import TesseraEngine

/// The products of a matrix's columns with one another, from one sweep over its rows.
struct Gram: Barrier {
  enum Field: String {
    /// Aᴴ A, of shape (columns, columns).
    case products
    /// Its diagonal, in float64.
    case diagonal
    /// The columns' means, where products are centred.
    case means
    /// Whether all rows are the same, where products are centred and rows have no weights; false of NaN and infinities.
    case isConstant
  }

  let form: GramForm
  let what: Field
  /// The matrix in the form's dtype, and possibly a column of float64 weights, broadcast to its shape.
  let operands: [Node]

  var iterationShape: Shape { operands[0].shape }
  var key: String { "gram \(form)" }
  var field: String { what.rawValue }

  func makeSink(memory: Int, threads: Int) throws -> any BarrierSink { try GramSink(form) }
}

/// A matrix, of which products, means and sums of squares come from one pass.
struct GramSource {
  private let form: GramForm
  private let operands: [Node]

  /// - Parameters:
  ///   - x: of two axes: rows, and the columns that are multiplied with one another.
  ///   - weights: one for each row, or none.
  ///   - isWide: whether float32 and complex64 are multiplied in float64 and complex128.
  init(_ x: NDArray, isCentred: Bool, weights: NDArray? = nil, isWide: Bool) throws {
    let dtype = GramSource.working(x.dtype, isWide: isWide || weights != nil)
    form = GramForm(
      columns: x.shape[1], dtype: dtype, isCentred: isCentred, isWeighted: weights != nil)
    let column = try weights.map {
      try $0.astype(.float64).expandDims(axis: 1).broadcast(to: x.shape.dimensions).node
    }
    operands = [x.astype(dtype).node] + (column.map { [$0] } ?? [])
  }

  /// The dtype that elements are multiplied in.
  private static func working(_ dtype: DType, isWide: Bool) -> DType {
    switch dtype {
    case .complex64: isWide ? .complex128 : .complex64
    case .complex128: .complex128
    case .float16, .bfloat16, .float32: isWide ? .float64 : .float32
    default: .float64
    }
  }

  /// In float64 or complex128; Hermitian.
  var products: NDArray { array(.products, [form.columns, form.columns], form.totalDType) }
  /// Real.
  var diagonal: NDArray { array(.diagonal, [form.columns], .float64) }
  var means: NDArray { array(.means, [form.columns], form.totalDType) }
  /// A bool.
  var isConstant: NDArray { array(.isConstant, [], .bool) }

  private func array(_ field: Gram.Field, _ dimensions: [Int], _ dtype: DType) -> NDArray {
    NDArray(
      .barrier(Gram(form: form, what: field, operands: operands)), shape: Shape(known: dimensions),
      dtype: dtype)
  }
}
