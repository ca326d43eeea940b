import CTesseraKernels
package import TesseraCore

/// Operations over runs of elements.
package enum Elementwise {
  /// result may be the same memory as a (in place) when item sizes are equal. Memory need not be aligned.
  package static func unary(
    _ op: UnaryOperation, _ operand: DType, count: Int, _ a: UnsafeRawPointer,
    into result: UnsafeMutableRawPointer
  ) {
    preconditionFailure("not yet")
  }

  /// A scalar operand is one element that stands for all. result may be the memory of a or b (exactly the same
  /// start) when item sizes are equal. Throws .usage for what NumPy refuses at run time (integers to negative
  /// integer powers).
  package static func binary(
    _ op: BinaryOperation, _ operand: DType, count: Int, _ a: UnsafeRawPointer, isScalar aIsScalar: Bool,
    _ b: UnsafeRawPointer, isScalar bIsScalar: Bool, into result: UnsafeMutableRawPointer
  ) throws {
    preconditionFailure("not yet")
  }

  /// where(mask, a, b); mask one byte per element, any non-zero is true.
  package static func select(
    itemSize: Int, count: Int, mask: UnsafeRawPointer, isScalar maskIsScalar: Bool, _ a: UnsafeRawPointer,
    isScalar aIsScalar: Bool, _ b: UnsafeRawPointer, isScalar bIsScalar: Bool,
    into result: UnsafeMutableRawPointer
  ) {
    preconditionFailure("not yet")
  }
}
