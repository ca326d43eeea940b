package import TesseraCore

/// A function of one element, with the meaning of the NumPy function of that name.
///
/// `sigmoid` is SciPy's `expit`, `erf` its `erf`; `relu(x)` is `maximum(x, 0)` and `softplus(x)` is
/// `logaddexp(0, x)`. The raw values are those of the kernels' own list.
package enum UnaryOperation: UInt8, CaseIterable, Sendable, Hashable {
  case negative, positive, absolute, sign, sqrt, cbrt, square, reciprocal
  case exp, exp2, expm1, log, log2, log10, log1p
  case sin, cos, tan, arcsin, arccos, arctan, sinh, cosh, tanh, arcsinh, arccosh, arctanh
  case floor, ceil, trunc, rint
  case isnan, isinf, isfinite, signbit
  case logicalNot, invert
  case sigmoid, relu, softplus, erf
  case conjugate, real, imaginary, angle
  case degrees, radians

  /// NumPy's name.
  package var name: String {
    switch self {
    case .logicalNot: "logical_not"
    case .imaginary: "imag"
    default: String(describing: self)
    }
  }
}

extension UnaryOperation {
  /// The dtype to compute in and the dtype of the result, for elements of dtype `a`.
  ///
  /// Throws `.usage` where NumPy raises `TypeError`.
  package func signature(_ a: DType) throws -> OperationSignature {
    guard let signature = supported(a) else {
      throw TesseraError(.usage, "ufunc '\(name)' not supported for \(a)")
    }
    return signature
  }

  private func supported(_ a: DType) -> OperationSignature? {
    switch self {
    case .negative, .positive, .sign:
      a == .bool ? nil : .same(a)
    case .absolute:
      OperationSignature(operand: a, result: a.realPart)
    case .real, .imaginary:
      OperationSignature(operand: a, result: a.realPart)
    case .square, .reciprocal, .conjugate:
      .same(a == .bool ? .int8 : a)
    case .floor, .ceil, .trunc:
      a.kind == .complex ? nil : .same(a)
    case .relu:
      a.kind == .complex ? nil : .same(a == .bool ? .int64 : a)
    case .invert:
      a.kind == .floating || a.kind == .complex ? nil : .same(a)
    case .isnan, .isinf, .isfinite, .logicalNot:
      OperationSignature(operand: a, result: .bool)
    case .signbit:
      a.kind == .complex ? nil : OperationSignature(operand: a.leastFloat, result: .bool)
    case .angle:
      angleSignature(a)
    case .cbrt, .degrees, .radians, .sigmoid, .softplus, .erf:
      a.kind == .complex ? nil : .same(a.leastFloat)
    case .sqrt, .exp, .exp2, .expm1, .log, .log2, .log10, .log1p, .sin, .cos, .tan, .arcsin, .arccos, .arctan,
      .sinh, .cosh, .tanh, .arcsinh, .arccosh, .arctanh, .rint:
      .same(a.leastFloat)
    }
  }

  /// NumPy computes `arctan2(imag, real)` and takes the integer 0 for the imaginary part of real arrays,
  /// which makes integers of bools first.
  private func angleSignature(_ a: DType) -> OperationSignature {
    if a == .bool { return .same(.float64) }
    return OperationSignature(operand: a.leastFloat, result: a.leastFloat.realPart)
  }
}
