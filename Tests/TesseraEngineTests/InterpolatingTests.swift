import TesseraCore
import TesseraEngine
import Testing

/// `interp`, with NumPy 2.4's answers; `tools/differential` compares random ones.
@Suite struct InterpolatingTests {
  private let n = Double.nan

  private func values(_ array: NDArray) throws -> [Double] { try array.elements(as: Double.self) }

  /// numpy.interp([0, 1, 1.5, 2.72, 3, 3.14, nan], [1, 2, 3], [3, 2, 0])
  @Test func betweenAndBeyondPoints() throws {
    let x = try NDArray([0, 1, 1.5, 2.72, 3, 3.14, n])
    let found = try values(interp(x, [1, 2, 3], [3, 2, 0]))
    #expect(Array(found[..<3]) == [3, 3, 2.5])
    #expect(abs(found[3] - 0.56) < 1e-15)
    #expect(Array(found[4..<6]) == [0, 0] && found[6].isNaN)
    let ends = try interp(NDArray([0.0, 4]), [1, 2, 3], [3, 2, 0], left: -1, right: 9)
    #expect(try values(ends) == [-1, 9])
    #expect(try values(interp(NDArray([1, 2] as [Float]), [1, 2, 3], [3, 2, 0])) == [3, 2])
    #expect(try interp(NDArray(1.5), [1, 2, 3], [3, 2, 0]).item(as: Double.self) == 2.5)
    let same = try interp(NDArray.full([2, 5000], 1.5), [1, 2, 3], [3, 2, 0])
    #expect(try values(same) == [Double](repeating: 2.5, count: 10_000))
  }

  /// A single point is compared with; equal points jump; infinities do not become NaN where NumPy's do not.
  @Test func unusualPoints() throws {
    #expect(try values(interp(NDArray([0, 1, 2, n]), [1], [5])) == [5, 5, 5, 5])
    #expect(try values(interp(NDArray([0, 1, 2, n]), [1], [5], left: 7)) == [7, 5, 5, 5])
    #expect(try values(interp(NDArray([1, 1.5, 2]), [1, 1, 2, 2], [1, 2, 3, 4])) == [2, 2.5, 4])
    let infinity = Double.infinity
    let half = try NDArray([1.5])
    #expect(try values(interp(half, [1, 2], [infinity, infinity])) == [infinity])
    #expect(try values(interp(half, [1, 2], [infinity, 1])) == [infinity])
    #expect(try values(interp(half, [1, 2], [-infinity, infinity]))[0].isNaN)
    #expect(try values(interp(NDArray([1.5, infinity]), [1, infinity], [2, 3])) == [2, 3])
  }

  /// numpy.interp([-180, -170, -185, 185, -10, -5, 0, 365], [190, -190, 350, -350], [5, 10, 3, 4], period=360)
  @Test func periods() throws {
    let x = try NDArray([-180, -170, -185, 185, -10, -5, 0, 365])
    let found = try interp(x, [190, -190, 350, -350], [5, 10, 3, 4], period: 360)
    #expect(try values(found) == [7.5, 5, 8.75, 6.25, 3, 3.25, 3.5, 3.75])
    let two = try values(interp(NDArray([1, n, .infinity]), [1, 2, 3], [3, 2, 0], period: 2))
    #expect(two[1].isNaN && two[2].isNaN)
    #expect(try interp(x, [1, 2, 3], [3, 2, 1], left: 100, period: -2).max().item(as: Double.self) <= 3)
  }

  /// numpy.interp([1.5, 0, 4, nan], [1, 2, 3], [1j, 2, 3+1j])
  @Test func complexValues() throws {
    typealias Number = Complex<Double>
    let points = [Number(0, 1), Number(2, 0), Number(3, 1)]
    let found: [Number] = try interp(NDArray([1.5, 0, 4, n]), [1, 2, 3], points).elements()
    #expect(Array(found[..<3]) == [Number(1, 0.5), Number(0, 1), Number(3, 1)])
    #expect(found[3].real.isNaN && found[3].imaginary == 0)
    let left = try interp(NDArray([0.5]), [1, 2, 3], points, left: Number(0, 7))
    #expect(try left.item(as: Number.self) == Number(0, 7))
  }

  @Test func mistakesAreNamed() throws {
    let x = try NDArray([1.0])
    let none: [Double] = []
    let refused: [() throws -> NDArray] = [
      { try interp(x, none, none) }, { try interp(x, [1, 2], [1]) }, { try interp(x, [2, 1], [1, 2]) },
      { try interp(x, [1, .nan], [1, 2]) }, { try interp(x, [1, 2], [1, 2], period: 0) },
      { try interp(x, none, none, period: 2) }, { try interp(x, [1, 2], [1], period: 2) },
      { try interp(NDArray([Complex(1.0, 0)]), [1, 2], [1, 2]) },
    ]
    for work in refused {
      let error = #expect(throws: TesseraError.self) { try work() }
      #expect(error?.kind == .usage)
    }
  }
}
