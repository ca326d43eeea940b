import TesseraCore
import Testing

@testable import TesseraKernels

/// Runs `body` on copies that are one byte off any alignment, and returns the result's `resultBytes`.
private func unaligned(
  _ operands: [[UInt8]], resultBytes: Int,
  _ body: ([UnsafeRawPointer], UnsafeMutableRawPointer) throws -> Void
) rethrows -> [UInt8] {
  let memory = operands.map { bytes in
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 65, alignment: 64)
    bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: copy[1...]).copyMemory(from: $0) }
    return copy
  }
  defer { for copy in memory { copy.deallocate() } }
  var result = [UInt8](repeating: 0xCC, count: resultBytes + 2)
  try result.withUnsafeMutableBytes { result in
    try body(memory.map { UnsafeRawPointer($0.baseAddress! + 1) }, result.baseAddress! + 1)
  }
  #expect(result.first == 0xCC && result.last == 0xCC, "wrote outside the result")
  return Array(result.dropFirst().dropLast())
}

/// `op` of all elements, in unaligned memory.
func elementwise(_ op: UnaryOperation, _ dtype: DType, _ x: [UInt8]) -> [UInt8] {
  let count = x.count / dtype.itemSize
  guard let result = try? op.signature(dtype).result else { return [] }
  return unaligned([x], resultBytes: count * result.itemSize) {
    Elementwise.unary(op, dtype, count: count, $0[0], into: $1)
  }
}

/// `op` of all elements, in unaligned memory; an operand of one element beside a longer one is a scalar.
func elementwise(_ op: BinaryOperation, _ dtype: DType, _ x: [UInt8], _ y: [UInt8]) throws -> [UInt8] {
  let count = max(x.count, y.count) / dtype.itemSize
  let result = try op.signature(dtype, dtype).result
  return try unaligned([x, y], resultBytes: count * result.itemSize) {
    try Elementwise.binary(
      op, dtype, count: count, $0[0], isScalar: x.count < y.count, $0[1], isScalar: y.count < x.count,
      into: $1)
  }
}

/// Elements of `x` where the mask is true, of `y` where it is not; operands of one element are scalars.
func select(_ itemSize: Int, _ mask: [UInt8], _ x: [UInt8], _ y: [UInt8]) -> [UInt8] {
  let count = max(mask.count, x.count / itemSize, y.count / itemSize)
  return unaligned([mask, x, y], resultBytes: count * itemSize) {
    Elementwise.select(
      itemSize: itemSize, count: count, mask: $0[0], isScalar: mask.count < count, $0[1],
      isScalar: x.count < count * itemSize, $0[2], isScalar: y.count < count * itemSize, into: $1)
  }
}
