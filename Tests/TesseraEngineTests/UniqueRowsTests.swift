import TesseraCore
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraEngine

/// `unique` along an axis against loops and NumPy 2.4's answers; `tools/differential` compares it with NumPy.
@Suite struct UniqueRowsTests {
  /// Parts of an array along its first axis, told apart one by one.
  private struct Reference {
    var order: [Int] = []
    var counts: [Int64] = []
    var inverse: [Int64] = []

    init(_ rows: [[Float]]) {
      var firsts: [Int] = []
      var owners: [Int] = []
      for (position, row) in rows.enumerated() {
        // A NaN equals none, zeros of either sign do.
        let known = firsts.first { rows[$0] == row }
        if known == nil { firsts.append(position) }
        owners.append(known ?? position)
      }
      order = firsts.sorted { Reference.isBefore((rows[$0], $0), (rows[$1], $1)) }
      counts = order.map { first in Int64(owners.count { $0 == first }) }
      inverse = owners.map { owner in Int64(order.firstIndex(of: owner)!) }
    }

    private typealias Row = (row: [Float], position: Int)

    private static func isBefore(_ a: Row, _ b: Row) -> Bool {
      for (first, second) in zip(a.row, b.row) where first != second {
        if first.isNaN, second.isNaN { continue }
        if first.isNaN || second.isNaN { return second.isNaN }
        return first < second
      }
      return a.position < b.position
    }
  }

  @Test(arguments: UInt64(0)..<40) func anyAxisOfAnyForm(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rank = Int.random(in: 2...4, using: &random)
    var shape = (0..<rank).map { _ in Int.random(in: 1...3, using: &random) }
    let axis = Int.random(in: 0..<rank, using: &random)
    shape[axis] = Int.random(in: 1...60, using: &random)
    let values: [Float] = seed % 3 == 0 ? [0, -0.0, .nan, 1] : [0, -0.0, 1, -.infinity]
    let elements = (0..<shape.reduce(1, *)).map { _ in values.randomElement(using: &random)! }
    let memory = try NDArray(elements, shape: shape)
    let each = elements.count / shape[axis]
    let all = try memory.moveaxis(axis, 0).elements(as: Float.self)
    let rows = (0..<shape[axis]).map { Array(all[$0 * each..<($0 + 1) * each]) }
    let expected = Reference(rows)
    let bits = expected.order.flatMap { rows[$0].map { $0.isNaN ? 0 : $0.bitPattern } }
    let folder = try TemporaryFolder()
    let forms = try StoredForms(memory, in: folder, using: &random)
    for (form, x) in forms.all {
      for options in [TransferOptions(), TransferOptions(memory: 64 << 20, threads: 3)] {
        let note: Comment = "seed \(seed): \(form), \(shape), axis \(axis), \(options.threads) threads"
        let found = try x.unique(returning: [.index, .inverse, .counts], axis: axis - rank, options: options)
        var dimensions = shape
        dimensions[axis] = expected.order.count
        #expect(found.values.shape.dimensions == dimensions, note)
        let own = try found.values.moveaxis(axis, 0).elements(as: Float.self)
        #expect(own.map { $0.isNaN ? 0 : $0.bitPattern } == bits, note)
        #expect(try found.index?.elements(as: Int64.self) == expected.order.map(Int64.init), note)
        #expect(try found.counts?.elements(as: Int64.self) == expected.counts, note)
        #expect(found.inverse?.shape.dimensions == [shape[axis]], note)
        #expect(try found.inverse?.elements(as: Int64.self, options: options) == expected.inverse, note)
        let alone = try x.unique(axis: axis, options: options)
        #expect(alone.shape == found.values.shape, note)
      }
    }
  }

  @Test(arguments: DType.allCases) func everyDType(dtype: DType) throws {
    let x = try NDArray([1, 0, 0, 1, 1, 0, 0, 0, 1, 0] as [Int8], shape: [5, 2]).astype(dtype)
    let found = try x.unique(returning: [.index, .inverse, .counts], axis: 0)
    #expect(found.values.dtype == dtype && found.values.shape.dimensions == [3, 2])
    #expect(try found.values.astype(.int8).elements() == [0, 0, 0, 1, 1, 0] as [Int8])
    #expect(try found.index?.elements() == [3, 1, 0] as [Int64])
    #expect(try found.inverse?.elements() == [2, 1, 2, 0, 2] as [Int64])
    #expect(try found.counts?.elements() == [1, 1, 3] as [Int64])
  }

  /// As signed integers and floats are in order, not as their bytes are.
  @Test func negativeNumbers() throws {
    let x = try NDArray([1, -2, 1, -3, -1, 5] as [Int16], shape: [3, 2])
    #expect(try x.unique(axis: 0).elements() == [-1, 5, 1, -3, 1, -2] as [Int16])
    #expect(try x.astype(.float64).unique(axis: 0).elements() == [-1, 5, 1, -3, 1, -2] as [Double])
    let wide = try NDArray([256, 1, 1, 256, 255, 7] as [UInt64], shape: [3, 2])
    #expect(try wide.unique(axis: 0).elements() == [1, 256, 255, 7, 256, 1] as [UInt64])
  }

  /// NumPy 2.4's answers.
  @Test func complexNaNs() throws {
    let n = Double.nan
    let rows: [Complex<Double>] = [
      .init(1, 1), .init(0, n), .init(1, 1), .init(0, n), .init(n, 0), .init(0, 0), .init(0, n), .init(0, 0),
      .init(n, 1), .init(0, 0),
    ]
    let found = try NDArray(rows, shape: [5, 2]).unique(returning: [.index, .inverse, .counts], axis: 0)
    #expect(found.values.shape.dimensions == [5, 2])
    #expect(try found.index?.elements() == [0, 1, 3, 2, 4] as [Int64])
    #expect(try found.inverse?.elements() == [0, 1, 3, 2, 4] as [Int64])
    #expect(try found.counts?.elements() == [1, 1, 1, 1, 1] as [Int64])
  }

  @Test func oneAxisAndNoElements() throws {
    let line = try NDArray([.nan, 1, .nan, 0, -0.0] as [Double])
    let one = try line.unique(returning: [.index, .counts], axis: 0)
    #expect(try one.index?.elements() == [3, 1, 0] as [Int64])
    #expect(try one.counts?.elements() == [2, 1, 2] as [Int64])
    #expect(try line.unique(axis: -1, equalNaN: false).size == 4)
    for (shape, axis, result, positions) in [
      ([0, 3], 0, [0, 3], 0), ([3, 0], 0, [1, 0], 3), ([3, 0], 1, [3, 0], 0), ([0, 3], 1, [0, 1], 3),
      ([3, 0, 2], 0, [1, 0, 2], 3),
    ] {
      let found = try NDArray.zeros(shape).unique(returning: [.index, .inverse, .counts], axis: axis)
      let isSome = result[axis] == 1
      #expect(found.values.shape.dimensions == result)
      #expect(try found.index?.elements(as: Int64.self) == (isSome ? [0] : []))
      #expect(try found.inverse?.elements() == [Int64](repeating: 0, count: positions))
      #expect(try found.counts?.elements(as: Int64.self) == (isSome ? [Int64(positions)] : []))
    }
    #expect(throws: TesseraError.self) { try NDArray(1.0).unique(axis: 0) }
    #expect(throws: TesseraError.self) { try NDArray.zeros([2, 2]).unique(axis: 2) }
  }

  /// Rows that have one hash cannot be made beforehand.
  @Test func hashesAreOfOneCall() {
    let row: [UInt64] = [1, 2]
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 64)
    defer { memory.deallocate() }
    let hashes = (0..<4).map { _ in
      row.withUnsafeBytes { bytes in
        RowLayout(.uint64, count: 2).key(of: bytes.baseAddress!, into: memory, spare: memory + 128).hash
      }
    }
    #expect(Set(hashes).count > 1)
  }

  /// Over many blocks, rows of more than a tile, and by several threads.
  @Test func manyRowsAndLongRows() throws {
    let folder = try TemporaryFolder()
    let (count, width) = (1500, 700)
    let elements = (0..<count * width).map { Int32(($0 / width * 7919 % 501) << ($0 % width == 650 ? 8 : 0)) }
    try NDArray(elements, shape: [count, width]).write(
      to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: [100, 300]))
    let x = try NDArray.open(folder.at("x.zarr"))
    for source in [x, try x + 0] {
      let found = try source.unique(
        returning: [.index, .inverse, .counts], axis: 0, options: .init(memory: 128 << 20, threads: 4))
      #expect(found.values.shape.dimensions == [501, width])
      #expect(try found.values[slice(), 0].elements() == (0..<501).map(Int32.init))
      let inverse = try found.inverse!.elements(as: Int64.self)
      #expect(inverse == (0..<count).map { Int64($0 * 7919 % 501) })
      let index = try found.index!.elements(as: Int64.self)
      #expect(index.allSatisfy { $0 < 501 })
      #expect(index.map { inverse[Int($0)] } == (0..<501).map { Int64($0) })
      #expect(try found.counts!.sum().item(as: Int64.self) == Int64(count))
    }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let x = try NDArray.arange(2_000_000, dtype: .float64).reshape([500_000, 4])
    let error = #expect(throws: TesseraError.self) {
      try x.unique(axis: 0, options: .init(memory: 64 << 20, threads: 2))
    }
    #expect(error?.kind == .memory)
    #expect(error.map { "\($0)".contains("distinct rows") && !"\($0)".contains("\n") } == true)
    let all = try x.unique(axis: 0, options: .init(memory: 1 << 30, threads: 2))
    #expect(all.shape.dimensions == [500_000, 4])
  }

  /// What rows need by themselves is named before anything is read.
  @Test func rowsThatDoNotFitAreRefused() throws {
    let stub = try ChunkedStub([4, 1 << 24], .float32, chunks: [1, 1 << 16])
    let error = #expect(throws: TesseraError.self) {
      try stub.array.unique(axis: 0, options: .init(memory: 256 << 20, threads: 2))
    }
    #expect(error?.kind == .memory && (error?.leastMemory ?? 0) > 256 << 20)
    #expect(stub.reads.load(ordering: .relaxed) == 0)
  }
}
