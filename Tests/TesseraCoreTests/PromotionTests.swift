import Testing

@testable import TesseraCore

@Suite struct PromotionTests {
  /// The dtypes NumPy has, in the order of the tables.
  private static let numpy = DType.allCases.filter { $0 != .bfloat16 }
  private static let short: [Substring: DType] = [
    "?": .bool, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "u1": .uint8, "u2": .uint16,
    "u4": .uint32, "u8": .uint64, "f2": .float16, "f4": .float32, "f8": .float64, "c8": .complex64,
    "c16": .complex128,
  ]

  /// `[[result_type(a, b) for b in dtypes] for a in dtypes]` of NumPy 2.4.6.
  private static let resultTypes = [
    "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16",
    "i1 i1 i2 i4 i8 i2 i4 i8 f8 f2 f4 f8 c8 c16",
    "i2 i2 i2 i4 i8 i2 i4 i8 f8 f4 f4 f8 c8 c16",
    "i4 i4 i4 i4 i8 i4 i4 i8 f8 f8 f8 f8 c16 c16",
    "i8 i8 i8 i8 i8 i8 i8 i8 f8 f8 f8 f8 c16 c16",
    "u1 i2 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16",
    "u2 i4 i4 i4 i8 u2 u2 u4 u8 f4 f4 f8 c8 c16",
    "u4 i8 i8 i8 i8 u4 u4 u4 u8 f8 f8 f8 c16 c16",
    "u8 f8 f8 f8 f8 u8 u8 u8 u8 f8 f8 f8 c16 c16",
    "f2 f2 f4 f8 f8 f2 f4 f8 f8 f2 f4 f8 c8 c16",
    "f4 f4 f4 f8 f8 f4 f4 f8 f8 f4 f4 f8 c8 c16",
    "f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 c16 c16",
    "c8 c8 c8 c16 c16 c8 c8 c16 c16 c8 c8 c16 c8 c16",
    "c16 c16 c16 c16 c16 c16 c16 c16 c16 c16 c16 c16 c16 c16",
  ]

  /// `[[result_type(array of a, scalar) for a in dtypes] for scalar in (True, 1, 1.0, 1j)]`.
  private static let weakResultTypes = [
    "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16",
    "i8 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16",
    "f8 f8 f8 f8 f8 f8 f8 f8 f8 f2 f4 f8 c8 c16",
    "c16 c16 c16 c16 c16 c16 c16 c16 c16 c8 c8 c16 c8 c16",
  ]

  @Test func dtypesMeetWhereNumPysDo() {
    for (a, row) in zip(Self.numpy, Self.resultTypes) {
      for (b, expected) in zip(Self.numpy, row.split(separator: " ")) {
        #expect(DType.promoted(a, b) == Self.short[expected], "\(a) and \(b)")
      }
    }
  }

  /// `result_type(a, b, c)` where it is another dtype than that of `result_type(a, b)` and c.
  private static let widerInPairs = [
    "i1 u1 f2 f2", "i1 u2 f2 f4", "i1 u2 f4 f4", "i1 u2 c8 c8", "i2 u2 f2 f4", "i2 u2 f4 f4", "i2 u2 c8 c8",
    "u1 i1 f2 f2", "u2 i1 f2 f4", "u2 i1 f4 f4", "u2 i1 c8 c8", "u2 i2 f2 f4", "u2 i2 f4 f4", "u2 i2 c8 c8",
  ]

  @Test func threeDTypesMeetWhereNumPysDo() {
    let exceptions = Self.widerInPairs.map { row in row.split(separator: " ").compactMap { Self.short[$0] } }
    let results = Dictionary(uniqueKeysWithValues: exceptions.map { (Array($0.prefix(3)), $0[3]) })
    for a in Self.numpy {
      for b in Self.numpy {
        for c in Self.numpy {
          let expected = results[[a, b, c]] ?? .promoted(.promoted(a, b), c)
          #expect(DType.promoted([a, b, c]) == expected, "\(a), \(b) and \(c)")
        }
      }
    }
  }

  @Test func theOrderOfSeveralChangesNothing() {
    let all = DType.allCases
    for a in all {
      for b in all {
        #expect(DType.promoted([a, b]) == DType.promoted(a, b))
        for c in all {
          let both = DType.promoted([a, b, c])
          #expect(both == DType.promoted([c, a, b]), "\(a), \(b) and \(c)")
          #expect(both == DType.promoted([b, a, c]), "\(a), \(b) and \(c)")
        }
      }
    }
    #expect(DType.promoted([]) == .bool)
  }

  @Test func weakScalarsGiveWayAsNumPysDo() {
    for (weak, row) in zip(WeakScalar.allCases, Self.weakResultTypes) {
      for (a, expected) in zip(Self.numpy, row.split(separator: " ")) {
        #expect(a.promoted(with: weak) == Self.short[expected], "\(a) with \(weak)")
      }
    }
  }

  @Test func bfloat16IsAFloatOfSixteenBits() {
    let expected: [(DType, DType)] = [
      (.bool, .bfloat16), (.int8, .bfloat16), (.uint8, .bfloat16), (.bfloat16, .bfloat16),
      (.int16, .float32), (.uint16, .float32), (.float16, .float32), (.float32, .float32),
      (.int32, .float64), (.uint32, .float64), (.int64, .float64), (.uint64, .float64), (.float64, .float64),
      (.complex64, .complex64), (.complex128, .complex128),
    ]
    #expect(expected.count == DType.allCases.count)
    for (other, common) in expected {
      #expect(DType.promoted(.bfloat16, other) == common, "bfloat16 and \(other)")
      #expect(DType.promoted(other, .bfloat16) == common, "\(other) and bfloat16")
    }
    #expect(DType.bfloat16.promoted(with: .floating) == .bfloat16)
    #expect(DType.bfloat16.promoted(with: .integer) == .bfloat16)
    #expect(DType.bfloat16.promoted(with: .complex) == .complex64)
  }

  @Test(arguments: DType.allCases)
  func promotionIsSymmetricAndIdempotent(_ a: DType) {
    #expect(DType.promoted(a, a) == a)
    for b in DType.allCases { #expect(DType.promoted(a, b) == DType.promoted(b, a), "\(a) and \(b)") }
  }

  @Test func aScalarAloneHasItsDefault() {
    #expect(WeakScalar.allCases.map(\.defaultDType) == [.bool, .int64, .float64, .complex128])
  }
}
