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

  /// x = numpy.arange(24.0).reshape(2, 3, 4); w = numpy.arange(1.0, 7).reshape(3, 2)
  /// numpy.average(x, axis=(1, 0), weights=w), numpy.average(x, axis=(0, -2), weights=w.T)
  @Test func averagesOverSeveralAxes() throws {
    let x = try NDArray((0..<24).map(Double.init), shape: [2, 3, 4])
    let weights = try NDArray((1...6).map(Double.init), shape: [3, 2])
    let expected = [260, 281, 302, 323].map { Double($0) / 21 }
    #expect(try x.average(axis: [1, 0], weights: weights).elements() == expected)
    let kept = try x.average(axis: [0, -2], weights: weights.transposed(), keepdims: true)
    #expect(kept.shape.dimensions == [1, 1, 4])
    #expect(try kept.elements() == expected)
    #expect(try x.average(axis: [0, 1]).elements() == [10.0, 11, 12, 13])
    #expect(try x.average(weights: x).shape.dimensions == [])
    let last = x.ndim - 1
    let means = try x.average(axis: last, weights: NDArray([1.0, 0, 0, 1])).elements(as: Double.self)
    #expect(means == [1.5, 5.5, 9.5, 13.5, 17.5, 21.5])
    #expect(throws: TesseraError.self) { try x.average(axis: [0, 1], weights: weights) }
    #expect(throws: TesseraError.self) { try x.average(axis: [0, 0], weights: weights) }
    #expect(throws: TesseraError.self) { try x.average(weights: NDArray([1.0, 2, 3, 4])) }
    #expect(throws: TesseraError.self) { try x.average(axis: 0, weights: NDArray.ones([1, 3, 4])) }
  }

  /// numpy.average(numpy.ones(2, "i2"), weights=numpy.ones(2, "f4")).dtype
  @Test func averagesOfIntegersAreWide() throws {
    func dtype(_ array: DType, _ weights: DType) throws -> DType {
      try NDArray.ones([2], dtype: array).average(weights: NDArray.ones([2], dtype: weights)).dtype
    }
    for integer in [DType.bool, .int8, .uint16, .int64] {
      #expect(try dtype(integer, .float16) == .float64)
      #expect(try dtype(integer, .float32) == .float64)
      #expect(try dtype(integer, .complex64) == .complex128)
      #expect(try dtype(integer, .uint8) == .float64)
    }
    #expect(try dtype(.float16, .int8) == .float16)
    #expect(try dtype(.float32, .int16) == .float32)
    #expect(try dtype(.float32, .int32) == .float64)
    #expect(try dtype(.complex64, .float32) == .complex64)
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

  /// numpy.where(mask, 1, 0), of 1 and 2.5, and of numpy.float32(1) and 2
  @Test func oneOfTwoNumbers() throws {
    let mask = try NDArray([true, false])
    let flags = try `where`(mask, 1, 0)
    #expect(try flags.elements(as: Int64.self) == [1, 0])
    #expect(try `where`(mask, 1, 2.5).elements(as: Double.self) == [1, 2.5])
    #expect(try `where`(mask, Float(1), 2).elements(as: Float.self) == [1, 2])
    #expect(try `where`(mask, true, false).elements(as: Bool.self) == [true, false])
    #expect(throws: TesseraError.self) { try `where`(mask, Int8(1), 300) }
  }

  /// numpy.clip(x, [2, 4], None), of a number and an array; numpy.clip(numpy.array([1, 5], "i1"), 300, numpy.array([2, 2], "i4"))
  @Test func boundsAreArraysOrNumbers() throws {
    let x = try NDArray([1, 5] as [Int8])
    let bounds = try NDArray([2, 4] as [Int8])
    #expect(try x.clip(bounds, nil).elements(as: Int8.self) == [2, 5])
    #expect(try x.clip(nil, bounds).elements(as: Int8.self) == [1, 4])
    #expect(try x.clip(bounds, 3).elements(as: Int8.self) == [2, 3])
    #expect(try x.clip(bounds, 300).elements(as: Int8.self) == [2, 5])
    #expect(try x.clip(bounds, 3.5).elements(as: Double.self) == [2, 3.5])
    #expect(try x.clip(3, bounds).elements(as: Int8.self) == [2, 4])
    #expect(try x.clip(300, bounds.astype(.int32)).elements(as: Int32.self) == [2, 4])
    #expect(try x.clip(-300, bounds).elements(as: Int8.self) == [1, 4])
  }

  /// numpy.concatenate, stack, clip and select of uint16, int16 and float32, and of bounds with and without dtypes
  @Test func severalDTypesMeetAtOnce() throws {
    let dtypes = [DType.uint16, .int16, .float32]
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      let x = try order.map { try NDArray.ones([2], dtype: dtypes[$0]) }
      #expect(try concatenate(x).dtype == .float32)
      #expect(try stack(x).dtype == .float32)
      #expect(try x[0].clip(x[1], x[2]).elements(as: Float.self) == [1, 1])
      let mask = try NDArray([true, false])
      #expect(try select([mask, mask], [x[0], x[1]], default: x[2]).dtype == .float32)
    }
    let x = try NDArray([0, 1, 200] as [UInt8])
    #expect(try x.clip(2.5, Float(1.5)).elements(as: Float.self) == [1.5, 1.5, 1.5])
    #expect(try (x .> 0).clip(0, UInt64(7)).elements(as: UInt64.self) == [0, 1, 1])
    #expect(try x.clip(300, 2.5).elements(as: Double.self) == [2.5, 2.5, 2.5])
    #expect(try x.clip(-3, 2.5).elements(as: Double.self) == [0, 1, 2.5])
    #expect(try x.clip(300, Int16(400)).elements(as: Int16.self) == [300, 300, 300])
    #expect(try x.clip(Int8(3), Float16(9)).elements(as: Float16.self) == [3, 3, 9])
    #expect(try x.clip(2.5, NDArray([1, 2, 3] as [Float])).elements(as: Float.self) == [1, 2, 3])
    #expect(try x.clip(NDArray([1, 2, 3] as [Int8]), 300).elements(as: Int16.self) == [1, 2, 200])
  }

  /// 1 << numpy.array([1, 2], "i1"), 3 & …; numpy.array([1]) + numpy.uint64(3) is float64
  @Test func numbersOnTheLeftAndUnsignedOnes() throws {
    let x = try NDArray([1, 2] as [Int8])
    #expect(try (1 << x).elements(as: Int8.self) == [2, 4])
    #expect(try (9 >> x).elements(as: Int8.self) == [4, 2])
    #expect(try (3 .& x).elements(as: Int8.self) == [1, 2])
    #expect(try (4 .| x).elements(as: Int8.self) == [5, 6])
    #expect(try (3 .^ x).elements(as: Int8.self) == [2, 1])
    #expect(throws: TesseraError.self) { try 300 >> x }
    #expect(try (x.astype(.uint8) + UInt(3)).elements(as: UInt64.self) == [4, 5])
    #expect(try (x + UInt(3)).dtype == .float64)
  }

  /// numpy.array([2**53, 2**53 + 1, -1]) == numpy.uint64(2**53), numpy.array([2**63 - 1], "u8") < numpy.int64(2**63 - 1)
  @Test func wideIntegersAreComparedWithNumbersExactly() throws {
    let x = try NDArray([1 << 53, 1 << 53 + 1, -1] as [Int64])
    #expect(try (x .== UInt64(1 << 53)).elements(as: Bool.self) == [true, false, false])
    #expect(try (x .> UInt64(1 << 53)).elements(as: Bool.self) == [false, true, false])
    #expect(try (x .< UInt64.max).elements(as: Bool.self) == [true, true, true])
    #expect(try (NDArray([-1] as [Int8]) .< UInt64(0)).elements(as: Bool.self) == [true])
    let y = try NDArray([1 << 63 - 1, 1 << 63, .max] as [UInt64])
    #expect(try (y .<= Int64.max).elements(as: Bool.self) == [true, false, false])
    #expect(try (y .!= Int64.max).elements(as: Bool.self) == [false, true, true])
    #expect(try (y .> Int8(-1)).elements(as: Bool.self) == [true, true, true])
  }

  @Test func functionsOfTwoBroadcast() throws {
    let x = try NDArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    let less = try x.zipMap(NDArray(1.0)) { (a: Float, b: Double) in Double(a) - b }
    #expect(try less.elements(as: Double.self) == [0, 1, 2, 3, 4, 5])
    let column = try NDArray([10, 20] as [Int32], shape: [2, 1])
    let sums = try column.zipMap(x) { (a: Int32, b: Float) in a + Int32(b) }
    #expect(sums.shape.dimensions == [2, 3])
    #expect(try sums.elements(as: Int32.self) == [11, 12, 13, 24, 25, 26])
    let scaled = try (column * 2).zipMap(x.sum(axis: 0)) { (a: Int32, b: Float) in Float(a) * b }
    #expect(try scaled.elements(as: Float.self) == [100, 140, 180, 200, 280, 360])
    #expect(throws: TesseraError.self) { try x.zipMap(column[..<0]) { (a: Float, b: Int32) in a + Float(b) } }
  }

  @Test func functionsOfThreeBroadcast() throws {
    let x = try NDArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    let column = try NDArray([10, 20] as [Int32], shape: [2, 1])
    let mixed = try x.zipMap(column, NDArray(true)) { (a: Float, b: Int32, c: Bool) in
      c ? Double(a) + Double(b) : 0
    }
    #expect(try mixed.elements(as: Double.self) == [11, 12, 13, 24, 25, 26])
    let fused = try column.zipMap(x.sum(axis: 0), x * 2) { (a: Int32, b: Float, c: Float) in
      Float(a) + b * c
    }
    #expect(try fused.elements(as: Float.self) == [20, 38, 64, 60, 90, 128])
    #expect(throws: TesseraError.self) {
      try x.zipMap(x, column) { (a: Float, b: Float, c: Float) in a + b + c }
    }
  }

  /// numpy.concatenate([x, 7.5], axis=None)
  @Test func joinedWithoutAnAxis() throws {
    let x = try NDArray([1, 2, 3, 4] as [Int16], shape: [2, 2])
    let joined = try concatenate([x.transposed(), NDArray(7.5), NDArray.zeros([0, 3])], axis: nil)
    #expect(try joined.elements(as: Double.self) == [1, 3, 2, 4, 7.5])
    #expect(try concatenate([NDArray(1.0)], axis: nil).shape.dimensions == [1])
    #expect(throws: TesseraError.self) { try concatenate([], axis: nil) }
  }

  /// What `axis:` takes need not be a literal.
  @Test func axesThatAreVariables() throws {
    let x = try NDArray((0..<24).map(Double.init), shape: [2, 3, 4])
    for (axis, length) in x.shape.dimensions.enumerated() {
      let mean = try x.sum(axis: axis) / Double(length)
      #expect(try mean.arrayEqual(x.mean(axis: Axes(axis))))
      #expect(try x.max(axis: axis - 3, keepdims: true).squeeze(axis: axis).ndim == 2)
      #expect(try x.median(axis: axis).shape == mean.shape)
    }
    let none: Int? = nil
    let pair = [2, 0]
    #expect(try x.sum(axis: none).item(as: Double.self) == 276)
    #expect(try x.sum(axis: pair).elements(as: Double.self) == [60, 92, 124])
    #expect(try x.expandDims(axis: pair).shape.dimensions == [1, 2, 1, 3, 4])
    #expect(try x.norm(axis: pair).ndim == 1)
    #expect(try x.flip(axis: pair)[0, 0, 0].item(as: Double.self) == 15)
  }

  /// numpy.sum(numpy.array(3.0), axis=0) and others; numpy.mean, numpy.median and numpy.linalg.norm refuse it
  @Test(arguments: [0, -1]) func scalarsHaveAnAxisWhereNumPySaysSo(_ axis: Int) throws {
    let x = NDArray(3.0)
    let axes = Axes(axis)
    for result in [
      try x.sum(axis: axes), try x.prod(axis: axes, keepdims: true), try x.min(axis: axes),
      try x.max(axis: axes, initial: 1), try x.nansum(axis: axes), try x.nanprod(axis: axes),
      try x.nanmin(axis: axes), try x.nanmax(axis: axes), try x.nanmean(axis: axes),
      try x.squeeze(axis: axes),
    ] {
      #expect(result.shape.dimensions == [])
      #expect(try result.item(as: Double.self) == 3)
    }
    for result in [try x.ptp(axis: axes), try x.nanvar(axis: axes), try x.nanstd(axis: axes)] {
      #expect(try result.item(as: Double.self) == 0)
    }
    #expect(try x.any(axis: axes).item(as: Bool.self))
    #expect(try x.all(axis: axes).item(as: Bool.self))
    #expect(try x.countNonzero(axis: axes).item(as: Int64.self) == 1)
    for position in [
      try x.argmin(axis: axis), try x.argmax(axis: axis, keepdims: true), try x.nanargmin(axis: axis),
      try x.nanargmax(axis: axis),
    ] {
      #expect(position.shape.dimensions == [])
      #expect(try position.item(as: Int64.self) == 0)
    }
    for totals in [
      try x.cumsum(axis: axis), try x.cumprod(axis: axis), try x.nancumsum(axis: axis),
      try x.nancumprod(axis: axis),
    ] {
      #expect(totals.shape.dimensions == [1])
      #expect(try totals.elements(as: Double.self) == [3])
    }
    for refused in [
      { try x.mean(axis: axes) }, { try x.std(axis: axes) }, { try x.median(axis: axes) },
      { try x.quantile(0.5, axis: axes) }, { try x.norm(axis: axes) }, { try x.flip(axis: axes) },
      { try x.average(axis: axis, weights: x) }, { try x.sum(axis: Axes(axis == 0 ? 1 : -2)) },
      { try x.sum(axis: Axes([axis])) }, { try x.squeeze(axis: Axes([axis])) },
    ] as [() throws -> NDArray] {
      let error = #expect(throws: TesseraError.self) { try refused() }
      #expect(error?.kind == .usage)
    }
  }

  /// numpy.sum([1.0, 2.0], where=[1, 0]) and others: "Cannot cast array data from dtype('int64') to dtype('bool')"
  @Test func masksAreOfBools() throws {
    let x = try NDArray([1.0, 2])
    let whole = x.astype(.int32)
    let mask = try NDArray([1, 0] as [Int64])
    for refused in [
      { try x.sum(where: mask) }, { try x.prod(where: mask) }, { try x.mean(where: mask) },
      { try x.var(where: mask) }, { try x.std(where: mask) }, { try x.any(where: mask) },
      { try x.all(where: mask) }, { try x.min(initial: 5, where: mask) },
      { try x.max(initial: 5, where: mask) }, { try x.nansum(where: mask) }, { try x.nanprod(where: mask) },
      { try x.nanmin(initial: 5, where: mask) }, { try x.nanmax(initial: 5, where: mask) },
      { try x.nanmean(where: mask) }, { try x.nanvar(where: mask) }, { try x.nanstd(where: mask) },
      { try whole.nansum(where: mask) }, { try whole.nanmean(where: mask) },
    ] as [() throws -> NDArray] {
      let error = #expect(throws: TesseraError.self) { try refused() }
      #expect(error?.kind == .usage)
    }
    #expect(try x.sum(where: mask.astype(.bool)).item(as: Double.self) == 1)
    #expect(try x.nanmean(where: mask .> 0).item(as: Double.self) == 1)
  }

  /// numpy.nanmean([1.0, 2.0], dtype="i4"): "If a is inexact, then dtype must be inexact"; mean takes it
  @Test func meansWithoutNaNAreFloats() throws {
    let x = try NDArray([1.0, 2, 4])
    for refused in [
      { try x.nanmean(dtype: .int32) }, { try x.nanvar(dtype: .int64) }, { try x.nanstd(dtype: .bool) },
    ] as [() throws -> NDArray] {
      let error = #expect(throws: TesseraError.self) { try refused() }
      #expect(error?.kind == .usage)
    }
    #expect(try x.nanmean(dtype: .float32).dtype == .float32)
    #expect(try x.mean(dtype: .int32).item(as: Int32.self) == 2)
    #expect(try x.astype(.int8).nanmean(dtype: .int32).item(as: Int32.self) == 2)
  }

  /// numpy.max(numpy.array([1], "i4"), initial=2.5) and others
  @Test func anInitialValueHasTheArraysDType() throws {
    let flags = try NDArray([false])
    #expect(try flags.max(initial: 0).item(as: Bool.self) == false)
    #expect(try flags.max(initial: 5).item(as: Bool.self))
    let x = try NDArray([1] as [Int32])
    #expect(try x.max(initial: 2.5).item(as: Int32.self) == 2)
    #expect(try x.max(initial: Int64(3)).item(as: Int32.self) == 3)
    #expect(try x.min(initial: true, where: NDArray([false])).item(as: Int32.self) == 1)
    #expect(try NDArray([UInt64]()).max(initial: UInt64.max).item(as: UInt64.self) == .max)
    #expect(try NDArray([1] as [Float]).nanmax(initial: 2.5).item(as: Float.self) == 2.5)
    #expect(try NDArray([1] as [Float]).max(initial: 1e300).item(as: Float.self) == .infinity)
    let beyond: [any ArrayScalar] = [
      300, 300.0, -129.0, Int16(300), Double.nan, -Double.infinity, 1e300, Complex<Double>(1, 1),
    ]
    for refused in beyond {
      let error = #expect(throws: TesseraError.self) { try x.astype(.int8).max(initial: refused) }
      #expect(error?.kind == .usage)
    }
    #expect(throws: TesseraError.self) { try x.astype(.uint8).min(initial: -1) }
    #expect(throws: TesseraError.self) { try x.astype(.float32).max(initial: Complex<Double>(1, 1)) }
  }
}
