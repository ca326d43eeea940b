import TesseraCore
import Testing

@testable import TesseraKernels

/// What must not change an element's result: its neighbours, its address, and where the result goes.
@Suite struct ElementwisePositionTests {
  private static let dtypes: [DType] = [.int8, .uint32, .float16, .float32, .float64, .complex64]

  /// Random elements of moderate size, so that most functions have something to say.
  private func elements(_ dtype: DType, _ count: Int, seed: UInt64) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    let parts = dtype.kind == .complex ? 2 : 1
    let values = (0..<count * parts).map { _ in Double.random(in: 0.01..<3, using: &random) }
    let doubles = values.withUnsafeBytes { Array($0) }
    return convert(.float64, doubles, to: dtype.realPart)
  }

  private func slice(_ bytes: [UInt8], _ first: Int, _ count: Int, _ itemSize: Int) -> [UInt8] {
    Array(bytes[first * itemSize..<(first + count) * itemSize])
  }

  @Test(arguments: dtypes)
  func anElementsResultDoesNotDependOnItsPosition(_ dtype: DType) throws {
    let size = dtype.itemSize
    let (x, y) = (elements(dtype, 140, seed: 1), elements(dtype, 140, seed: 2))
    for op in UnaryOperation.allCases {
      guard let signature = try? op.signature(dtype), signature.operand == dtype else { continue }
      let whole = elementwise(op, dtype, x)
      for count in 1...70 {
        let first = (count * 7) % 70
        let part = elementwise(op, dtype, slice(x, first, count, size))
        #expect(
          part == slice(whole, first, count, signature.result.itemSize), "\(op.name), \(count) from \(first)")
      }
    }
    for op in BinaryOperation.allCases {
      guard let signature = try? op.signature(dtype, dtype), signature.operand == dtype else { continue }
      let whole = try elementwise(op, dtype, x, y)
      for count in 1...70 {
        let first = (count * 11) % 70
        let part = try elementwise(op, dtype, slice(x, first, count, size), slice(y, first, count, size))
        #expect(
          part == slice(whole, first, count, signature.result.itemSize), "\(op.name), \(count) from \(first)")
      }
    }
  }

  /// The vector functions at every offset and every count.
  @Test(arguments: [DType.float32, .float64])
  func vectorFunctionsDoNotDependOnThePosition(_ dtype: DType) throws {
    let x = elements(dtype, 140, seed: 3)
    for op in [UnaryOperation.exp, .log, .tanh, .sigmoid] {
      let whole = elementwise(op, dtype, x)
      for first in 0..<70 {
        for count in 1...70 {
          let part = elementwise(op, dtype, slice(x, first, count, dtype.itemSize))
          guard part == slice(whole, first, count, dtype.itemSize) else {
            Issue.record("\(op.name) of \(dtype), \(count) from \(first)")
            return
          }
        }
      }
    }
  }

  @Test(arguments: dtypes)
  func resultsMayTakeTheOperandsPlace(_ dtype: DType) throws {
    let count = 2500
    let (x, y) = (elements(dtype, count, seed: 4), elements(dtype, count, seed: 5))
    for op in UnaryOperation.allCases {
      guard let signature = try? op.signature(dtype), signature == .same(dtype) else { continue }
      var inPlace = x
      inPlace.withUnsafeMutableBytes {
        Elementwise.unary(op, dtype, count: count, $0.baseAddress!, into: $0.baseAddress!)
      }
      #expect(inPlace == elementwise(op, dtype, x), "\(op.name)")
    }
    for op in BinaryOperation.allCases {
      guard let signature = try? op.signature(dtype, dtype), signature == .same(dtype) else { continue }
      let expected = try elementwise(op, dtype, x, y)
      var (left, right, both) = (x, y, x)
      try left.withUnsafeMutableBytes { left in
        try y.withUnsafeBytes { y in
          try Elementwise.binary(
            op, dtype, count: count, left.baseAddress!, isScalar: false, y.baseAddress!, isScalar: false,
            into: left.baseAddress!)
        }
      }
      try right.withUnsafeMutableBytes { right in
        try x.withUnsafeBytes { x in
          try Elementwise.binary(
            op, dtype, count: count, x.baseAddress!, isScalar: false, right.baseAddress!, isScalar: false,
            into: right.baseAddress!)
        }
      }
      try both.withUnsafeMutableBytes { both in
        try Elementwise.binary(
          op, dtype, count: count, both.baseAddress!, isScalar: false, both.baseAddress!, isScalar: false,
          into: both.baseAddress!)
      }
      #expect(left == expected && right == expected, "\(op.name)")
      #expect(both == (try elementwise(op, dtype, x, x)), "\(op.name) of one operand twice")
    }
  }

  /// A scalar stands for a run of its copies; the counts are below, at and above the pieces' length.
  @Test(arguments: dtypes, [1, 2, 1023, 1024, 1025, 2500])
  func aScalarStandsForAll(_ dtype: DType, _ count: Int) throws {
    let x = elements(dtype, count, seed: 6)
    // 3 is not one of the exponents that have a function of their own.
    let three = convert(.int64, [3, 0, 0, 0, 0, 0, 0, 0], to: dtype)
    let threes = Array(repeatElement(three, count: count).joined())
    for op in BinaryOperation.allCases {
      guard let signature = try? op.signature(dtype, dtype), signature.operand == dtype else { continue }
      #expect(try elementwise(op, dtype, x, three) == elementwise(op, dtype, x, threes), "\(op.name)")
      #expect(try elementwise(op, dtype, three, x) == elementwise(op, dtype, threes, x), "\(op.name)")
    }
    let mask = (0..<count).map { UInt8($0 % 3) }
    let (some, size) = (select(dtype.itemSize, mask, x, threes), dtype.itemSize)
    #expect(select(size, mask, x, three) == some)
    #expect(select(size, mask, three, x) == select(size, mask, threes, x))
    #expect(select(size, [2], x, threes) == x)
    #expect(select(size, [0], x, three) == threes)
  }

  @Test func nothingIsDoneForNoElements() throws {
    for dtype in Self.dtypes {
      #expect(elementwise(.positive, dtype, []) == [])
      #expect(try elementwise(.add, dtype, [], []) == [])
    }
  }
}
