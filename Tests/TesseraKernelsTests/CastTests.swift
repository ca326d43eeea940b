import TesseraCore
import Testing

@testable import TesseraKernels

/// Converts through memory that is one byte off any alignment.
func convert(_ from: DType, _ bytes: [UInt8], to: DType) -> [UInt8] {
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

/// What `Cast` makes of Swift values.
func cast<S: Element, T: Element>(_ values: [S], to: T.Type) -> [T] {
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
