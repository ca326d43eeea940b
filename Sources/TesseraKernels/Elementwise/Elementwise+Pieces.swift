import CTesseraKernels
import TesseraCore

extension Elementwise {
  /// Elements taken at a time where an operand is spread or widened: the copies stay in the L1 cache.
  static let pieceCount = 1024

  /// One operand: a run of elements, or one that stands for all.
  struct Operand {
    let start: UnsafeRawPointer
    let isScalar: Bool

    init(_ start: UnsafeRawPointer, isScalar: Bool) {
      self.start = start
      self.isScalar = isScalar
    }
  }

  /// Calls `body` with offset and length of each piece of `count` elements.
  static func pieces(_ count: Int, _ body: (_ first: Int, _ length: Int) -> Void) {
    var first = 0
    while first < count {
      let length = min(pieceCount, count - first)
      body(first, length)
      first += length
    }
  }

  /// Calls `body` with room for `rooms` pieces of elements of `itemSize` bytes, one behind another.
  static func withPieces(
    _ rooms: Int, itemSize: Int, _ body: (_ room: (Int) -> UnsafeMutableRawPointer) -> Void
  ) {
    let bytes = pieceCount * itemSize
    withUnsafeTemporaryAllocation(byteCount: rooms * bytes, alignment: 64) { memory in
      let start = memory.baseAddress!
      body { start + $0 * bytes }
    }
  }

  /// Operands of which at least one is a scalar: it is repeated in a piece that the kernel meets time and
  /// again.
  static func binarySpread(
    _ op: BinaryOperation, _ dtype: DType, count: Int, _ a: Operand, _ b: Operand,
    into result: UnsafeMutableRawPointer
  ) {
    let size = dtype.itemSize
    let resultSize = op.yieldsBool ? 1 : size
    withPieces(2, itemSize: size) { room in
      let repeated = min(count, pieceCount)
      if a.isScalar { tessera_fill(room(0), repeated, a.start, size) }
      if b.isScalar { tessera_fill(room(1), repeated, b.start, size) }
      pieces(count) { first, length in
        let left = a.isScalar ? UnsafeRawPointer(room(0)) : a.start + first * size
        let right = b.isScalar ? UnsafeRawPointer(room(1)) : b.start + first * size
        tessera_binary(op.rawValue, dtype.rawValue, length, left, right, result + first * resultSize)
      }
    }
  }

  static func unaryHalf(
    _ op: UnaryOperation, _ dtype: DType, count: Int, _ a: UnsafeRawPointer,
    into result: UnsafeMutableRawPointer
  ) {
    withPieces(1, itemSize: 4) { room in
      pieces(count) { first, length in
        Cast.convert(length, from: dtype, a + first * 2, to: .float32, room(0))
        if op.yieldsBool {
          tessera_unary(op.rawValue, DType.float32.rawValue, length, room(0), result + first)
        } else {
          tessera_unary(op.rawValue, DType.float32.rawValue, length, room(0), room(0))
          Cast.convert(length, from: .float32, room(0), to: dtype, result + first * 2)
        }
      }
    }
  }

  static func binaryHalf(
    _ op: BinaryOperation, _ dtype: DType, count: Int, _ a: Operand, _ b: Operand,
    into result: UnsafeMutableRawPointer
  ) {
    let float32 = DType.float32.rawValue
    withPieces(3, itemSize: 4) { room in
      for (operand, index) in [(a, 0), (b, 1)] where operand.isScalar {
        Cast.convert(1, from: dtype, operand.start, to: .float32, room(2))
        tessera_fill(room(index), min(count, pieceCount), room(2), 4)
      }
      pieces(count) { first, length in
        if !a.isScalar { Cast.convert(length, from: dtype, a.start + first * 2, to: .float32, room(0)) }
        if !b.isScalar { Cast.convert(length, from: dtype, b.start + first * 2, to: .float32, room(1)) }
        if op.yieldsBool {
          tessera_binary(op.rawValue, float32, length, room(0), room(1), result + first)
        } else {
          tessera_binary(op.rawValue, float32, length, room(0), room(1), room(2))
          Cast.convert(length, from: .float32, room(2), to: dtype, result + first * 2)
        }
      }
    }
  }
}

extension UnaryOperation {
  /// Whether the result is a bool whatever the operand.
  var yieldsBool: Bool {
    switch self {
    case .isnan, .isinf, .isfinite, .signbit, .logicalNot: true
    default: false
    }
  }
}

extension BinaryOperation {
  /// Whether the result is a bool whatever the operands.
  var yieldsBool: Bool { isComparison || self == .logicalAnd || self == .logicalOr || self == .logicalXor }

  /// Whether this is one of the six comparisons.
  var isComparison: Bool {
    BinaryOperation.equal.rawValue <= rawValue && rawValue <= BinaryOperation.greaterEqual.rawValue
  }
}
