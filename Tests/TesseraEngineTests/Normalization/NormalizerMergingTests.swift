import TesseraCore
import TesseraEngine
import Testing

@Suite struct NormalizerMergingTests {
  /// Two arrays whose features differ in mean and spread, with NaNs, and both together.
  static func parts() throws -> (NDArray, NDArray, both: NDArray) {
    let a = try NDArray((0..<40).map { $0 % 7 == 0 ? .nan : Double($0 * $0 % 23) + 1000 }, shape: [10, 4])
    let b = try NDArray((0..<100).map { Double($0 * 7 % 31) * 0.25 - 3 }, shape: [25, 4])
    return (a, b, try concatenate([a, b]))
  }

  @Test(arguments: [Normalizer.Method.zscore, .minmax, .maxabs])
  func asIfItHadBeenOneArray(_ method: Normalizer.Method) throws {
    let (a, b, both) = try Self.parts()
    let whole = try NormalizerTests.parameters(Normalizer.fit(both, method: method))
    let (first, second) = (try Normalizer.fit(a, method: method), try Normalizer.fit(b, method: method))
    for merged in [try first.merging(second), try second.merging(first)] {
      let parameters = try NormalizerTests.parameters(merged)
      for (got, expected) in zip(parameters.center + parameters.scale, whole.center + whole.scale) {
        #expect(abs(got - expected) <= 1e-13 * max(1, abs(expected)))
      }
      #expect(try merged.transform(both).shape == both.shape)
    }
  }

  @Test func partsOfNothingButNaN() throws {
    let known = try Normalizer.fit(NDArray([1.0, 2, 4]))
    let unknown = try Normalizer.fit(NDArray([Double.nan, .nan]))
    for merged in [try known.merging(unknown), try unknown.merging(known)] {
      #expect(try NormalizerTests.parameters(merged) == NormalizerTests.parameters(known))
    }
    let nothing = try NormalizerTests.parameters(unknown.merging(unknown))
    #expect(nothing.center[0].isNaN && nothing.scale[0].isNaN)
    let range = try Normalizer.fit(NDArray([1.0, 2]), method: .minmax)
    let noRange = try Normalizer.fit(NDArray([Double.nan]), method: .minmax)
    #expect(try NormalizerTests.parameters(range.merging(noRange)) == ([1], [1]))
  }

  @Test func constantsMergeToFeatures() throws {
    let merged = try Normalizer.fit(NDArray([5.0, 5])).merging(Normalizer.fit(NDArray([7.0, 7])))
    #expect(try NormalizerTests.parameters(merged) == ([6], [1]))
    let range = try Normalizer.fit(NDArray([5.0]), method: .minmax)
      .merging(Normalizer.fit(NDArray([9.0]), method: .minmax))
    #expect(try NormalizerTests.parameters(range) == ([5], [4]))
  }

  @Test func refusals() throws {
    let (a, b, _) = try Self.parts()
    let fit = try Normalizer.fit(a)
    #expect(throws: TesseraError.self) { try fit.merging(Normalizer.fit(b, method: .minmax)) }
    #expect(throws: TesseraError.self) { try fit.merging(Normalizer.fit(b, axis: 1)) }
    #expect(throws: TesseraError.self) { try fit.merging(Normalizer.fit(b[ellipsis, 0..<2])) }
  }
}
