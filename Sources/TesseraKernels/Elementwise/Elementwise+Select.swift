import CTesseraKernels
import TesseraCore

extension Elementwise {
  /// Elements of `a` where `mask` is true, of `b` where it is not: NumPy's `where`.
  ///
  /// The mask has one byte per element, of which any other than zero is true. Scalar operands stand for all.
  /// `result` may be the memory of `a` or `b`, from exactly the same start.
  package static func select(
    itemSize: Int, count: Int, mask: UnsafeRawPointer, isScalar maskIsScalar: Bool, _ a: UnsafeRawPointer,
    isScalar aIsScalar: Bool, _ b: UnsafeRawPointer, isScalar bIsScalar: Bool,
    into result: UnsafeMutableRawPointer
  ) {
    precondition(count >= 0 && [1, 2, 4, 8, 16].contains(itemSize))
    if maskIsScalar {
      let isFirst = count > 0 && mask.load(as: UInt8.self) != 0
      let chosen = isFirst ? Operand(a, isScalar: aIsScalar) : Operand(b, isScalar: bIsScalar)
      return copy(chosen, itemSize: itemSize, count: count, into: result)
    }
    guard aIsScalar || bIsScalar else { return tessera_select(itemSize, count, mask, a, b, result) }
    withPieces(2, itemSize: itemSize) { room in
      let repeated = min(count, pieceCount)
      if aIsScalar { tessera_fill(room(0), repeated, a, itemSize) }
      if bIsScalar { tessera_fill(room(1), repeated, b, itemSize) }
      pieces(count) { first, length in
        let left = aIsScalar ? UnsafeRawPointer(room(0)) : a + first * itemSize
        let right = bIsScalar ? UnsafeRawPointer(room(1)) : b + first * itemSize
        tessera_select(itemSize, length, mask + first, left, right, result + first * itemSize)
      }
    }
  }

  private static func copy(
    _ operand: Operand, itemSize: Int, count: Int, into result: UnsafeMutableRawPointer
  ) {
    if operand.isScalar {
      // The element may stand in the result's own memory.
      withUnsafeTemporaryAllocation(byteCount: itemSize, alignment: 16) { element in
        guard count > 0 else { return }
        element.baseAddress!.copyMemory(from: operand.start, byteCount: itemSize)
        tessera_fill(result, count, element.baseAddress!, itemSize)
      }
    } else if UnsafeRawPointer(result) != operand.start {
      result.copyMemory(from: operand.start, byteCount: count * itemSize)
    }
  }
}
