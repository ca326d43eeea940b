import TesseraCore
import Testing

@testable import TesseraKernels

// MARK: Floats to integers

private let floatEdges: [Double] = [
  0, -0.0, 0.9, -0.9, 1.5, -1.5, 127.9, -128.9, 255.9, 256, 300, -300, 65535.5, 1e9, 0x1p31, -0x1p31, 0x1p32,
  0x1p53, 0x1p62, 0x1p63, -0x1p63, 0x1.8p63, 0x1p64, -0x1.8p63, 1e30, -1e30, .infinity, -.infinity, .nan,
  0x1.fffffffffffffp62, 0x1.fffffep63, 0x1.fffffffffffffp63, .leastNonzeroMagnitude, 3.7e9,
]

private func viaInt64(_ value: Double) -> Int64 {
  value >= -0x1p63 && value < 0x1p63 ? Int64(value) : .min
}

private func checkFloats<S: Element & BinaryFloatingPoint>(_: S.Type) {
  // Repeated, so that vector loops and their rests both see each value.
  let values = Array(repeatElement(floatEdges.map { S($0) }, count: 3).joined())
  func truncates<T: Element & FixedWidthInteger>(_: T.Type) {
    let expected = values.map { T(truncatingIfNeeded: viaInt64(Double($0))) }
    #expect(cast(values, to: T.self) == expected, "\(S.self) to \(T.self)")
  }
  truncates(Int8.self)
  truncates(Int16.self)
  truncates(Int32.self)
  truncates(Int64.self)
  truncates(UInt8.self)
  truncates(UInt16.self)
  truncates(UInt32.self)
  let exact = values.map { value in
    value >= 0x1p63 && Double(value) < 0x1p64 ? UInt64(value) : UInt64(bitPattern: viaInt64(Double(value)))
  }
  #expect(cast(values, to: UInt64.self) == exact, "\(S.self) to UInt64")
  #expect(cast(values, to: Bool.self) == values.map { $0 != 0 }, "\(S.self) to Bool")
}

@Test func floatsOutsideAnIntegersRangeAreDefined() {
  checkFloats(Float16.self)
  checkFloats(Float.self)
  checkFloats(Double.self)
}

// MARK: Floats to floats

private let every16: [UInt16] = Array(0...UInt16.max)

@Test func everyFloat16WidensExactly() {
  let values = every16.map { Float16(bitPattern: $0) }
  let floats = cast(values, to: Float.self)
  let doubles = cast(values, to: Double.self)
  let back = cast(floats, to: Float16.self)
  let backFromDouble = cast(doubles, to: Float16.self)
  for (index, value) in values.enumerated() where !value.isNaN {
    guard floats[index].bitPattern == Float(value).bitPattern, doubles[index] == Double(value),
      back[index].bitPattern == value.bitPattern, backFromDouble[index].bitPattern == value.bitPattern
    else {
      Issue.record("float16 \(index)")
      return
    }
  }
  for (index, value) in values.enumerated() where value.isNaN {
    #expect(floats[index].isNaN && doubles[index].isNaN && back[index].isNaN && backFromDouble[index].isNaN)
  }
}

@Test func everyBFloat16WidensExactly() {
  let values = every16.map { BFloat16(bitPattern: $0) }
  let floats = cast(values, to: Float.self)
  let doubles = cast(values, to: Double.self)
  let back = cast(floats, to: BFloat16.self)
  let backFromDouble = cast(doubles, to: BFloat16.self)
  for (index, value) in values.enumerated() {
    let float = value.float
    if float.isNaN {
      #expect(floats[index].isNaN && doubles[index].isNaN)
      #expect(back[index].float.isNaN && backFromDouble[index].float.isNaN)
    } else {
      #expect(floats[index].bitPattern == float.bitPattern && doubles[index] == Double(float))
      #expect(back[index] == value && backFromDouble[index] == value)
    }
  }
}

/// Doubles around the halfway points of neighbouring float16: rounding through float32 would lose the side.
@Test func doublesRoundToFloat16Once() {
  var halves: [Double] = []
  for bits in every16 where bits & 0x7FFF < 0x7C00 {
    let value = Double(Float16(bitPattern: bits))
    let next =
      bits & 0x7FFF == 0x7BFF ? 65536.0 * (value < 0 ? -1 : 1) : Double(Float16(bitPattern: bits + 1))
    let half = (value + next) / 2
    halves += [half, half.nextUp, half.nextDown]
  }
  let got = cast(halves, to: Float16.self)
  for (value, result) in zip(halves, got) where result.bitPattern != Float16(value).bitPattern {
    Issue.record("\(value) became \(result), not \(Float16(value))")
    return
  }
}

/// Halfway points of neighbouring bfloat16: ties go to the even one, all else to the nearer side.
@Test func doublesRoundToBFloat16Once() {
  for bits in UInt16(0)..<0x7F7F {
    let value = Double(BFloat16(bitPattern: bits).float)
    let next = Double(BFloat16(bitPattern: bits + 1).float)
    let half = (value + next) / 2
    let even = bits % 2 == 0 ? bits : bits + 1
    let got = cast([half, half.nextUp, half.nextDown, -half], to: BFloat16.self).map(\.bitPattern)
    guard got == [even, bits + 1, bits, even | 0x8000] else {
      Issue.record("around \(half): \(got)")
      return
    }
  }
  let extremes = cast(
    [Double.greatestFiniteMagnitude, .infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude],
    to: BFloat16.self)
  #expect(extremes.map(\.bitPattern) == [0x7F80, 0x7F80, 0, 0x8000])
}

@Test func randomBitsConvertBetweenFloatsAsSwiftDoes() {
  var random = SeededGenerator(seed: 71)
  let doubles = (0..<20_000).map { _ in Double(bitPattern: random.next()) }.filter { !$0.isNaN }
  #expect(cast(doubles, to: Float.self) == doubles.map { Float($0) })
  let floats = (0..<20_000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
    .filter { !$0.isNaN }
  #expect(cast(floats, to: Double.self) == floats.map { Double($0) })
  #expect(cast(floats, to: Float16.self) == floats.map { Float16($0) })
  #expect(cast(floats, to: BFloat16.self) == floats.map { BFloat16($0) })
}
