/// A product of many numbers, as one whose magnitude is near 1 and a power of two, so that it neither overflows nor
/// underflows on the way.
struct ScaledProduct<T: LAPACKScalar>: Sendable {
  /// Of a magnitude from 1 up to 2, unless it is 0, infinite or NaN.
  private(set) var fraction = T.oneValue
  private(set) var exponent = 0

  static var logarithmOfTwo: Double { 0.693147180559945309417232121458 }

  init() {}

  /// The determinant of what `getrf` gave: the diagonal of U, and the swaps.
  init(diagonal: some Sequence<T>, pivots: [Int32]) {
    for (index, pair) in zip(diagonal, pivots).enumerated() {
      multiply(pair.0)
      if Int(pair.1) != index + 1 { negate() }
    }
  }

  /// The product of a factor that is zero.
  static var zero: ScaledProduct {
    var product = ScaledProduct()
    product.fraction = .zeroValue
    return product
  }

  mutating func multiply(_ factor: T) {
    let (part, power) = ScaledProduct.normalized(factor)
    let (product, more) = ScaledProduct.normalized(fraction.times(part))
    fraction = product
    exponent += power + more
  }

  mutating func negate() { fraction = fraction.scaled(by: -1) }

  /// The product; infinite or zero where the type has no such number.
  var value: T { ScaledProduct.scale(fraction, min(max(exponent, -4000), 4000)) }

  /// The product over its magnitude; 0 of 0.
  var sign: T {
    let modulus = fraction.modulus
    return modulus == 0 ? .zeroValue : fraction.scaled(by: 1 / modulus)
  }

  private static func normalized(_ number: T) -> (fraction: T, exponent: Int) {
    let modulus = number.modulus
    guard modulus.isFinite, modulus > 0 else { return (number, 0) }
    let exponent = Int(modulus.exponent)
    return (scale(number, -exponent), exponent)
  }

  /// In steps, as a power of two may be beyond the type where the product is not.
  private static func scale(_ number: T, _ exponent: Int) -> T {
    var (number, rest) = (number, exponent)
    while rest != 0 {
      let step = min(max(rest, -100), 100)
      let power = T.Real(sign: .plus, exponent: T.Real.Exponent(step), significand: 1)
      number = number.scaled(by: power)
      rest -= step
    }
    return number
  }
}
