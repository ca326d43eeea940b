package import TesseraCore

/// A number that LAPACK computes with: `Float`, `Double` and their complex numbers.
///
/// The static functions are LAPACK's and BLAS's own, over column-major memory, without their workspaces. They run on the
/// calling thread alone, whatever the number of threads Tessera works with, so that results have the same bits for any.
/// They may be called from several threads at once. Without OpenBLAS in the build all of them throw `.unsupported`, as
/// `OpenBLAS.require()`.
package protocol LAPACKScalar: Element, Hashable {
  /// The type of magnitudes.
  associatedtype Real: LAPACKScalar, ComplexPart, BinaryFloatingPoint where Real.Real == Real

  static var isComplex: Bool { get }
  init(real: Real, imaginary: Real)
  var realPart: Real { get }
  var imaginaryPart: Real { get }
}

// None of the names is one that floating-point types have as well.
extension LAPACKScalar {
  package static var zeroValue: Self { Self(real: 0, imaginary: 0) }
  package static var oneValue: Self { Self(real: 1, imaginary: 0) }
  package var conjugate: Self { Self(real: realPart, imaginary: -imaginaryPart) }
  package var hasFiniteParts: Bool { realPart.isFinite && imaginaryPart.isFinite }

  /// The distance from zero, without overflow or underflow on the way.
  package var modulus: Real {
    let (a, b) = (realPart.magnitude, imaginaryPart.magnitude)
    let (least, most) = a < b ? (a, b) : (b, a)
    if least == 0 || !most.isFinite { return a.isInfinite || b.isInfinite ? .infinity : a + b }
    let ratio = least / most
    return most * (1 + ratio * ratio).squareRoot()
  }

  package func times(_ other: Self) -> Self {
    Self(
      real: realPart * other.realPart - imaginaryPart * other.imaginaryPart,
      imaginary: realPart * other.imaginaryPart + imaginaryPart * other.realPart)
  }

  package func scaled(by factor: Real) -> Self {
    Self(real: realPart * factor, imaginary: imaginaryPart * factor)
  }
}

extension Float: LAPACKScalar {
  package typealias Real = Float
  package static var isComplex: Bool { false }
  package init(real: Float, imaginary: Float) { self = real }
  package var realPart: Float { self }
  package var imaginaryPart: Float { 0 }
}

extension Double: LAPACKScalar {
  package typealias Real = Double
  package static var isComplex: Bool { false }
  package init(real: Double, imaginary: Double) { self = real }
  package var realPart: Double { self }
  package var imaginaryPart: Double { 0 }
}

extension Complex: LAPACKScalar where Real: LAPACKScalar, Real: ComplexPart, Real.Real == Real {
  package static var isComplex: Bool { true }
  package init(real: Real, imaginary: Real) { self.init(real, imaginary) }
  package var realPart: Real { real }
  package var imaginaryPart: Real { imaginary }
}
