import TesseraCore
import Testing

@testable import TesseraKernels

/// Rules that are Tessera's own, or that a table of NumPy's answers would not show.
@Suite struct ElementwiseRuleTests {
  private func bytes<T: Element>(_ values: [T]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

  private func values<T: Element>(_ bytes: [UInt8], as: T.Type) -> [T] {
    bytes.withUnsafeBytes { raw in
      stride(from: 0, to: raw.count, by: MemoryLayout<T>.size).map {
        raw.loadUnaligned(fromByteOffset: $0, as: T.self)
      }
    }
  }

  @Test(arguments: [DType.int8, .int16, .int32, .int64])
  func integersToNegativeIntegerPowersAreRefused(_ dtype: DType) throws {
    let x = convert(.int8, [1, 2, 3], to: dtype)
    let y = convert(.int8, [1, 0xFF, 2], to: dtype)
    #expect {
      try elementwise(.power, dtype, x, y)
    } throws: {
      "\($0)" == "integers to negative integer powers are not allowed"
    }
    #expect(throws: TesseraError.self) {
      try elementwise(.power, dtype, x, convert(.int8, [0xFE], to: dtype))
    }
    #expect(throws: TesseraError.self) { try elementwise(.power, dtype, convert(.int8, [1], to: dtype), y) }
    #expect(try elementwise(.power, dtype, x, x) == convert(.int8, [1, 4, 27], to: dtype))
  }

  @Test func unsignedPowersAreNeverNegative() throws {
    #expect(try elementwise(.power, .uint8, [1, 255], [255, 255]) == [1, 255])
  }

  /// bfloat16 is float32 computed and rounded, for every operation and half of all values.
  @Test func bfloat16IsFloat32Rounded() throws {
    var random = SeededGenerator(seed: 23)
    let x = (0..<4096).map { _ in BFloat16(bitPattern: UInt16(truncatingIfNeeded: random.next())) }
    let y = (0..<4096).map { _ in BFloat16(bitPattern: UInt16(truncatingIfNeeded: random.next())) }
    let (wideX, wideY) = (bytes(x.map(\.float)), bytes(y.map(\.float)))
    func check(_ name: String, _ result: DType, _ got: [UInt8], _ wide: [UInt8]) {
      if result == .bool {
        #expect(got == wide, "\(name), seed 23")
      } else {
        let want = bytes(values(wide, as: Float.self).map { BFloat16($0) })
        #expect(Agreement.exact.firstDisagreement(.bfloat16, got, want) == nil, "\(name), seed 23")
      }
    }
    for op in UnaryOperation.allCases {
      guard let signature = try? op.signature(.bfloat16) else { continue }
      check(op.name, signature.result, elementwise(op, .bfloat16, bytes(x)), elementwise(op, .float32, wideX))
    }
    for op in BinaryOperation.allCases {
      guard let signature = try? op.signature(.bfloat16, .bfloat16) else { continue }
      check(
        op.name, signature.result, try elementwise(op, .bfloat16, bytes(x), bytes(y)),
        try elementwise(op, .float32, wideX, wideY))
    }
  }

  @Test func signedAndUnsignedCompareAsTheNumbersTheyAre() {
    let signed: [Int64] = [-1, 0, 1, .max, .min, .max, 1 << 53 + 1, 1 << 53, -1]
    let unsigned: [UInt64] = [.max, 0, 2, 1 << 63 - 1, 1 << 63, 1 << 63, 1 << 53, 1 << 53 + 1, 1]
    let relations: [(BinaryOperation, (Int64, UInt64) -> Bool)] = [
      (.equal, { $0 == $1 }), (.notEqual, { $0 != $1 }), (.less, { $0 < $1 }), (.lessEqual, { $0 <= $1 }),
      (.greater, { $0 > $1 }), (.greaterEqual, { $0 >= $1 }),
    ]
    let count = signed.count
    for (op, holds) in relations {
      var got = [Bool](repeating: false, count: count)
      Elementwise.compare(
        op, (.int64, .uint64), count: count, signed, isScalar: false, unsigned, isScalar: false, into: &got)
      #expect(got == zip(signed, unsigned).map { holds($0, $1) }, "\(op.name)")
      Elementwise.compare(
        op, (.int64, .uint64), count: count, signed, isScalar: true, unsigned, isScalar: false, into: &got)
      #expect(got == unsigned.map { holds(-1, $0) }, "\(op.name) of a scalar")
    }
    let mirrored: [(BinaryOperation, (UInt64, Int64) -> Bool)] = [
      (.equal, { $0 == $1 }), (.less, { $0 < $1 }), (.lessEqual, { $0 <= $1 }), (.greater, { $0 > $1 }),
      (.greaterEqual, { $0 >= $1 }), (.notEqual, { $0 != $1 }),
    ]
    for (op, holds) in mirrored {
      var got = [Bool](repeating: false, count: count)
      Elementwise.compare(
        op, (.uint64, .int64), count: count, unsigned, isScalar: false, signed, isScalar: false, into: &got)
      #expect(got == zip(unsigned, signed).map { holds($0, $1) }, "\(op.name), unsigned first")
    }
  }

  @Test func squaresAndReciprocalsAreRoundedCorrectly() throws {
    let x: [Float] = [0.1, 3.3, 1e-30, 1e30, -7, .infinity, -.infinity, -0.0]
    #expect(try elementwise(.power, .float32, bytes(x), bytes([Float(2)])) == bytes(x.map { $0 * $0 }))
    #expect(try elementwise(.power, .float32, bytes(x), bytes([Float(-1)])) == bytes(x.map { 1 / $0 }))
    let halves = x.map { Float16($0) }
    #expect(
      try elementwise(.power, .float16, bytes(halves), bytes([Float16(2)])) == bytes(halves.map { $0 * $0 }))
  }

  /// Values that people expect to come out whole.
  @Test func wellKnownValuesAreExact() throws {
    try checkWholeValues(Float.self)
    try checkWholeValues(Double.self)
    let cubes = (0..<100).map { Float($0 * $0 * $0) }
    #expect(elementwise(.cbrt, .float32, bytes(cubes)) == bytes((0..<100).map { Float($0) }))
    let tens: [Double] = (0...22).map { exponent in (0..<exponent).reduce(1) { ten, _ in ten * 10 } }
    #expect(elementwise(.log10, .float64, bytes(tens)) == bytes((0...22).map { Double($0) }))
  }

  private func checkWholeValues<T: Element & BinaryFloatingPoint>(_: T.Type) throws {
    let whole: [(UnaryOperation, T, T)] = [
      (.exp, 0, 1), (.cos, 0, 1), (.cosh, 0, 1), (.log, 1, 0), (.log1p, 0, 0), (.sigmoid, 0, 0.5),
      (.log2, 8, 3),
      (.log10, 1000, 3), (.log10, 100_000, 5), (.exp2, 10, 1024), (.sqrt, 9, 3), (.sigmoid, .infinity, 1),
      (.sigmoid, -.infinity, 0), (.softplus, -.infinity, 0), (.sqrt, 2, T(2).squareRoot()),
    ]
    for (op, x, want) in whole {
      #expect(elementwise(op, T.dtype, bytes([x])) == bytes([want]), "\(op.name) of \(x) as \(T.dtype)")
    }
    let powers = try elementwise(.power, T.dtype, bytes([3, 10, 2, 7] as [T]), bytes([4, 3, 10, 0] as [T]))
    #expect(powers == bytes([81, 1000, 1024, 1] as [T]))
    #expect(try elementwise(.hypot, T.dtype, bytes([3 as T]), bytes([4 as T])) == bytes([5 as T]))
  }
}
