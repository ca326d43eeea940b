import Synchronization
import TesseraCore
import TesseraEngineTestSupport
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// `slidingWindowView` against loops; `tools/differential` compares it with NumPy.
@Suite struct WindowTests {
  /// Of a C-order array, its windows one after another.
  private static func windows<T>(_ elements: [T], _ shape: [Int], _ lengths: [Int], axes: [Int]) -> [T] {
    var dimensions = shape
    for (length, axis) in zip(lengths, axes) { dimensions[axis] -= length - 1 }
    let strides = Shape.strides(of: shape)
    var found: [T] = []
    Region((dimensions + lengths).map { 0..<$0 }).forEachIndex { index in
      var place = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
      for (number, axis) in axes.enumerated() { place += index[shape.count + number] * strides[axis] }
      found.append(elements[place])
    }
    return found
  }

  @Test(arguments: UInt64(0)..<30) func anyAxesOfAnyForm(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = (0..<Int.random(in: 1...3, using: &random)).map { _ in Int.random(in: 1...9, using: &random) }
    let elements = (0..<shape.reduce(1, *)).map { Float($0) }
    var left = shape
    var (lengths, axes) = ([Int](), [Int]())
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let axis = Int.random(in: 0..<shape.count, using: &random)
      let length = Int.random(in: 1...left[axis], using: &random)
      left[axis] -= length - 1
      lengths.append(length)
      axes.append(axis)
    }
    let expected = WindowTests.windows(elements, shape, lengths, axes: axes)
    let folder = try TemporaryFolder()
    let memory = try NDArray(elements, shape: shape)
    let forms = try StoredForms(memory, in: folder, using: &random)
    let others = [
      (form: "computed", array: try forms.lz4 * (1 as Float)),
      (form: "running totals", array: try memory.diff(axis: 0, prepend: memory[..<1] * 0).cumsum(axis: 0)),
    ]
    for (form, x) in forms.all + others {
      let note: Comment = "seed \(seed): \(form), \(shape), \(lengths) along \(axes)"
      let windows = try x.slidingWindowView(lengths, axis: axes.map { $0 - shape.count })
      #expect(windows.shape.dimensions == left + lengths, note)
      #expect(try windows.elements(as: Float.self) == expected, note)
      let options = TransferOptions(memory: 64 << 20, threads: 3)
      #expect(try windows.elements(as: Float.self, options: options) == expected, note)
      // Backwards and in leaps, through a transposed view.
      let turned = try windows.flip().transposed().elements(as: Float.self)
      let numbers = try NDArray(expected, shape: left + lengths)
      #expect(try turned == numbers.flip().transposed().elements(as: Float.self), note)
      let leap = Selection(left.map { _ in .slice(step: -2) } + [.ellipsis])
      #expect(try windows[leap].elements(as: Float.self) == numbers[leap].elements(as: Float.self), note)
      try windows.write(to: folder.at("windows.npy"), options: .init(overwrite: true))
      let written = try NDArray.open(folder.at("windows.npy"))
      #expect(written.shape == windows.shape, note)
      #expect(try written.elements(as: Float.self) == expected, note)
    }
  }

  @Test(arguments: DType.allCases) func everyDType(dtype: DType) throws {
    let x = try NDArray([0, 1, 0, 1, 1] as [Int8]).astype(dtype)
    let windows = try x.slidingWindowView(3)
    #expect(windows.dtype == dtype && windows.shape.dimensions == [3, 3])
    #expect(try windows.astype(.int8).elements() == [0, 1, 0, 1, 0, 1, 0, 1, 1] as [Int8])
  }

  /// NumPy 2.4's answers.
  @Test func edges() throws {
    let x = try NDArray((0..<12).map(Int32.init), shape: [3, 4])
    #expect(try x.slidingWindowView([2, 2]).shape.dimensions == [2, 3, 2, 2])
    #expect(try x.slidingWindowView([2, 2], axis: [1, 1]).shape.dimensions == [3, 2, 2, 2])
    #expect(try x.slidingWindowView([2], axis: [-1]).shape.dimensions == [3, 3, 2])
    #expect(try x.slidingWindowView(0, axis: 1).shape.dimensions == [3, 5, 0])
    #expect(try x.slidingWindowView([0, 4], axis: [0, 0]).shape.dimensions == [1, 4, 0, 4])
    #expect(try x.slidingWindowView([] as [Int], axis: [] as [Int]).elements(as: Int32.self).count == 12)
    #expect(try NDArray.zeros([0, 3]).slidingWindowView(2, axis: 1).shape.dimensions == [0, 2, 2])
    #expect(try NDArray.zeros([0]).slidingWindowView(0).shape.dimensions == [1, 0])
    #expect(try NDArray(3.0).slidingWindowView([] as [Int]).item(as: Double.self) == 3)
    #expect(throws: TesseraError.self) { try x.slidingWindowView(2) }
    #expect(throws: TesseraError.self) { try x.slidingWindowView(5, axis: 1) }
    #expect(throws: TesseraError.self) { try x.slidingWindowView(-1, axis: 1) }
    #expect(throws: TesseraError.self) { try x.slidingWindowView(.max, axis: 1) }
    #expect(throws: TesseraError.self) { try x.slidingWindowView([2, 2], axis: 0) }
    #expect(throws: TesseraError.self) { try x.slidingWindowView([2, 3], axis: [0, 0]) }
    #expect(throws: TesseraError.self) { try x.slidingWindowView(2, axis: 2) }
    #expect(throws: TesseraError.self) { try NDArray.zeros([0]).slidingWindowView(1) }
    #expect(throws: TesseraError.self) { try NDArray(3.0).slidingWindowView(1) }
  }

  /// Rows are read little more often than once, and single windows alone.
  @Test func whatIsReadForMeansOfWindows() throws {
    let folder = try TemporaryFolder()
    let (rows, columns) = (40_000, 16)
    let x = try NDArray.arange(rows * columns, dtype: .float64).reshape([rows, columns])
    try x.write(to: folder.at("x.npy"))
    let base = try CountingDriver(folder.at("x.npy"))
    let means = try base.array.slidingWindowView(7, axis: 0).mean(axis: -1)
    #expect(try means.elements(as: Double.self) == x[3..<(rows - 3)].elements(as: Double.self))
    #expect(base.elements.load(ordering: .relaxed) < rows * columns * 3 / 2)

    let single = try CountingDriver(folder.at("x.npy"))
    let far = try single.array.slidingWindowView(7, axis: 0)[slice(step: 10_000)]
    #expect(try far.elements(as: Double.self).count == 4 * columns * 7)
    #expect(single.elements.load(ordering: .relaxed) == 4 * columns * 7)
  }

  /// What is read in one direction does not begin anew for windows that go on from others.
  @Test func totalsUnderWindowsAreMadeOnce() throws {
    let count = 1 << 20
    let reads = CallCounter()
    let x = try NDArray.ones([count]).map { (value: Double) in
      reads.add()
      return value
    }
    let steps = try x.cumsum().slidingWindowView(50)[slice(), 49]
    let ends = try x.cumsum().slidingWindowView(50).max(axis: -1)
    #expect(try ends.sum().item(as: Double.self) == steps.sum().item(as: Double.self))
    // For each of the two, and what a scan reads ahead.
    #expect(reads.count <= 3 * count)
  }

  /// Windows of any length, of arrays of any size, in the least budget.
  @Test(arguments: [7, 10_000, 1 << 22]) func plansFitTheLeastBudget(length: Int) throws {
    let options = TransferOptions(memory: 64 << 20, threads: 1)
    let line = try ChunkedStub([1 << 34], .float32, chunks: [1 << 16]).array
    let far = try line.slidingWindowView(length)[slice(step: 1 << 20)].mean(axis: -1).sum()
    #expect(try !Evaluation([far.node], options: options).plan().isEmpty)
    if length > 10_000 { return }
    let table = try ChunkedStub([1 << 24, 512], .float32, chunks: [256, 512]).array
    let rows = try table.slidingWindowView(length, axis: 0).mean(axis: -1).sum()
    #expect(try !Evaluation([rows.node], options: options).plan().isEmpty)
  }
}

private final class CallCounter: Sendable {
  private let calls = Atomic<Int>(0)
  var count: Int { calls.load(ordering: .relaxed) }
  func add() { calls.wrappingAdd(1, ordering: .relaxed) }
}
