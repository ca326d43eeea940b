import CTesseraKernels
package import TesseraCore

extension BinaryOperation {
  /// The operand dtypes with which this compares elements of `a` and `b` exactly, if no common dtype does:
  /// NumPy 2 compares signed integers with uint64 as the numbers they are.
  ///
  /// Operands are cast to these and go to `Elementwise.compare`. With the `float64` of `signature`, integers
  /// beyond 2^53 may compare as equal to their neighbours.
  package func mixedComparison(_ a: DType, _ b: DType) -> (DType, DType)? {
    guard isComparison else { return nil }
    if a.kind == .signed, b == .uint64 { return (.int64, .uint64) }
    if a == .uint64, b.kind == .signed { return (.uint64, .int64) }
    return nil
  }
}

extension Elementwise {
  /// A comparison of int64 with uint64 or of uint64 with int64, exactly; `result` takes bools, and shares no
  /// memory with the operands. A scalar operand is one element that stands for all.
  package static func compare(
    _ op: BinaryOperation, _ dtypes: (DType, DType), count: Int, _ a: UnsafeRawPointer,
    isScalar aIsScalar: Bool, _ b: UnsafeRawPointer, isScalar bIsScalar: Bool,
    into result: UnsafeMutableRawPointer
  ) {
    precondition(count >= 0 && op.isComparison)
    if dtypes == (.uint64, .int64) {
      return compare(
        op.mirrored, (.int64, .uint64), count: count, b, isScalar: bIsScalar, a, isScalar: aIsScalar,
        into: result)
    }
    precondition(dtypes == (.int64, .uint64))
    withPieces(2, itemSize: 8) { room in
      let repeated = min(count, pieceCount)
      if aIsScalar { tessera_fill(room(0), repeated, a, 8) }
      if bIsScalar { tessera_fill(room(1), repeated, b, 8) }
      pieces(count) { first, length in
        let left = aIsScalar ? UnsafeRawPointer(room(0)) : a + first * 8
        let right = bIsScalar ? UnsafeRawPointer(room(1)) : b + first * 8
        tessera_compare_mixed(op.rawValue, length, left, right, result + first)
      }
    }
  }
}

extension BinaryOperation {
  /// The comparison that holds for (b, a) where this one holds for (a, b).
  fileprivate var mirrored: BinaryOperation {
    switch self {
    case .less: .greater
    case .lessEqual: .greaterEqual
    case .greater: .less
    case .greaterEqual: .lessEqual
    default: self
    }
  }
}
