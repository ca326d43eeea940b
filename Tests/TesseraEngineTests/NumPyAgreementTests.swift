import TesseraCore
import TesseraEngine
import Testing

/// What differential tests against NumPy found, each with NumPy's answer.
@Suite struct NumPyAgreementTests {
  /// numpy.clip(numpy.array([0, 7, 255], "u1"), -3, 300)
  @Test func integersBeyondTheDTypeAreNoBounds() throws {
    let x = try NDArray([0, 7, 255] as [UInt8])
    #expect(try x.clip(-3, 300).elements(as: UInt8.self) == [0, 7, 255])
    #expect(try x.clip(-3, 5).elements(as: UInt8.self) == [0, 5, 5])
    #expect(throws: TesseraError.self) { try x.clip(300, nil) }
    #expect(throws: TesseraError.self) { try x.clip(nil, -1) }
  }

  /// numpy.round([15, 25, -14], -1); numpy.round([True, False]) is float16
  @Test func integersRoundToTens() throws {
    let x = try NDArray([15, 25, -14] as [Int32])
    #expect(try x.round(-1).elements(as: Int32.self) == [20, 20, -10])
    #expect(try x.round(2).elements(as: Int32.self) == [15, 25, -14])
    #expect(try NDArray([true, false]).round().dtype == .float16)
    #expect(throws: TesseraError.self) { try NDArray([true]).round(-1) }
  }

  /// numpy.round(complex(-0.04, float("inf")), 1); numpy.round(complex(-26, -0.0), -1)
  @Test func complexNumbersAreRoundedPartByPart() throws {
    let z = try NDArray([Complex(-0.04, Double.infinity), Complex(1.25, -0.0)]).round(1)
    let values = try z.elements(as: Complex<Double>.self)
    #expect(values == [Complex(-0.0, .infinity), Complex(1.2, 0)])
    #expect(values[0].real.sign == .minus && values[1].imaginary.sign == .minus)
    let tens = try NDArray([Complex(Float(-26), -.infinity)]).round(-1)
    #expect(try tens.elements(as: Complex<Float>.self) == [Complex(-30, -.infinity)])
  }

  /// numpy.mean([2**62, 2**62, 2**62]) is 2**62
  @Test func theMeanOfWideIntegersDoesNotWrap() throws {
    let x = try NDArray([Int64](repeating: 1 << 62, count: 3))
    #expect(try x.mean().item(as: Double.self) == 0x1p62)
    let y = try NDArray([UInt64.max, .max])
    #expect(try y.mean().item(as: Double.self) == 0x1p64)
  }

  /// numpy.copysign(numpy.array([2], "u2"), -3), numpy.logical_or(numpy.array([0], "u1"), -1), numpy.array([6], "u1") / -3
  @Test func literalsNeedFitOnlyWhatIsComputedIn() throws {
    let x = try NDArray([6] as [UInt8])
    #expect(try copysign(NDArray([2] as [UInt16]), -3).elements(as: Float.self) == [-2])
    #expect(try logicalOr(NDArray([0] as [UInt8]), -1).elements(as: Bool.self) == [true])
    #expect(try (x / -3).elements(as: Double.self) == [-2])
    #expect(throws: TesseraError.self) { try x + -3 }
    #expect(throws: TesseraError.self) { try x * 300 }
  }

  @Test func differencesOfOrderZeroAreTheArray() throws {
    #expect(try NDArray(3.0).diff(n: 0, axis: 0).item(as: Double.self) == 3)
  }

  /// A constant is one element, whatever the shape it is asked for in.
  @Test func constantsFillTheirShape() throws {
    let x = try NDArray.full([3, 5], 2.5)
    #expect(try x.elements(as: Double.self) == [Double](repeating: 2.5, count: 15))
    #expect(try x.sum(axis: 0).elements(as: Double.self) == [Double](repeating: 7.5, count: 5))
    #expect(try x.max(axis: 1).elements(as: Double.self) == [2.5, 2.5, 2.5])
    #expect(try x.argmax().item(as: Int64.self) == 0)
  }

  /// numpy.arange(6)[-3:], and ranges that include their end
  @Test func closedRangesReachTheEnd() throws {
    let x = try NDArray.arange(6)
    #expect(try x[(-3)...(-1)].elements(as: Int64.self) == [3, 4, 5])
    #expect(try x[(-3)...(-2)].elements(as: Int64.self) == [3, 4])
    #expect(try x[0...3].elements(as: Int64.self) == [0, 1, 2, 3])
    #expect(try x[...3].elements(as: Int64.self) == [0, 1, 2, 3])
    #expect(try x[...(-1)].elements(as: Int64.self) == [0, 1, 2, 3, 4, 5])
    #expect(try x[2...Int.max].elements(as: Int64.self) == [2, 3, 4, 5])
  }
}
