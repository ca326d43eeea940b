import TesseraKernels

// Functions of one array, elementwise, with NumPy's names, dtypes and edge cases. Lazy: they are fused into the pass that
// needs them. They throw `.usage` for dtypes NumPy refuses.

// MARK: Rounding and magnitude

/// The magnitude: |x|, a float for complex numbers.
public func absolute(_ x: NDArray) throws -> NDArray { try .unary(.absolute, x) }
/// -1, 0 or 1; NaN of NaN; z / |z| of complex numbers.
public func sign(_ x: NDArray) throws -> NDArray { try .unary(.sign, x) }
/// The greatest integer not above.
public func floor(_ x: NDArray) throws -> NDArray { try .unary(.floor, x) }
/// The least integer not below.
public func ceil(_ x: NDArray) throws -> NDArray { try .unary(.ceil, x) }
/// The integer part, toward zero.
public func trunc(_ x: NDArray) throws -> NDArray { try .unary(.trunc, x) }
/// The nearest integer, ties to even.
public func rint(_ x: NDArray) throws -> NDArray { try .unary(.rint, x) }

// MARK: Powers, exponentials, logarithms

/// The square root; NaN below zero.
public func sqrt(_ x: NDArray) throws -> NDArray { try .unary(.sqrt, x) }
/// The cube root.
public func cbrt(_ x: NDArray) throws -> NDArray { try .unary(.cbrt, x) }
/// x * x.
public func square(_ x: NDArray) throws -> NDArray { try .unary(.square, x) }
/// 1 / x, in the dtype of x.
public func reciprocal(_ x: NDArray) throws -> NDArray { try .unary(.reciprocal, x) }
/// e to the power of x.
public func exp(_ x: NDArray) throws -> NDArray { try .unary(.exp, x) }
/// 2 to the power of x.
public func exp2(_ x: NDArray) throws -> NDArray { try .unary(.exp2, x) }
/// exp(x) - 1, precise near 0.
public func expm1(_ x: NDArray) throws -> NDArray { try .unary(.expm1, x) }
/// The natural logarithm.
public func log(_ x: NDArray) throws -> NDArray { try .unary(.log, x) }
/// The logarithm to base 2.
public func log2(_ x: NDArray) throws -> NDArray { try .unary(.log2, x) }
/// The logarithm to base 10.
public func log10(_ x: NDArray) throws -> NDArray { try .unary(.log10, x) }
/// log(1 + x), precise near 0.
public func log1p(_ x: NDArray) throws -> NDArray { try .unary(.log1p, x) }

// MARK: Trigonometric and hyperbolic

/// The sine, of radians.
public func sin(_ x: NDArray) throws -> NDArray { try .unary(.sin, x) }
/// The cosine, of radians.
public func cos(_ x: NDArray) throws -> NDArray { try .unary(.cos, x) }
/// The tangent, of radians.
public func tan(_ x: NDArray) throws -> NDArray { try .unary(.tan, x) }
/// The inverse sine, in radians.
public func arcsin(_ x: NDArray) throws -> NDArray { try .unary(.arcsin, x) }
/// The inverse cosine, in radians.
public func arccos(_ x: NDArray) throws -> NDArray { try .unary(.arccos, x) }
/// The inverse tangent, in radians.
public func arctan(_ x: NDArray) throws -> NDArray { try .unary(.arctan, x) }
/// The hyperbolic sine.
public func sinh(_ x: NDArray) throws -> NDArray { try .unary(.sinh, x) }
/// The hyperbolic cosine.
public func cosh(_ x: NDArray) throws -> NDArray { try .unary(.cosh, x) }
/// The hyperbolic tangent.
public func tanh(_ x: NDArray) throws -> NDArray { try .unary(.tanh, x) }
/// The inverse hyperbolic sine.
public func arcsinh(_ x: NDArray) throws -> NDArray { try .unary(.arcsinh, x) }
/// The inverse hyperbolic cosine.
public func arccosh(_ x: NDArray) throws -> NDArray { try .unary(.arccosh, x) }
/// The inverse hyperbolic tangent.
public func arctanh(_ x: NDArray) throws -> NDArray { try .unary(.arctanh, x) }
/// Radians as degrees.
public func degrees(_ x: NDArray) throws -> NDArray { try .unary(.degrees, x) }
/// Degrees as radians.
public func radians(_ x: NDArray) throws -> NDArray { try .unary(.radians, x) }

// MARK: Predicates and logic

/// Whether it is not a number.
public func isnan(_ x: NDArray) throws -> NDArray { try .unary(.isnan, x) }
/// Whether it is infinite.
public func isinf(_ x: NDArray) throws -> NDArray { try .unary(.isinf, x) }
/// Whether it is neither infinite nor NaN.
public func isfinite(_ x: NDArray) throws -> NDArray { try .unary(.isfinite, x) }
/// Whether the sign bit is set; true of -0.0.
public func signbit(_ x: NDArray) throws -> NDArray { try .unary(.signbit, x) }
/// Whether it is zero.
public func logicalNot(_ x: NDArray) throws -> NDArray { try .unary(.logicalNot, x) }
/// All bits flipped; the opposite of bools.
public func invert(_ x: NDArray) throws -> NDArray { try .unary(.invert, x) }

// MARK: Activations

/// 1 / (1 + exp(-x)), precise at both ends: SciPy's `expit`.
public func sigmoid(_ x: NDArray) throws -> NDArray { try .unary(.sigmoid, x) }
/// max(x, 0); NaN stays.
public func relu(_ x: NDArray) throws -> NDArray { try .unary(.relu, x) }
/// log(1 + exp(x)), precise at both ends.
public func softplus(_ x: NDArray) throws -> NDArray { try .unary(.softplus, x) }
/// The error function: SciPy's `erf`.
public func erf(_ x: NDArray) throws -> NDArray { try .unary(.erf, x) }

// MARK: Complex numbers

/// The complex conjugate.
public func conjugate(_ x: NDArray) throws -> NDArray { try .unary(.conjugate, x) }
/// The real part.
public func real(_ x: NDArray) throws -> NDArray { try .unary(.real, x) }
/// The imaginary part; 0 of real numbers.
public func imag(_ x: NDArray) throws -> NDArray { try .unary(.imaginary, x) }
/// The argument, in radians.
public func angle(_ x: NDArray) throws -> NDArray { try .unary(.angle, x) }
