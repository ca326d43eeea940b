import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraEngine

@Suite struct SequenceTests {
  /// `Generator(Philox(5)).random(4)` and `.permutation(6)` and `.choice(100, 4, False)` in NumPy 2.4.
  @Test func numPysBits() throws {
    #expect(try NDArray.random([2, 2], seed: 5).elements(as: Double.self) == SequenceTests.uniform)
    #expect(try NDArray.permutation(6, seed: 5).elements(as: Int64.self) == SequenceTests.permutation)
    let choice = try NDArray.choice(100, size: 4, replace: false, seed: 5)
    #expect(try choice.elements(as: Int64.self) == SequenceTests.choice)
  }

  /// -log of the draws, which are the uniform numbers but for their last bits.
  @Test func exponentialNumbers() throws {
    let expected = [0.15364188899176617, 0.0778619602687673, 0.8642400011412389, 1.7671811761435146]
    let x = try NDArray.exponential([4], seed: 5).elements(as: Double.self)
    for (found, expected) in zip(x, expected) { #expect(abs(found - expected) < 1e-14, "\(x)") }
    let scaled = try NDArray.exponential([2, 2], scale: 4, seed: 5)
    #expect(try scaled.ravel().elements(as: Double.self) == x.map { 4 * $0 })
    let short = try NDArray.exponential([4], seed: 5, dtype: .float32)
    #expect(try short.elements(as: Float.self) == x.map { Float($0) })
    #expect(try NDArray.exponential([3], scale: 0, seed: 5).elements(as: Double.self) == [0, 0, 0])
    #expect(try NDArray.exponential([2, 0]).size == 0)
  }

  private static let uniform = [
    0.8575790745355746, 0.9250921171973682, 0.4213716729569317, 0.17081380486735076,
  ]
  private static let permutation: [Int64] = [4, 0, 2, 1, 3, 5]
  private static let choice: [Int64] = [83, 14, 84, 92]

  @Test(arguments: [
    "::-1", "5,::3", ":,4", "::2,::-1,::5", "...,-1", "1:3,2:5,3:20", ":,:,::-17", "3:4", "::4,1:2", ":,::2",
  ])
  func partsAreThoseOfTheWhole(_ text: String) throws {
    let selection = try Selection(parsing: text)
    let arrays = [
      try NDArray.random([7, 6, 50], seed: 11, dtype: .float32),
      try NDArray.normal([7, 6, 50], seed: 11),
      try NDArray.exponential([7, 6, 50], scale: 3, seed: 11, dtype: .float32),
      try NDArray.integers([7, 6, 50], -9, 9, seed: 11, dtype: .int16),
      try NDArray.arange(2100, dtype: .int32).reshape([7, 6, 50]),
    ]
    for array in arrays {
      let whole = try array.evaluated()
      // Each through the driver itself, and as an expression that walks it another way.
      #expect(try array[selection].bytes == whole[selection].bytes, "\(array.dtype)")
      #expect(
        try array.transposed()[selection].bytes == whole.transposed()[selection].bytes, "\(array.dtype)")
    }
  }

  @Test func budgetAndThreadsChangeNothing() throws {
    let array = try NDArray.normal([300, 700], seed: 2, dtype: .float32)
    let one = try array.evaluated(options: .init(memory: 64 << 20, threads: 1)).bytes
    #expect(try array.evaluated(options: .init(threads: 4)).bytes == one)
    let column = try array[ellipsis, 600].elements(as: Float.self)
    #expect(try array.elements(as: Float.self)[700 + 600] == column[1])
  }

  @Test func ranges() throws {
    #expect(try NDArray.arange(5).elements(as: Int64.self) == [0, 1, 2, 3, 4])
    #expect(try NDArray.arange(5, -2, step: -3).elements(as: Int64.self) == [5, 2, -1])
    #expect(try NDArray.arange(3, 3).size == 0)
    #expect(try NDArray.arange(0, 300, step: 100, dtype: .uint8).elements(as: UInt8.self) == [0, 100, 200])
    #expect(try NDArray.arange(1.0, 2.0, step: 0.25).elements(as: Double.self) == [1, 1.25, 1.5, 1.75])
    // In NumPy np.arange(1, 1.3, 0.1) has one more than one would think.
    #expect(
      try NDArray.arange(1.0, 1.3, step: 0.1).elements(as: Double.self) == [
        1, 1.1, 1.2000000000000002, 1.3000000000000003,
      ])
    #expect(try NDArray.arange(0.5, 3, dtype: .int32).elements(as: Int32.self) == [0, 1, 2])
    #expect(throws: TesseraError.self) { try NDArray.arange(0, 5, step: 0) }
    #expect(throws: TesseraError.self) { try NDArray.arange(0, .infinity) }
    #expect(throws: TesseraError.self) { try NDArray.arange(5, dtype: .complex64) }
  }

  /// numpy.arange(0, 1, numpy.inf), numpy.arange(0.0, 5e-324, 1e300) and others
  @Test(arguments: [DType.float64, .float32, .int32]) func stepsBeyondTheEnd(_ dtype: DType) throws {
    let least = Double.leastNonzeroMagnitude
    let ones: [(Double, Double)] = [(1, .infinity), (-1, -.infinity), (least, 1e300), (-least, -1e300)]
    for (stop, step) in ones {
      let range = try NDArray.arange(0, stop, step: step, dtype: dtype)
      #expect(try range.astype(.float64).elements(as: Double.self) == [0], "\(stop) by \(step)")
    }
    let none: [(Double, Double)] = [(-1, .infinity), (1, -.infinity), (0, .infinity), (least, -1e300)]
    for (stop, step) in none {
      #expect(try NDArray.arange(0, stop, step: step, dtype: dtype).size == 0, "\(stop) by \(step)")
    }
    for (stop, step) in [(1, .nan), (.infinity, .infinity), (.nan, 1), (1, 0.0)] as [(Double, Double)] {
      let error = #expect(throws: TesseraError.self) {
        try NDArray.arange(0, stop, step: step, dtype: dtype)
      }
      #expect(error?.kind == .usage, "\(stop) by \(step)")
    }
    #expect(try NDArray.arange(5.5, 6, step: 1e30, dtype: dtype).size == 1)
  }

  @Test func linspace() throws {
    #expect(try NDArray.linspace(0, 1, count: 5).elements(as: Double.self) == [0, 0.25, 0.5, 0.75, 1])
    #expect(
      try NDArray.linspace(0, 1, count: 4, endpoint: false).elements(as: Double.self) == [0, 0.25, 0.5, 0.75])
    #expect(try NDArray.linspace(-1, 2, count: 4, dtype: .int64).elements(as: Int64.self) == [-1, 0, 1, 2])
    #expect(try NDArray.linspace(3, 9, count: 1).elements(as: Double.self) == [3])
    #expect(try NDArray.linspace(3, 9, count: 0).size == 0)
    #expect(try NDArray.linspace(0, 0.7, count: 1000).elements(as: Double.self).last == 0.7)
    #expect(
      try NDArray.linspace(0, Double.leastNonzeroMagnitude, count: 3).elements(as: Double.self) == [
        0, 0, Double.leastNonzeroMagnitude,
      ])
  }

  @Test func unitMatrices() throws {
    #expect(try NDArray.identity(2, dtype: .int8).elements(as: Int8.self) == [1, 0, 0, 1])
    #expect(try NDArray.eye(2, 3, k: 1).elements(as: Double.self) == [0, 1, 0, 0, 0, 1])
    #expect(try NDArray.eye(3, 2, k: -1, dtype: .uint8).elements(as: UInt8.self) == [0, 0, 1, 0, 0, 1])
    for k in [5, -5, .max, .min + 1] {
      #expect(try NDArray.eye(2, k: k).elements(as: Double.self) == [0, 0, 0, 0], "\(k)")
    }
    #expect(throws: TesseraError.self) { try NDArray.eye(-1) }
  }

  @Test func refused() {
    #expect(throws: TesseraError.self) { try NDArray.random([3], dtype: .int32) }
    #expect(throws: TesseraError.self) { try NDArray.normal([3], std: -1) }
    #expect(throws: TesseraError.self) { try NDArray.exponential([3], scale: -1) }
    #expect(throws: TesseraError.self) { try NDArray.exponential([3], scale: .infinity) }
    #expect(throws: TesseraError.self) { try NDArray.exponential([3], dtype: .int64) }
    #expect(throws: TesseraError.self) { try NDArray.integers([3], 5, 5) }
    #expect(throws: TesseraError.self) { try NDArray.integers([3], 0, 257, dtype: .uint8) }
    #expect(throws: TesseraError.self) { try NDArray.random([-1]) }
    #expect(throws: TesseraError.self) { try NDArray.permutation(-1) }
    #expect(throws: TesseraError.self) { try NDArray.choice(3, size: 4, replace: false) }
  }

  /// What is given or chosen would fit, but not the list of all to choose from, or the list and the array made of it.
  @Test func listsThatNoMemoryHoldsAreRefused() {
    let many = ProcessLimits.memory / 10
    for refused in [
      { try NDArray.permutation(many) }, { try NDArray.choice(many, size: many) },
      { try NDArray.choice(2 * many, size: many / 20, replace: false) },
      { try NDArray.permutation(of: .zeros([many])) },
    ] as [() throws -> NDArray] {
      let error = #expect(throws: TesseraError.self) { try refused() }
      #expect(error?.kind == .memory)
    }
  }
}

extension NDArray {
  /// The elements' bytes in C order.
  fileprivate var bytes: [UInt8] {
    get throws {
      let stored = StoredArray(try NodeSource.driver(of: evaluated().node))
      var bytes = [UInt8](repeating: 0, count: nbytes)
      try bytes.withUnsafeMutableBytes { try stored.read(into: $0) }
      return bytes
    }
  }
}
