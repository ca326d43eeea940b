import TesseraCore

/// An element that can be had back from its sort key, and that lies between two others of its kind.
protocol OrderedElement: BitwiseCopyable {
  /// What `interpolated` and `mean` give: float64 for integers, as in NumPy.
  associatedtype Between: BitwiseCopyable
  init(orderedKey: UInt64)
  var double: Double { get }
  /// The element itself, as `interpolated` and `mean` give theirs.
  var answer: Between { get }
  /// NumPy's linear interpolation with its rounding, `weight` of the way from `low` to `high`.
  static func interpolated(_ low: Self, _ high: Self, _ weight: Double) -> Between
  /// Half the sum, rounded as `numpy.mean` of two elements is.
  static func mean(_ low: Self, _ high: Self) -> Between
  /// The answer where there is nothing to choose from.
  static var missing: Between { get }
}

extension OrderedElement where Self: FixedWidthInteger, Between == Double {
  init(orderedKey: UInt64) {
    let bits = Self(truncatingIfNeeded: orderedKey)
    self = Self.isSigned ? bits ^ Self.min : bits
  }

  var double: Double { Double(self) }
  var answer: Double { Double(self) }

  /// The difference wraps, as NumPy's does.
  static func interpolated(_ low: Self, _ high: Self, _ weight: Double) -> Double {
    let difference = Double(high &- low)
    return weight >= 0.5 ? Double(high) - difference * (1 - weight) : Double(low) + difference * weight
  }

  static func mean(_ low: Self, _ high: Self) -> Double { (Double(low) + Double(high)) / 2 }
  static var missing: Double { .nan }
}

extension Int8: OrderedElement {}
extension Int16: OrderedElement {}
extension Int32: OrderedElement {}
extension Int64: OrderedElement {}
extension UInt8: OrderedElement {}
extension UInt16: OrderedElement {}
extension UInt32: OrderedElement {}
extension UInt64: OrderedElement {}

/// The bits of a float whose sign bit is `sign`, from its key.
private func bits<Bits: FixedWidthInteger>(_ key: UInt64, sign: Bits) -> Bits {
  let key = Bits(truncatingIfNeeded: key)
  return key & sign != 0 ? key ^ sign : ~key
}

extension Double: OrderedElement {
  var double: Double { self }
  var answer: Double { self }

  init(orderedKey key: UInt64) {
    self = key == OrderedKeys.nan ? .nan : Double(bitPattern: bits(key, sign: 1 << 63))
  }

  static func interpolated(_ low: Double, _ high: Double, _ weight: Double) -> Double {
    let difference = high - low
    return weight >= 0.5 ? high - difference * (1 - weight) : low + difference * weight
  }

  static func mean(_ low: Double, _ high: Double) -> Double { (low + high) / 2 }
  static var missing: Double { .nan }
}

extension Float: OrderedElement {
  var double: Double { Double(self) }
  var answer: Float { self }

  init(orderedKey key: UInt64) {
    self = key == OrderedKeys.nan ? .nan : Float(bitPattern: bits(key, sign: 1 << 31))
  }

  static func interpolated(_ low: Float, _ high: Float, _ weight: Double) -> Float {
    let difference = high - low
    return weight >= 0.5 ? high - difference * Float(1 - weight) : low + difference * Float(weight)
  }

  static func mean(_ low: Float, _ high: Float) -> Float { (low + high) / 2 }
  static var missing: Float { .nan }
}

/// A float of 16 bits, whose every operation is one of float32 that is then rounded.
protocol ShortFloat: OrderedElement where Between == Self {
  init(rounding value: Float)
  init(bits: UInt16)
  var wide: Float { get }
}

extension ShortFloat {
  var double: Double { Double(wide) }
  var answer: Self { self }

  init(orderedKey key: UInt64) {
    self = key == OrderedKeys.nan ? Self(rounding: .nan) : Self(bits: TesseraKernels.bits(key, sign: 1 << 15))
  }

  static func interpolated(_ low: Self, _ high: Self, _ weight: Double) -> Self {
    let difference = Self(rounding: high.wide - low.wide)
    let near = Self(rounding: Float(weight >= 0.5 ? 1 - weight : weight))
    let step = Self(rounding: difference.wide * near.wide)
    return Self(rounding: weight >= 0.5 ? high.wide - step.wide : low.wide + step.wide)
  }

  static func mean(_ low: Self, _ high: Self) -> Self { Self(rounding: (low.wide + high.wide) / 2) }
  static var missing: Self { Self(rounding: .nan) }
}

extension Float16: ShortFloat {
  init(rounding value: Float) { self.init(value) }
  init(bits: UInt16) { self.init(bitPattern: bits) }
  var wide: Float { Float(self) }
}

extension BFloat16: ShortFloat {
  init(rounding value: Float) { self.init(value) }
  init(bits: UInt16) { self.init(bitPattern: bits) }
  var wide: Float { float }
}
