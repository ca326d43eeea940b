import TesseraCore
import Testing

@testable import TesseraKernels

/// Converts through memory that is one byte off any alignment.
private func convert(_ from: DType, _ bytes: [UInt8], to: DType) -> [UInt8] {
  let count = bytes.count / from.itemSize
  let source = [0] + bytes
  var target = [UInt8](repeating: 0xCC, count: count * to.itemSize + 2)
  source.withUnsafeBytes { source in
    target.withUnsafeMutableBytes { target in
      Cast.convert(count, from: from, source.baseAddress! + 1, to: to, target.baseAddress! + 1)
    }
  }
  #expect(target.first == 0xCC && target.last == 0xCC, "\(from) to \(to) wrote outside its target")
  return Array(target.dropFirst().dropLast())
}

private func cast<S: Element, T: Element>(_ values: [S], to: T.Type) -> [T] {
  let bytes = convert(S.dtype, values.withUnsafeBytes { Array($0) }, to: T.dtype)
  return bytes.withUnsafeBytes { bytes in
    values.indices.map { bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self) }
  }
}

@Test func castsAsNumPyDoes() throws {
  let rows = try Fixture.rows("cast.txt", separator: " ")
  #expect(rows.count == DType.allCases.count * DType.allCases.count)
  for row in rows {
    let from = try #require(DType(name: row[0]))
    let to = try #require(DType(name: row[1]))
    #expect(convert(from, Fixture.bytes(row[2]), to: to) == Fixture.bytes(row[3]), "\(from) to \(to)")
  }
}

@Test func everyPairHandlesEveryCount() {
  for from in DType.allCases {
    var random = SeededGenerator(seed: UInt64(from.rawValue))
    let bytes = random.bytes(67 * from.itemSize)
    for to in DType.allCases {
      let all = convert(from, bytes, to: to)
      for count in [0, 1, 7, 33] {
        let part = convert(from, Array(bytes.prefix(count * from.itemSize)), to: to)
        // A NaN may lose its payload, but not in another way for another count.
        #expect(part == Array(all.prefix(count * to.itemSize)), "\(from) to \(to), \(count) elements")
      }
    }
  }
}

// MARK: Integers

private let edges64: [Int64] = [
  0, 1, -1, 2, 100, 127, 128, 255, 256, -128, -129, 32767, 32768, 65535, 65536, -32769, 16_777_217,
  33_554_435, -16_777_219, 1 << 31, (1 << 31) - 1, -(1 << 31) - 1, 1 << 32, (1 << 40) + 1, 1 << 53 | 1,
  (1 << 62) + 1, .max, .min, .max - 1, .min + 1, 65519, 65520, 65504, 2049, 2051, 257, 259, 0x7FFF_FFBF,
]

private func checkIntegers<S: Element & FixedWidthInteger>(_: S.Type) {
  let values = edges64.map { S(truncatingIfNeeded: $0) } + [.min, .max]
  func wraps<T: Element & FixedWidthInteger>(_: T.Type) {
    #expect(cast(values, to: T.self) == values.map { T(truncatingIfNeeded: $0) }, "\(S.self) to \(T.self)")
  }
  wraps(Int8.self)
  wraps(Int16.self)
  wraps(Int32.self)
  wraps(Int64.self)
  wraps(UInt8.self)
  wraps(UInt16.self)
  wraps(UInt32.self)
  wraps(UInt64.self)
  #expect(cast(values, to: Bool.self) == values.map { $0 != 0 })
  #expect(cast(values, to: Double.self) == values.map { Double($0) })
  #expect(cast(values, to: Float.self) == values.map { Float($0) })
  #expect(cast(values, to: Float16.self) == values.map { Float16($0) }, "\(S.self) to float16")
  #expect(cast(values, to: Complex<Float>.self) == values.map { Complex(Float($0), 0) })
  #expect(cast(values, to: Complex<Double>.self) == values.map { Complex(Double($0), 0) })
}

@Test func integersWrapAndRoundAsSwiftDoes() {
  checkIntegers(Int8.self)
  checkIntegers(Int16.self)
  checkIntegers(Int32.self)
  checkIntegers(Int64.self)
  checkIntegers(UInt8.self)
  checkIntegers(UInt16.self)
  checkIntegers(UInt32.self)
  checkIntegers(UInt64.self)
}

/// 2^40 + 2^32 lies halfway between two bfloat16; one more is nearer to the upper one, though no float32 tells.
@Test func integersRoundToBFloat16Once() {
  let tie: Int64 = 1 << 40 + 1 << 32
  let lower = BFloat16(0x1p40)
  let upper = BFloat16(bitPattern: lower.bitPattern + 1)
  let negative = BFloat16(bitPattern: upper.bitPattern | 0x8000)
  #expect(cast([tie, tie + 1, tie - 1, -tie - 1], to: BFloat16.self) == [lower, upper, lower, negative])
  #expect(cast([UInt64(tie), UInt64(tie) + 1], to: BFloat16.self) == [lower, upper])
  let tie32 = UInt32(1 << 31 + 1 << 23)
  let lower32 = BFloat16(0x1p31)
  #expect(
    cast([tie32, tie32 + 1], to: BFloat16.self) == [lower32, BFloat16(bitPattern: lower32.bitPattern + 1)])
}

@Test func storedBoolsOfOtherBytesAreTrue() {
  for to in DType.allCases {
    let one = convert(.bool, [1, 1], to: to)
    #expect(convert(.bool, [2, 255], to: to) == one, "bool to \(to)")
    #expect(convert(.bool, [0], to: to).allSatisfy { $0 == 0 }, "bool to \(to)")
  }
}

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

// MARK: Complex

@Test func complexKeepsOrDropsItsImaginaryPart() {
  let values = [Complex(1.5, 2), Complex(0, 3), Complex(0, 0), Complex(-7.9, .nan), Complex(0, .nan)]
  #expect(cast(values, to: Double.self) == [1.5, 0, 0, -7.9, 0])
  #expect(cast(values, to: Int8.self) == [1, 0, 0, -7, 0])
  #expect(cast(values, to: Bool.self) == [true, true, false, true, true])
  let narrow = cast(values, to: Complex<Float>.self)
  #expect(narrow.map(\.real) == [1.5, 0, 0, -7.9, 0])
  #expect(narrow.prefix(3).map(\.imaginary) == [2, 3, 0] && narrow[3].imaginary.isNaN)
  #expect(cast(narrow, to: Bool.self) == [true, true, false, true, true])
  #expect(cast(Array(narrow.prefix(3)), to: Complex<Double>.self) == Array(values.prefix(3)))
}

@Test func onlyPlainCopiesAreTheSame() {
  #expect(Cast.isSame(.float32, .float32) && Cast.isSame(.int64, .uint64) && Cast.isSame(.uint8, .int8))
  #expect(!Cast.isSame(.bool, .bool) && !Cast.isSame(.bool, .uint8) && !Cast.isSame(.uint8, .bool))
  #expect(!Cast.isSame(.int32, .float32) && !Cast.isSame(.float16, .bfloat16) && !Cast.isSame(.int8, .int16))
  #expect(!Cast.isSame(.float64, .complex64))
}
