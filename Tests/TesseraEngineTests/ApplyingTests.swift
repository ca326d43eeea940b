import Synchronization
import TesseraCore
import TesseraEngineTestSupport
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// `applyAlongAxis` against loops, and NumPy 2.4's shapes.
@Suite struct ApplyingTests {
  /// The first element twice and the last, where there are any; not symmetric, so that the order of a line shows.
  private static func ends(_ line: [Double]) -> [Float] {
    guard let first = line.first, let last = line.last else { return [-1, -1, -1] }
    return [Float(first), Float(first), Float(last)]
  }

  private static func weighted(_ line: [Double]) -> Int64 {
    var sum = 0.0
    for (place, element) in line.enumerated() { sum += Double(place + 1) * element }
    return Int64(sum)
  }

  @Test(arguments: UInt64(0)..<20) func anyAxisOfAnyForm(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...9, using: &random) }
    let axis = Int.random(in: 0..<shape.count, using: &random)
    let elements = (0..<shape.reduce(1, *)).map { _ in Double(Int.random(in: -99...99, using: &random)) }
    let inner = shape[(axis + 1)...].reduce(1, *)
    var kept = shape
    kept.remove(at: axis)
    var (sums, ends) = ([Int64](), [[Float]]())
    for start in elements.indices where start / inner % shape[axis] == 0 {
      let line = (0..<shape[axis]).map { elements[start + $0 * inner] }
      sums.append(ApplyingTests.weighted(line))
      ends.append(ApplyingTests.ends(line))
    }
    let folder = try TemporaryFolder()
    let memory = try NDArray(elements, shape: shape)
    let forms = try StoredForms(memory, in: folder, using: &random)
    let others = [
      (form: "computed", array: try forms.lz4 + 0.0)
    ]
    for (form, x) in forms.all + others {
      let note: Comment = "seed \(seed): \(form), \(shape), axis \(axis)"
      let weighted = try x.applyAlongAxis({ (line: [Double]) in ApplyingTests.weighted(line) }, axis: axis)
      #expect(weighted.dtype == .int64 && weighted.shape.dimensions == kept, note)
      let options = TransferOptions(memory: 64 << 20, threads: 3)
      #expect(try weighted.elements(as: Int64.self) == sums, note)
      #expect(try (weighted + 0).elements(as: Int64.self, options: options) == sums, note)
      let both = try x.applyAlongAxis(
        { (line: [Double]) in ApplyingTests.ends(line) }, axis: axis - shape.count, count: 3)
      var dimensions = shape
      dimensions[axis] = 3
      #expect(both.dtype == .float32 && both.shape.dimensions == dimensions, note)
      let lines = try both.moveaxis(axis, -1).elements(as: Float.self, options: options)
      #expect(lines == ends.flatMap { $0 }, note)
      try both.write(to: folder.at("ends.npy"), options: .init(overwrite: true))
      let written = try NDArray.open(folder.at("ends.npy")).moveaxis(axis, -1)
      #expect(try written.elements(as: Float.self) == ends.flatMap { $0 }, note)
    }
  }

  @Test func emptyLinesAndNoLines() throws {
    let none = try NDArray.zeros([0, 3])
    let count = { @Sendable (line: [Double]) in Int64(line.count) }
    #expect(try none.applyAlongAxis(count, axis: 0).elements() == [0, 0, 0] as [Int64])
    #expect(try none.applyAlongAxis(count, axis: 1).shape.dimensions == [0])
    #expect(try NDArray.zeros([0]).applyAlongAxis(count, axis: 0).item(as: Int64.self) == 0)
    #expect(try NDArray.zeros([4]).applyAlongAxis(count, axis: -1).item(as: Int64.self) == 4)
    let ends = { @Sendable (line: [Double]) in ApplyingTests.ends(line) }
    let empty = try none.applyAlongAxis(ends, axis: 0, count: 3)
    #expect(empty.shape.dimensions == [3, 3])
    #expect(try empty.elements() == [Float](repeating: -1, count: 9))
    let nothing = try NDArray.ones([5, 3]).applyAlongAxis({ (_: [Double]) in [Int8]() }, axis: 0, count: 0)
    #expect(nothing.shape.dimensions == [0, 3] && nothing.dtype == .int8)
  }

  @Test func whatIsRefused() throws {
    struct Stop: Error {}
    let x = try NDArray([1, 2, 3, 4] as [Double], shape: [2, 2])
    let count = { @Sendable (line: [Double]) in Int64(line.count) }
    #expect(throws: TesseraError.self) { try x.applyAlongAxis(count, axis: 2) }
    #expect(throws: TesseraError.self) { try NDArray(1.0).applyAlongAxis(count, axis: 0) }
    #expect(throws: TesseraError.self) { try x.applyAlongAxis({ (line: [Float]) in line[0] }, axis: 0) }
    #expect(throws: TesseraError.self) {
      try x.applyAlongAxis({ (line: [Double]) in line }, axis: 0, count: -1)
    }
    let long = try x.applyAlongAxis({ (line: [Double]) in line + line }, axis: 0, count: 2)
    #expect(throws: TesseraError.self) { try long.elements(as: Double.self) }
    let stopped = try x.applyAlongAxis(
      { (line: [Double]) -> Double in
        guard line[0] < 2 else { throw Stop() }
        return line[0]
      }, axis: 0)
    #expect(throws: Stop.self) { try stopped.elements(as: Double.self) }
  }

  /// Between two lines of a block, too.
  @Test func aTokenStopsIt() throws {
    let token = CancellationToken()
    let calls = Mutex(0)
    let firsts = try NDArray.ones([1000, 2]).applyAlongAxis(
      { (line: [Double]) -> Double in
        calls.withLock { $0 += 1 }
        token.cancel()
        return line[0]
      }, axis: 1)
    let error = #expect(throws: TesseraError.self) {
      try firsts.elements(as: Double.self, options: .init(threads: 1, cancellation: token))
    }
    #expect(error?.kind == .cancelled)
    let count = calls.withLock { $0 }
    #expect(count == 1)
  }

  /// Lines of more than what is cut to, and many results of short ones.
  @Test func longLinesAndLongResults() throws {
    let count = 700_000
    let x = try NDArray.arange(2 * count, dtype: .float64).reshape([count, 2])
    let options = TransferOptions(memory: 128 << 20, threads: 2)
    let last = try x.applyAlongAxis({ (line: [Double]) in line[line.count - 1] }, axis: 0)
    #expect(try last.elements(options: options) == [Double(2 * count - 2), Double(2 * count - 1)])
    let rows = try x.applyAlongAxis(
      { (line: [Double]) in [Float](repeating: Float(line[1]), count: 100) }, axis: 1, count: 100)
    #expect(rows.shape.dimensions == [count, 100])
    let ends = try rows[slice(step: 100_000), 99].elements(as: Float.self, options: options)
    #expect(ends == (0..<7).map { Float(200_000 * $0 + 1) })
  }

  /// Of a line that does not fit the plan says so, before anything is read.
  @Test func linesThatDoNotFitAreRefused() throws {
    let stub = try ChunkedStub([1 << 26], .float32, chunks: [1 << 16])
    let sum = try stub.array.applyAlongAxis({ (line: [Float]) in line.reduce(0, +) }, axis: 0)
    let evaluation = Evaluation([sum.node], options: .init(memory: 256 << 20, threads: 2))
    let error = #expect(throws: TesseraError.self) { try evaluation.plan() }
    #expect(error?.kind == .memory)
    #expect(stub.reads.load(ordering: .relaxed) == 0)
  }
}
