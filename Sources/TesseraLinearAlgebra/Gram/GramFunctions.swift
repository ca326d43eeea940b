public import TesseraCore
public import TesseraEngine

/// The products of a matrix's columns with one another: xᵀ x, of complex numbers xᴴ x; shape (columns, columns).
///
/// Floats and complex numbers keep their dtype. Integers and bools give float64: sums of their products are exact up to
/// 2^53, and do not wrap. The products of float32 (float16 and bfloat16 are converted to it) are added up in float32
/// over some thousand rows, and then in float64.
///
/// - Parameter dtype: of the result. float64 (complex128 of complex numbers) also asks for products in that dtype.
/// - Throws: `.usage` unless x has two axes, and for a dtype that is no float or complex one, or real of complex numbers.
/// - Complexity: one pass over x, shared with whatever is evaluated together with it. Memory for columns x columns
///   elements per thread, and once in float64.
public func gram(_ x: NDArray, dtype: DType? = nil) throws -> NDArray {
  guard x.ndim == 2 else {
    throw TesseraError(.usage, "gram", expected: "an array of 2 dimensions", got: "shape \(x.shape)")
  }
  try requireFloating(dtype, beside: x.dtype)
  let source = try GramSource(x, isCentred: false, isWide: dtype?.isWide ?? false)
  return source.products.astype(dtype ?? x.dtype.meanDType)
}

/// The dtype asked for must be able to hold products of that dtype's elements.
func requireFloating(_ dtype: DType?, beside other: DType) throws {
  guard let dtype else { return }
  let fits = dtype.kind == .complex || dtype.kind == .floating && other.kind != .complex
  guard fits else {
    throw TesseraError(
      .usage, "dtype of products of \(other)",
      expected: other.kind == .complex ? "complex64 or complex128" : "a float dtype", got: dtype.name)
  }
}

extension DType {
  /// Whether its reals are float64.
  var isWide: Bool { realPart == .float64 }
}
