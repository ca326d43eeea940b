import Testing

@testable import TesseraCore

@Suite struct DTypeTests {
  @Test(arguments: DType.allCases)
  func namesAreTheirOwnInverse(_ dtype: DType) {
    #expect(DType(name: dtype.name) == dtype)
    #expect(dtype.name.contains(dtype.kind == .bool ? "bool" : "\(dtype.itemSize * 8)"))
    #expect(dtype.swapUnit == (dtype.kind == .complex ? dtype.itemSize / 2 : dtype.itemSize))
  }

  @Test(arguments: ["", "Float32", "float", "int128", "object", "float32 "])
  func otherNamesAreNone(_ name: String) { #expect(DType(name: name) == nil) }

  private func check<T: Element>(_: T.Type, _ dtype: DType) {
    #expect(T.dtype == dtype)
    #expect(MemoryLayout<T>.size == dtype.itemSize)
    #expect(MemoryLayout<T>.stride == dtype.itemSize)
  }

  @Test func elementsHaveTheirDTypesLayout() {
    check(Bool.self, .bool)
    check(Int8.self, .int8)
    check(Int16.self, .int16)
    check(Int32.self, .int32)
    check(Int64.self, .int64)
    check(Int.self, .int64)
    check(UInt8.self, .uint8)
    check(UInt16.self, .uint16)
    check(UInt32.self, .uint32)
    check(UInt64.self, .uint64)
    check(Float16.self, .float16)
    check(BFloat16.self, .bfloat16)
    check(Float.self, .float32)
    check(Double.self, .float64)
    check(Complex<Float>.self, .complex64)
    check(Complex<Double>.self, .complex128)
  }

  /// Of all bfloat16 values, none is nearer; of two equally near ones the one with an even last bit is taken.
  @Test func bfloat16RoundsToNearestEven() {
    var random = SeededGenerator(seed: 16)
    for _ in 0..<20_000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      let rounded = BFloat16(value)
      if value.isNaN {
        #expect(rounded.float.isNaN)
        continue
      }
      let down = UInt16(truncatingIfNeeded: value.bitPattern >> 16)
      let rest = value.bitPattern & 0xFFFF
      let up = rest > 0x8000 || (rest == 0x8000 && down & 1 == 1)
      if rounded.bitPattern != down + (up ? 1 : 0) { Issue.record("\(value) became \(rounded.float)") }
    }
  }

  @Test func bfloat16AtTheEdges() {
    for bits in UInt16.min...UInt16.max {
      let value = BFloat16(bitPattern: bits)
      if value.float.isNaN { continue }
      if BFloat16(value.float).bitPattern != bits { Issue.record("bits \(bits) do not survive") }
    }
    #expect(BFloat16(.greatestFiniteMagnitude).float == .infinity)
    #expect(BFloat16(-Float.greatestFiniteMagnitude).float == -.infinity)
    #expect(BFloat16(Float(bitPattern: 0x7F80_0001)).float.isNaN)
    #expect(BFloat16(Float(bitPattern: 0xFFFF_FFFF)).float.isNaN)
  }
}
