public import TesseraCore
import TesseraKernels

/// A Swift number that can stand beside an array in an expression.
///
/// `Bool`, `Int`, `Double` and `Complex<Double>` are like Python's scalars: they take the array's dtype where it can hold
/// their kind. Numbers of other types bring their dtype, as NumPy's scalars do.
public protocol ArrayScalar: Sendable {
  /// The number as an operand.
  var scalar: ScalarOperand { get }
}

/// A number, and the dtype it insists on, if any.
public struct ScalarOperand: Sendable {
  /// nil for one that brings its dtype.
  package let weak: WeakScalar?
  /// The dtype of `bytes`.
  package let dtype: DType
  package let bytes: [UInt8]

  package init<T: Element>(_ value: T, weak: WeakScalar? = nil) {
    self.weak = weak
    dtype = T.dtype
    bytes = withUnsafeBytes(of: value) { Array($0) }
  }

  /// The dtype of an array made of it alone.
  package var defaultDType: DType { dtype }

  /// The dtype it has beside an array.
  package func dtype(beside other: DType) -> DType { weak.map { other.promoted(with: $0) } ?? dtype }

  /// A constant of that dtype.
  ///
  /// - Throws: `.usage` for an integer that it cannot hold.
  package func constant(_ target: DType) throws -> Node {
    if weak == .integer, !fits(target) {
      throw TesseraError(.usage, "integer \(integer) is out of bounds for \(target)")
    }
    return Node(.constant(converted(to: target)), shape: Shape(known: []), dtype: target)
  }

  /// An element of that dtype, whatever dtype the number brings: what NumPy makes of `initial`, and of what it assigns. Of an
  /// integer dtype it loses its fraction.
  ///
  /// - Throws: `.usage` for an integer dtype that cannot hold it, and a complex number that is to be a real one.
  package func element(of target: DType) throws -> Node {
    let isHeld =
      switch target.kind {
      case .bool, .complex: true
      case .floating: dtype.kind != .complex
      case .signed, .unsigned: dtype.kind != .complex && whole.map { target.integers.contains($0) } == true
      }
    guard isHeld else {
      throw TesseraError(.usage, "value", expected: "a number that \(target) holds")
    }
    return Node(.constant(converted(to: target)), shape: Shape(known: []), dtype: target)
  }

  private func converted(to target: DType) -> [UInt8] {
    var converted = [UInt8](repeating: 0, count: target.itemSize)
    bytes.withUnsafeBytes { source in
      converted.withUnsafeMutableBytes {
        Cast.convert(1, from: dtype, source.baseAddress!, to: target, $0.baseAddress!)
      }
    }
    return converted
  }

  /// A real number without its fraction; nil for NaN and what is too large for any integer dtype.
  private var whole: Int128? {
    switch dtype.kind {
    case .signed: Int128(number(as: Int64.self))
    case .bool, .unsigned: Int128(number(as: UInt64.self))
    case .floating, .complex: Int128(exactly: number(as: Double.self).rounded(.towardZero))
    }
  }

  private func number<T: Element>(as type: T.Type) -> T {
    converted(to: T.dtype).withUnsafeBytes { $0.loadUnaligned(as: T.self) }
  }

  /// Whether it is an integer literal below, or above, all that the dtype has.
  package func isBeyond(_ target: DType, below: Bool) -> Bool {
    weak == .integer && !fits(target) && (integer < 0) == below
  }

  private var integer: Int { bytes.withUnsafeBytes { $0.loadUnaligned(as: Int.self) } }

  /// Whether an integer is one that the dtype has.
  package func fits(_ target: DType) -> Bool {
    guard weak == .integer else { return true }
    let value = integer
    switch target.kind {
    case .signed: return target.itemSize == 8 || value >> (8 * target.itemSize - 1) == (value < 0 ? -1 : 0)
    case .unsigned: return value >= 0 && (target.itemSize == 8 || value >> (8 * target.itemSize) == 0)
    case .bool, .floating, .complex: return true
    }
  }
}

extension DType {
  /// What an integer dtype holds.
  fileprivate var integers: Range<Int128> {
    let half = Int128(1) << (8 * itemSize - 1)
    return kind == .signed ? -half..<half : 0..<2 * half
  }
}

extension Bool: ArrayScalar { public var scalar: ScalarOperand { .init(self, weak: .bool) } }
extension Int: ArrayScalar { public var scalar: ScalarOperand { .init(self, weak: .integer) } }
extension Double: ArrayScalar { public var scalar: ScalarOperand { .init(self, weak: .floating) } }
extension Complex: ArrayScalar where Real: ComplexPart {
  public var scalar: ScalarOperand { .init(self, weak: Real.dtype == .float64 ? .complex : nil) }
}
extension Float: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
extension BFloat16: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
extension Int8: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
extension Int16: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
extension Int32: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
extension Int64: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
extension UInt: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
extension UInt8: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
extension UInt16: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
extension UInt32: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
extension UInt64: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
#if !(os(macOS) && arch(x86_64))
  extension Float16: ArrayScalar { public var scalar: ScalarOperand { .init(self) } }
#endif
