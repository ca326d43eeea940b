import TesseraCore

@testable import TesseraKernels

#if canImport(Glibc)
  import Glibc
#endif

#if arch(x86_64) || arch(i386)
  /// Holds every element of every dtype exactly, with eleven bits more than float64.
  typealias Wide = Float80
#else
  typealias Wide = Double
#endif

/// One element, exactly, in a form that all dtypes share.
struct WideValue: Equatable {
  var real: Wide = 0
  var imaginary: Wide = 0
  /// An integer's bits, extended to 64.
  var bits: UInt64 = 0

  var isNaN: Bool { real.isNaN || imaginary.isNaN }
  var isFinite: Bool { real.isFinite && imaginary.isFinite }
  var isTrue: Bool { real != 0 || imaginary != 0 }

  /// NumPy's order of complex numbers; neither is NaN.
  static func < (a: WideValue, b: WideValue) -> Bool {
    a.real < b.real || (a.real == b.real && a.imaginary < b.imaginary)
  }

  /// The element of a dtype at any address.
  init(_ dtype: DType, _ pointer: UnsafeRawPointer) {
    func integer<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) -> (Wide, UInt64) {
      let value = pointer.loadUnaligned(as: T.self)
      return (Wide(value), UInt64(truncatingIfNeeded: value))
    }
    func double(_ offset: Int = 0) -> Wide {
      Wide(pointer.loadUnaligned(fromByteOffset: offset, as: Double.self))
    }
    func float(_ offset: Int = 0) -> Wide {
      Wide(pointer.loadUnaligned(fromByteOffset: offset, as: Float.self))
    }
    switch dtype {
    case .bool:
      bits = pointer.loadUnaligned(as: UInt8.self) == 0 ? 0 : 1
      real = Wide(bits)
    case .int8: (real, bits) = integer(Int8.self)
    case .int16: (real, bits) = integer(Int16.self)
    case .int32: (real, bits) = integer(Int32.self)
    case .int64: (real, bits) = integer(Int64.self)
    case .uint8: (real, bits) = integer(UInt8.self)
    case .uint16: (real, bits) = integer(UInt16.self)
    case .uint32: (real, bits) = integer(UInt32.self)
    case .uint64: (real, bits) = integer(UInt64.self)
    case .float16, .bfloat16:
      var value: Double = 0
      Cast.convert(1, from: dtype, pointer, to: .float64, &value)
      real = Wide(value)
    case .float32: real = float()
    case .float64: real = double()
    case .complex64: (real, imaginary) = (float(), float(4))
    case .complex128: (real, imaginary) = (double(), double(8))
    }
  }

  init(real: Wide, imaginary: Wide = 0, bits: UInt64 = 0) {
    self.real = real
    self.imaginary = imaginary
    self.bits = bits
  }
}

/// What a reduction of some values is, reckoned one value after the other in wider arithmetic, and how far
/// a rounded result may be from it.
struct ReductionReference {
  var value: WideValue
  var tolerance: Wide = 0

  /// `values` are those that count, with their indices.
  static func reduce(
    _ operation: ReductionOperation, _ dtype: DType, _ field: ReductionField,
    _ values: [(index: Int, value: WideValue)]
  ) -> ReductionReference? {
    let items = values.map(\.value)
    switch (operation, field) {
    case (.moments, .count): return .exact(Wide(items.count))
    case (_, .count): return .exact(items.isEmpty ? 0 : 1)
    case (.sum, _): return sum(dtype, items)
    case (.product, _): return product(dtype, items)
    case (.moments, .mean): return mean(items)
    case (.moments, _): return m2(items)
    case (.logSumExp, .sum): return sumOfExponentials(items)
    case (.logSumExp, _): return logSumExp(items)
    case (.numbers, _): return .exact(Wide(items.count { !$0.isNaN }))
    case (.any, _): return .exact(items.contains(where: \.isTrue) ? 1 : 0)
    case (.all, _): return .exact(items.allSatisfy(\.isTrue) ? 1 : 0)
    case (.argMinimum, .index), (.argMaximum, .index):
      return .exact(Wide(extreme(operation, values)?.index ?? -1))
    default: return extreme(operation, values).map { ReductionReference(value: $0.value) }
    }
  }

  private static func exact(_ number: Wide) -> ReductionReference {
    ReductionReference(value: WideValue(real: number, bits: UInt64(bitPattern: Int64(number))))
  }

  private static let unit = Wide(Double.ulpOfOne / 2)

  /// float64 is compensated: half an ulp of the result, and the second order of what was added up. The
  /// shorter floats: one rounding a term at most.
  private static func sum(_ dtype: DType, _ items: [WideValue]) -> ReductionReference {
    var total = WideValue(real: 0)
    var size: Wide = 0
    for item in items {
      total.bits &+= item.bits
      total.real += item.real
      total.imaginary += item.imaginary
      size += item.real.magnitude + item.imaginary.magnitude
    }
    let isCompensated = dtype == .float64 || dtype == .complex128
    let result = total.real.magnitude + total.imaginary.magnitude
    // The reference itself rounds each term, in 64 bits.
    let own = Wide(items.count) * size * Wide.ulpOfOne
    let slack = isCompensated ? unit * result + own : Wide(items.count) * unit * size
    return ReductionReference(value: total, tolerance: slack * 1.001)
  }

  /// One rounding a factor, three for complex numbers.
  /// Nil where the parts may overflow on the way.
  private static func product(_ dtype: DType, _ items: [WideValue]) -> ReductionReference? {
    var total = WideValue(real: 1, bits: 1)
    var size: Wide = 1
    for item in items {
      total.bits &*= item.bits
      let real = total.real * item.real - total.imaginary * item.imaginary
      if dtype.kind == .complex {
        total.imaginary = total.real * item.imaginary + total.imaginary * item.real
        total.real = real
      } else {
        total.real *= item.real
      }
      size *= item.real.magnitude + item.imaginary.magnitude
    }
    if dtype.kind == .complex && size > 1e300 { return nil }
    return ReductionReference(value: total, tolerance: 4 * Wide(items.count + 1) * unit * size)
  }

  private static func mean(_ items: [WideValue]) -> ReductionReference {
    guard !items.isEmpty else { return .exact(0) }
    let count = Wide(items.count)
    let real = items.reduce(Wide(0)) { $0 + $1.real } / count
    let imaginary = items.reduce(Wide(0)) { $0 + $1.imaginary } / count
    let spread = items.reduce(Wide(0)) {
      max($0, ($1.real - real).magnitude, ($1.imaginary - imaginary).magnitude)
    }
    // Two ulps of the mean itself, and some roundings of what is merged into it.
    let size = 4 * (real.magnitude + imaginary.magnitude) + 16 * spread
    return ReductionReference(value: WideValue(real: real, imaginary: imaginary), tolerance: size * unit)
  }

  /// Of positive terms, one rounding each at most, and as many again in each of few merges.
  private static func m2(_ items: [WideValue]) -> ReductionReference {
    guard items.allSatisfy(\.isFinite) else { return ReductionReference(value: WideValue(real: .nan)) }
    let center = mean(items).value
    let squares = items.reduce(Wide(0)) {
      let real = $1.real - center.real
      let imaginary = $1.imaginary - center.imaginary
      return $0 + real * real + imaginary * imaginary
    }
    // Values of int64 and uint64 are themselves rounded to float64.
    let size = unit * items.reduce(Wide(0)) { max($0, $1.real.magnitude, $1.imaginary.magnitude) }
    let count = Wide(items.count)
    let slack =
      (32 + count) * unit * squares + count * size * size + 2 * (count * squares).squareRoot() * size
    return ReductionReference(value: WideValue(real: squares), tolerance: slack)
  }

  private static func logSumExp(_ items: [WideValue]) -> ReductionReference {
    if items.contains(where: \.isNaN) { return ReductionReference(value: WideValue(real: .nan)) }
    let most = items.map(\.real).max() ?? -.infinity
    guard most.isFinite else { return ReductionReference(value: WideValue(real: most)) }
    let sum = items.reduce(Wide(0)) { $0 + exp($1.real - most) }
    let result = most + log(sum)
    let slack = unit * (2 * result.magnitude + most.magnitude + Wide(8 + items.count))
    return ReductionReference(value: WideValue(real: result), tolerance: slack)
  }

  /// Of the values as float64, as which they are taken: of integers that are rounded the differences are others.
  private static func sumOfExponentials(_ items: [WideValue]) -> ReductionReference? {
    let values = items.map { Wide(Double($0.real)) }
    guard let most = values.max(), values.allSatisfy({ !$0.isNaN }), most.isFinite else { return nil }
    let sum = values.reduce(Wide(0)) { $0 + exp($1 - most) }
    return ReductionReference(value: WideValue(real: sum), tolerance: unit * sum * Wide(16 + 4 * items.count))
  }

  private static func extreme(
    _ operation: ReductionOperation, _ values: [(index: Int, value: WideValue)]
  ) -> (index: Int, value: WideValue)? {
    let isLeast = [.minimum, .fmin, .argMinimum].contains(operation)
    let skipsNaN = operation == .fmin || operation == .fmax
    let numbers = values.filter { !$0.value.isNaN }
    if numbers.count < values.count && !(skipsNaN && !numbers.isEmpty) {
      return values.first { $0.value.isNaN }
    }
    return numbers.dropFirst().reduce(numbers.first) { best, next in
      guard let best else { return next }
      return (isLeast ? next.value < best.value : best.value < next.value) ? next : best
    }
  }
}
