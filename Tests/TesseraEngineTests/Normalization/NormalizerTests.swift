import TesseraCore
import TesseraEngine
import Testing

@Suite struct NormalizerTests {
  /// Features in columns: 1, 2, 3, 6 (mean 3, variance 3.5), a constant one, one with a NaN, one of NaNs.
  static let rows: [Double] = [
    1, 7, 4, .nan,
    2, 7, .nan, .nan,
    3, 7, -8, .nan,
    6, 7, 4, .nan,
  ]

  static func matrix() throws -> NDArray { try NDArray(rows, shape: [4, 4]) }

  static func parameters(_ normalizer: Normalizer) throws -> (center: [Double], scale: [Double]) {
    (try #require(normalizer.center).elements(), try #require(normalizer.scale).elements())
  }

  /// Squares of deviations leave the range of numbers; as scikit-learn's, the scale is NaN then rather than 1.
  @Test func aScaleBeyondNumbersIsNaN() throws {
    let x = try NDArray([-1e155, 1e155, 2e155, 3, 4, 8] as [Double], shape: [2, 3]).transposed()
    let (_, scale) = try Self.parameters(Normalizer.fit(x))
    #expect(scale[0].isNaN && scale[1].isFinite)
  }

  @Test func zscore() throws {
    let x = try Self.matrix()
    let fit = try Normalizer.fit(x)
    let (center, scale) = try Self.parameters(fit)
    #expect(center[0] == 3 && scale[0] == 3.5.squareRoot())
    #expect(center[1] == 7 && scale[1] == 1)
    #expect(center[2] == 0 && scale[2] == 32.0.squareRoot())
    #expect(center[3].isNaN && scale[3].isNaN)
    let z = try fit.transform(x).elements(as: Double.self)
    #expect(z[0] == -2 / 3.5.squareRoot() && z[1] == 0 && z[2] == 4 / 32.0.squareRoot())
    #expect(z[6].isNaN && z[3].isNaN && z[7].isNaN)
  }

  @Test func minmax() throws {
    let x = try Self.matrix()
    let fit = try Normalizer.fit(x, method: .minmax)
    let (center, scale) = try Self.parameters(fit)
    #expect(center[..<3] == [1, 7, -8] && scale[..<3] == [5, 1, 12])
    #expect(center[3].isNaN && scale[3].isNaN)
    let z = try fit.transform(x).elements(as: Double.self)
    #expect(z[0] == 0 && z[12] == 1 && z[1] == 0 && z[2] == 1 && z[10] == 0)
  }

  @Test func maxabs() throws {
    let x = try Self.matrix()
    let fit = try Normalizer.fit(x, method: .maxabs)
    let (center, scale) = try Self.parameters(fit)
    #expect(Array(center[..<3]) == [0, 0, 0] && Array(scale[..<3]) == [6, 7, 8])
    #expect(try fit.transform(x).elements(as: Double.self)[10] == -1)
  }

  @Test func robust() throws {
    let x = try Self.matrix()
    let fit = try Normalizer.fit(x, method: .robust)
    let (center, scale) = try Self.parameters(fit)
    // Quartiles of 1, 2, 3, 6 between neighbours, as numpy.nanpercentile; those of -8, 4, 4 are -2 and 4.
    #expect(Array(center[..<3]) == [2.5, 7, 4] && Array(scale[..<3]) == [2, 1, 6])
    #expect(center[3].isNaN && scale[3].isNaN)
    #expect(try fit.transform(x).elements(as: Double.self)[12] == 1.75)
    #expect(throws: TesseraError.self) { try fit.merging(fit) }
  }

  @Test func maxabsOfTheLeastInteger() throws {
    let fit = try Normalizer.fit(NDArray([Int8.min, 3]), method: .maxabs)
    #expect(try Self.parameters(fit).scale == [128])
  }

  @Test(arguments: [Normalizer.Method.l2, .l1])
  func rows(_ method: Normalizer.Method) throws {
    let x = try NDArray([3, 4, 0, 0, -3, 4, .nan, 1] as [Double], shape: [4, 2])
    let z = try Normalizer.fit(x, method: method).transform(x).elements(as: Double.self)
    let (three, four) = method == .l2 ? (0.6, 0.8) : (3 / 7.0, 4 / 7.0)
    #expect(Array(z[..<6]) == [three, four, 0, 0, -three, four])
    #expect(z[6].isNaN && z[7].isNaN)
  }

  @Test func squaresOfFloatsDoNotOverflow() throws {
    let x = try NDArray([0x3p100, 0x4p100] as [Float], shape: [1, 2])
    #expect(try Normalizer(.l2).transform(x).elements(as: Float.self) == [0.6, 0.8])
  }

  @Test func rowsAlongAnyAxis() throws {
    let x = try NDArray([3, 0, 4, 5] as [Double], shape: [2, 2])
    #expect(try Normalizer(.l2, axis: 0).transform(x).elements(as: Double.self) == [0.6, 0, 0.8, 1])
    #expect(try Normalizer(.l1).transform(x[0]).elements(as: Double.self) == [1, 0])
  }

  @Test(arguments: [Normalizer.Method.zscore, .minmax, .maxabs, .robust])
  func axesOfThreeDimensions(_ method: Normalizer.Method) throws {
    let values = (0..<60).map { Double($0 * 37 % 61) * 0.3 - 9 }
    let x = try NDArray(values, shape: [3, 4, 5])
    for axis in -3..<3 {
      let first = try x.moveaxis(axis, 0)
      let expected = try Normalizer.fit(first, method: method).transform(first).moveaxis(0, axis)
      let got = try Normalizer.fit(x, method: method, axis: axis).transform(x)
      let (a, b) = (try got.elements(as: Double.self), try expected.elements(as: Double.self))
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-12 }, "axis \(axis)")
    }
  }

  @Test func dtypes() throws {
    let values = [1, 2, 3, 4]
    for dtype in DType.allCases where dtype.kind != .complex {
      let x = try NDArray(values).astype(dtype)
      let expected: DType = dtype.kind == .floating ? dtype : .float64
      for method in Normalizer.Method.allCases {
        let fit = try Normalizer.fit(x, method: method)
        #expect(try fit.transform(x).dtype == expected, "\(dtype) \(method)")
        if !method.scalesRows { #expect(try fit.inverseTransform(x).dtype == expected, "\(dtype) \(method)") }
      }
    }
    let complex = try NDArray(values).astype(.complex64)
    #expect(throws: TesseraError.self) { try Normalizer.fit(complex) }
    #expect(throws: TesseraError.self) { try Normalizer(.l2).transform(complex) }
  }

  @Test func nearlyConstantFeatures() throws {
    // One rounding step of spread around a large mean is no spread, but a small feature is none the less one.
    let base = 1e9
    let x = try NDArray([base, 1e-9, base.nextUp, 2e-9, base, 3e-9], shape: [3, 2])
    let scale = try Self.parameters(Normalizer.fit(x)).scale
    #expect(scale[0] == 1)
    #expect(scale[1] > 0 && scale[1] < 1e-8)
    // scikit-learn's rule for other scales: below ten units of rounding of the data's dtype.
    let small = try NDArray([0, 1e-6] as [Float])
    #expect(try Self.parameters(Normalizer.fit(small, method: .minmax)).scale == [1])
    #expect(try Self.parameters(Normalizer.fit(small.astype(.float64), method: .minmax)).scale[0] < 1e-5)
  }

  /// Quartiles are float64 whatever the data, and so is the rounding that makes a feature constant. The other scales go by
  /// the data's, as scikit-learn's do.
  @Test(arguments: [DType.float16, .bfloat16, .float32, .float64])
  func smallFeatures(_ dtype: DType) throws {
    // Powers of two, which every dtype has.
    let x = try NDArray([0, 0x1p-21, 0x1p-20] as [Double]).astype(dtype)
    #expect(try Self.parameters(Normalizer.fit(x, method: .robust)).scale == [0x1p-21])
    #expect(try Self.parameters(Normalizer.fit(x)).scale[0] < 0x1p-20)
    let isConstant = dtype != .float64
    for method in [Normalizer.Method.minmax, .maxabs] {
      let scale = try Self.parameters(Normalizer.fit(x, method: method)).scale
      #expect(scale == [isConstant ? 1 : 0x1p-20], "\(method)")
    }
    let nothing = try NDArray([0, 0x1p-51, 0x1p-50] as [Double])
    #expect(try Self.parameters(Normalizer.fit(nothing, method: .robust)).scale == [1])
  }

  @Test func inverse() throws {
    let x = try Self.matrix()
    for method in [Normalizer.Method.zscore, .minmax, .maxabs, .robust] {
      let fit = try Normalizer.fit(x, method: method)
      let back = try fit.inverseTransform(fit.transform(x)).elements(as: Double.self)
      for (got, expected) in zip(back, Self.rows) where !got.isNaN { #expect(abs(got - expected) < 1e-14) }
      #expect(back.indices.allSatisfy { back[$0].isNaN == (Self.rows[$0].isNaN || $0 % 4 == 3) })
    }
    #expect(throws: TesseraError.self) { try Normalizer(.l2).inverseTransform(x) }
  }

  @Test func floatsStayFloats() throws {
    // What (x - center) / scale gives in Float, to the bit.
    let values = (0..<600).map { Float($0 * $0 % 97) * 1.37 + 1000 }
    let x = try NDArray(values, shape: [200, 3])
    let fit = try Normalizer.fit(x)
    let (center, scale) = try Self.parameters(fit)
    let expected = values.enumerated().map { ($1 - Float(center[$0 % 3])) / Float(scale[$0 % 3]) }
    #expect(try fit.transform(x).elements(as: Float.self) == expected)
  }

  /// The range of floats may be none; it is finite in float64.
  @Test(arguments: [DType.float32, .bfloat16]) func rangesBeyondFloats(_ dtype: DType) throws {
    let most = 0x1.8p127
    let values = [-most, -most, 0, most, most]
    let x = try NDArray(values).astype(dtype)
    for method in [Normalizer.Method.minmax, .robust] {
      let fit = try Normalizer.fit(x, method: method)
      #expect(try Self.parameters(fit).scale == [2 * most])
      let z = try fit.transform(x)
      #expect(z.dtype == dtype)
      let expected: [Double] = method == .minmax ? [0, 0, 0.5, 1, 1] : [-0.5, -0.5, 0, 0.5, 0.5]
      #expect(try z.astype(.float64).elements(as: Double.self) == expected, "\(method)")
      let back = try fit.inverseTransform(z).astype(.float64).elements(as: Double.self)
      #expect(back == values, "\(method)")
    }
  }

  @Test func emptyArrays() throws {
    for method in [Normalizer.Method.zscore, .minmax, .maxabs, .robust] {
      let nothing = try NDArray.zeros([5, 0])
      let fit = try Normalizer.fit(nothing, method: method)
      #expect(fit.featureShape.dimensions == [0])
      #expect(try fit.transform(nothing).elements(as: Double.self).isEmpty)
      #expect(throws: TesseraError.self) { try Normalizer.fit(NDArray.zeros([0, 5]), method: method) }
      let noRows = try NDArray.zeros([0, 4])
      #expect(try Normalizer.fit(Self.matrix(), method: method).transform(noRows).shape == noRows.shape)
    }
    for shape in [[0, 4], [4, 0]] {
      #expect(try Normalizer(.l2).transform(NDArray.zeros(shape)).elements(as: Double.self).isEmpty)
    }
  }

  @Test func refusals() throws {
    let x = try Self.matrix()
    let fit = try Normalizer.fit(x)
    #expect(throws: TesseraError.self) { try fit.transform(NDArray.zeros([4, 3])) }
    #expect(throws: TesseraError.self) { try fit.transform(NDArray.zeros([4])) }
    #expect(throws: TesseraError.self) { try Normalizer.fit(x, axis: 2) }
    #expect(throws: TesseraError.self) { try Normalizer.fit(NDArray(3.0)) }
    #expect(throws: TesseraError.self) { try Normalizer(.zscore) }
  }
}
