import TesseraCore
import TesseraEngine
import TesseraStorage
import Testing

/// Axes of length 0, no axes, as many axes as there may be, and shapes far larger than any memory.
@Suite struct EdgeShapeTests {
  private static let shapes: [[Int]] = [
    [0], [0, 3], [3, 0], [2, 0, 4], [0, 0], [1 << 40, 0], [0, 1 << 40],
  ]

  /// All but those that are as long as 2^40 where they are not empty.
  private static let fewKept: [[Int]] = shapes.filter { !$0.contains(1 << 40) }

  @Test(arguments: fewKept) func reductionsOfNothing(_ shape: [Int]) throws {
    let x = try NDArray.zeros(shape, dtype: .float32)
    #expect(try x.sum().item(as: Float.self) == 0)
    #expect(try x.prod().item(as: Float.self) == 1)
    #expect(try x.mean().item(as: Float.self).isNaN)
    #expect(try x.std(ddof: 1).item(as: Float.self).isNaN)
    #expect(try !x.any().item(as: Bool.self))
    #expect(try x.all().item(as: Bool.self))
    #expect(throws: TesseraError.self) { try x.min() }
    #expect(throws: TesseraError.self) { try x.argmax() }
    #expect(try x.max(initial: 7).item(as: Float.self) == 7)
    #expect(try x.median().item(as: Float.self).isNaN)
    for axis in shape.indices {
      var kept = shape
      kept.remove(at: axis)
      let count = kept.reduce(1, *)
      #expect(try x.sum(axis: axis).elements(as: Float.self) == [Float](repeating: 0, count: count))
      let variances = try x.nanvar(axis: axis).elements(as: Float.self)
      #expect(variances.count == count && variances.allSatisfy(\.isNaN))
      let quantiles = try x.nanquantile([0.1, 0.5, 0.9], axis: axis).elements(as: Double.self)
      #expect(quantiles.count == 3 * count && quantiles.allSatisfy(\.isNaN))
      if shape[axis] == 0 {
        #expect(throws: TesseraError.self) { try x.quantile([0.1, 0.5, 0.9], axis: axis) }
      } else {
        #expect(try x.quantile([0.1, 0.5, 0.9], axis: axis).shape.dimensions == [3] + kept)
      }
      let summary = try x.describe(axis: axis)
      let columns = try evaluate(summary.columns.map(\.array))
      #expect(columns.allSatisfy { $0.shape.dimensions == kept })
      #expect(try columns[0].elements(as: Int64.self) == [Int64](repeating: 0, count: count))
    }
  }

  @Test(arguments: shapes) func everythingElseOfNothing(_ shape: [Int]) throws {
    let x = try NDArray.zeros(shape)
    let none: [Double] = []
    #expect(try x.elements() == none)
    let mapped = try (x + 1).map { (value: Double) -> Double in value }
    #expect(try mapped.elements() == none)
    #expect(try x.cumsum().elements() == none)
    #expect(try x.cumprod(axis: -1).elements() == none)
    #expect(try x.reshape([-1]).elements() == none)
    #expect(try x.reshape([5, 0, 2]).elements() == none)
    #expect(try concatenate([x, x], axis: 0).elements() == none)
    #expect(try stack([x, x], axis: -1).elements() == none)
    #expect(try x.flip().transposed().elements() == none)
    #expect(try x.diff().elements() == none)
    #expect(try x.histogram(bins: 3).counts.elements(as: Int64.self) == [0, 0, 0])
    #expect(try x.histogram(bins: 1, weights: x).counts.elements() == [0.0])
    #expect(try x.histogram(bins: .auto).counts.elements(as: Int64.self) == [0])
    #expect(try x.norm().item(as: Double.self) == 0)
    #expect(try x.allclose(x))
  }

  /// An identity is asked for even where there is no result, as in NumPy 2.4; the greatest norm of nothing is 0.
  @Test func leastAndGreatestOfNothing() throws {
    let x = try NDArray.zeros([0, 0, 3])
    for axes in [Axes(0), Axes(1), Axes([0, 1]), Axes([1, 2])] {
      #expect(throws: TesseraError.self) { try x.min(axis: axes) }
      #expect(throws: TesseraError.self) { try x.norm(ord: -.infinity, axis: axes) }
      #expect(try x.max(axis: axes, initial: 1).size == x.norm(ord: .infinity, axis: axes).size)
    }
    #expect(try x.max(axis: 2).shape.dimensions == [0, 0])
    #expect(try NDArray.zeros([2, 0]).norm(ord: .infinity, axis: 1).elements() == [0.0, 0])
  }

  @Test func scalars() throws {
    let x = NDArray(3.5)
    #expect(try x.sum().item() == 3.5)
    #expect(try x.sum(axis: Axes([])).item() == 3.5)
    #expect(try x.median().item() == 3.5)
    #expect(try x.cumsum().elements() == [3.5])
    #expect(try x.argmin().item(as: Int64.self) == 0)
    #expect(try x.reshape([1, 1, 1]).transposed().squeeze().item() == 3.5)
    #expect(try x.histogram(bins: 2).counts.elements(as: Int64.self) == [0, 1])
    let square = try (x * x).map { (value: Double) -> Double in value + 1 }
    #expect(try square.item(as: Double.self) == 13.25)
    #expect(try x[newAxis, ellipsis].broadcast(to: [2, 3]).sum(axis: 1).elements() == [10.5, 10.5])
    #expect(throws: TesseraError.self) { try x.diff() }
    #expect(throws: TesseraError.self) { try concatenate([x, x]) }
  }

  @Test func sixtyFourAxes() throws {
    var shape = [Int](repeating: 1, count: 64)
    shape[10] = 3
    shape[40] = 2
    let x = try NDArray([1.0, 2, 3, 4, 5, 6], shape: shape)
    #expect(try x.sum(axis: 10).elements() == [9.0, 12.0])
    #expect(try x.transposed().sum(axis: Axes(63 - 40), keepdims: true).elements() == [3.0, 7.0, 11.0])
    #expect(try x.median(axis: 40).elements() == [1.5, 3.5, 5.5])
    #expect(try x.cumsum(axis: 10).elements() == [1.0, 2.0, 4.0, 6.0, 9.0, 12.0])
    #expect(try x.flip().reshape([6]).elements() == [6.0, 5.0, 4.0, 3.0, 2.0, 1.0])
    #expect(try concatenate([x, x], axis: 63).size == 12)
    #expect(throws: TesseraError.self) { try x.expandDims(axis: 0) }
    #expect(throws: TesseraError.self) { try stack([x, x]) }
    #expect(throws: TesseraError.self) { try x.quantile([0.5], axis: 0, keepdims: true) }
  }

  /// Plans alone: the time to run them is in proportion to the elements.
  @Test func plansOfHugeShapesDoNotOverflow() throws {
    let count = 1 << 58
    for dtype in [DType.int8, .float32, .complex128] {
      let x = try NDArray.zeros([count], dtype: dtype)
      let square = try x.reshape([1 << 29, 1 << 29])
      #expect(try explain(x.sum(), x.mean()).passes.count <= 1)
      _ = try explain(square.sum(axis: [0, 1]))
      #expect(throws: TesseraError.self) { try explain(x) }
      #expect(throws: TesseraError.self) { try explain(x.cumsum()) }
      #expect(throws: TesseraError.self) { try explain(square.transposed() + 1) }
    }
    let x = try NDArray.zeros([count])
    _ = try explain(x.median(), x.histogram(bins: [0, 1]).counts)
    let wide = try NDArray.zeros([2, count / 2])
    #expect(throws: TesseraError.self) { try explain(wide.sum(axis: 0)) }
    #expect(throws: TesseraError.self) { try explain(wide.median(axis: 0)) }
    #expect(throws: TesseraError.self) { try explain(wide.cumsum(axis: 0).max(axis: 0)) }
    #expect(throws: TesseraError.self) { try concatenate([NDArray](repeating: x, count: 64)) }
    for long in [x, try NDArray.zeros([0])] {
      let error = #expect(throws: TesseraError.self) { try long.split(count) }
      #expect(error?.kind == .memory)
    }
    #expect(try x[slice(step: .max)].elements() == [0.0])
    #expect(try x[slice(step: 1 << 57)][slice(step: -1)][slice(step: .min)].elements() == [0.0])
  }

  /// No file is concerned.
  @Test func shapesThatCannotBeAreMistakesOfTheRequest() throws {
    let column = try NDArray.zeros([1 << 30, 1])
    let mistakes: [() throws -> NDArray] = [
      { try NDArray.zeros([-1]) }, { try NDArray.full([3, -2], 7) }, { try NDArray([1.0], shape: [-1]) },
      { try NDArray.eye(-3) }, { try NDArray.random([-1]) }, { try NDArray.arange(20).reshape([-5, 4]) },
      { try column.broadcast(to: [1 << 30, 1 << 30]) }, { try column + column.transposed() },
    ]
    for (number, mistake) in mistakes.enumerated() {
      let error = #expect(throws: TesseraError.self) { try mistake() }
      #expect(error?.kind == .usage, "\(number)")
    }
  }

  @Test func stepsThroughViewsOfViews() throws {
    let shape = [7, 5, 6]
    let x = try NDArray((0..<210).map(Int32.init), shape: shape)
    // The same walks over something computed in pieces, which is not a plain view.
    let bases = [
      x, try concatenate([x[0..<3], x[3...]]), try (x + 0).reshape([35, 6]).reshape(shape),
      try (x.astype(.float64).cumsum(axis: 0) * 0 + x.astype(.float64)).astype(.int32),
    ]
    for (number, base) in bases.enumerated() {
      let view = try base[slice(step: -2), slice(4, 0, step: -1), slice(1, nil, step: 2)]
        .transposed([2, 0, 1])[slice(step: -1), slice(2, nil, step: -1), slice(step: 3)]
      var expected: [Int32] = []
      for k in [2, 1, 0] {
        for i in [2, 1, 0] {
          for j in [0, 3] { expected.append(Int32((6 - 2 * i) * 30 + (4 - j) * 6 + 1 + 2 * k)) }
        }
      }
      #expect(try view.elements() == expected, "base \(number)")
      let total = expected.reduce(0 as Int64) { $0 + Int64($1) }
      #expect(try view.sum().item(as: Int64.self) == total, "base \(number)")
    }
  }
}
