import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

/// `unique` against a dictionary; `tools/differential` compares it with NumPy.
@Suite struct UniqueTests {
  /// What NumPy gives: the first of equal elements stands for all of them.
  private struct Reference<T: Element & Hashable> {
    var values: [T] = []
    var index: [Int64] = []
    var counts: [Int64] = []
    var inverse: [Int64] = []

    /// - Parameter ascends: whether the first is below the second; NaN is above all.
    init(_ elements: [T], isNaN: (T) -> Bool, ascends: (T, T) -> Bool) {
      var places: [T: Int] = [:]
      var nan: Int?
      var found: [(first: Int, count: Int)] = []
      let numbers = elements.enumerated().map { position, element -> Int in
        let known = isNaN(element) ? nan : places[element]
        let place = known ?? found.count
        if known == nil {
          found.append((position, 0))
          if isNaN(element) { nan = place } else { places[element] = place }
        }
        found[place].count += 1
        return place
      }
      let order = found.indices.sorted {
        let (a, b) = (elements[found[$0].first], elements[found[$1].first])
        return isNaN(a) || isNaN(b) ? !isNaN(a) && isNaN(b) : ascends(a, b)
      }
      var ranks = [Int](repeating: 0, count: order.count)
      for (rank, place) in order.enumerated() { ranks[place] = rank }
      values = order.map { elements[found[$0].first] }
      index = order.map { Int64(found[$0].first) }
      counts = order.map { Int64(found[$0].count) }
      inverse = numbers.map { Int64(ranks[$0]) }
    }
  }

  private func check<T: Element & Hashable>(
    _ elements: [T], _ shape: [Int], note: String, random: inout SeededGenerator, isNaN: (T) -> Bool,
    ascends: (T, T) -> Bool
  ) throws {
    let expected = Reference(elements, isNaN: isNaN, ascends: ascends)
    let folder = try TemporaryFolder()
    let x = try NDArray(elements, shape: shape)
    var forms = [("memory", x), ("transposed twice", try x.transposed().transposed())]
    if T.dtype != .bfloat16 {
      let chunks = shape.map { Int.random(in: 1...max(1, $0), using: &random) }
      try x.write(to: folder.at("x.npy"))
      try x.write(to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: chunks))
      forms += [
        ("npy", try NDArray.open(folder.at("x.npy"))),
        ("lz4 \(chunks)", try NDArray.open(folder.at("x.zarr"))),
      ]
    }
    for (form, x) in forms {
      for options in [TransferOptions(), TransferOptions(memory: 64 << 20, threads: 3)] {
        let note: Comment = "\(note): \(T.dtype) \(shape), \(form), \(options.threads) threads"
        #expect(try bytes(x.unique(options: options).elements(as: T.self)) == bytes(expected.values), note)
        let all = try x.unique(returning: [.index, .inverse, .counts], options: options)
        #expect(try bytes(all.values.elements(as: T.self)) == bytes(expected.values), note)
        #expect(try all.index?.elements(as: Int64.self) == expected.index, note)
        #expect(try all.counts?.elements(as: Int64.self) == expected.counts, note)
        #expect(all.inverse?.shape == x.shape, note)
        #expect(try all.inverse?.elements(as: Int64.self) == expected.inverse, note)
        let counts = try x.unique(returning: .counts, options: options)
        #expect(try counts.counts?.elements(as: Int64.self) == expected.counts, note)
        #expect(counts.index == nil && counts.inverse == nil, note)
      }
    }
  }

  /// The bits, but that all NaNs are one.
  private func bytes<T: Element>(_ elements: [T]) -> [[UInt8]] {
    elements.map { element in
      if let value = element as? any BinaryFloatingPoint, value.isNaN { return [] }
      if let value = element as? BFloat16, value.float.isNaN { return [] }
      return withUnsafeBytes(of: element) { Array($0) }
    }
  }

  private static func shape(_ random: inout SeededGenerator) -> [Int] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: 1...17, using: &random) }
  }

  private func integers<T: Element & FixedWidthInteger>(_ type: T.Type, _ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = UniqueTests.shape(&random)
    let few = Bool.random(using: &random)
    let elements = (0..<shape.reduce(1, *)).map { _ -> T in
      let wide = T(truncatingIfNeeded: random.next())
      return few ? wide & 7 : wide
    }
    try check(
      elements, shape, note: "seed \(seed)", random: &random, isNaN: { _ in false }, ascends: { $0 < $1 })
  }

  @Test(arguments: sampled(0..<6, every: 2).map(UInt64.init)) func integersOfAllWidths(seed: UInt64) throws {
    try integers(Int8.self, seed)
    try integers(Int16.self, seed)
    try integers(Int32.self, seed)
    try integers(Int64.self, seed)
    try integers(UInt8.self, seed)
    try integers(UInt16.self, seed)
    try integers(UInt32.self, seed)
    try integers(UInt64.self, seed)
  }

  private static let special: [Double] = [
    0, -0.0, .nan, .infinity, -.infinity, 1, -1, 0.5, 6e-8, -6e-8, 65504, -.nan,
  ]

  private func floats<T: Element & Hashable>(
    _ seed: UInt64, _ make: (Double) -> T, _ value: (T) -> Double
  ) throws {
    var random = SeededGenerator(seed: seed)
    let shape = UniqueTests.shape(&random)
    let share = Double.random(in: 0...1, using: &random)
    let elements = (0..<shape.reduce(1, *)).map { _ in
      Double.random(in: 0...1, using: &random) < share
        ? make(UniqueTests.special.randomElement(using: &random)!)
        : make(Double.random(in: -3...3, using: &random))
    }
    try check(
      elements, shape, note: "seed \(seed)", random: &random, isNaN: { value($0).isNaN },
      ascends: { value($0) < value($1) })
  }

  @Test(arguments: sampled(0..<10, every: 2).map(UInt64.init)) func floatsOfAllWidths(seed: UInt64) throws {
    try floats(seed, { Float16($0) }, { Double($0) })
    try floats(seed, { Float($0) }, { Double($0) })
    try floats(seed, { $0 }, { $0 })
  }

  @Test(arguments: UInt64(0)..<6) func bfloat16(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let elements = (0..<500).map { _ in BFloat16(Float.random(in: -2...2, using: &random)) }
    try check(
      elements, [20, 25], note: "seed \(seed)", random: &random, isNaN: { $0.float.isNaN },
      ascends: { $0.float < $1.float })
  }

  @Test(arguments: UInt64(0)..<10) func complexByRealThenImaginaryPart(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = UniqueTests.shape(&random)
    let parts: [Float] = [0, -0.0, 1, -1, 2.5, .infinity, -.infinity]
    func any() -> Float { parts.randomElement(using: &random)! }
    let elements = (0..<shape.reduce(1, *)).map { _ in Complex(any(), any()) }
    func ascends<Real>(_ a: Complex<Real>, _ b: Complex<Real>) -> Bool {
      (a.real, a.imaginary) < (b.real, b.imaginary)
    }
    try check(
      elements, shape, note: "seed \(seed)", random: &random, isNaN: { _ in false }, ascends: ascends)
    try check(
      elements.map { Complex(Double($0.real), Double($0.imaginary)) }, shape, note: "seed \(seed)",
      random: &random, isNaN: { _ in false }, ascends: ascends)
  }

  /// NumPy 2.4's answers, of its stable sort.
  @Test func complexNaNs() throws {
    let n = Double.nan
    let x = try NDArray([
      Complex(1, n), Complex(0, n), Complex(n, 1), Complex(n, 0), Complex(3, 0), Complex(n, n), Complex(1, n),
      Complex(-0.0, 2), Complex(0.0, 2),
    ])
    let one = try x.unique(returning: [.index, .inverse, .counts])
    let values: [Complex<Double>] = try one.values.elements()
    #expect(values.map(\.real) == [0, 3, 0] && values[0].real.sign == .minus && values[2].imaginary.isNaN)
    #expect(try one.index?.elements() == [7, 4, 1] as [Int64])
    #expect(try one.inverse?.elements() == [2, 2, 2, 2, 1, 2, 2, 0, 0] as [Int64])
    #expect(try one.counts?.elements() == [2, 1, 6] as [Int64])
    let each = try x.unique(returning: [.index, .inverse, .counts], equalNaN: false)
    #expect(each.values.size == 8)
    #expect(try each.index?.elements() == [7, 4, 1, 0, 6, 3, 2, 5] as [Int64])
    #expect(try each.inverse?.elements() == [3, 2, 6, 5, 1, 7, 4, 0, 0] as [Int64])
    #expect(try each.counts?.elements() == [2, 1, 1, 1, 1, 1, 1, 1] as [Int64])
  }

  @Test func separateNaNs() throws {
    let x = try NDArray([Float.nan, 1, .nan, 1], shape: [2, 2])
    let found = try x.unique(returning: [.index, .inverse, .counts], equalNaN: false)
    #expect(try found.values.elements(as: Float.self).map(\.isNaN) == [false, true, true])
    #expect(try found.index?.elements() == [1, 0, 2] as [Int64])
    #expect(try found.inverse?.elements() == [1, 0, 2, 0] as [Int64])
    #expect(try found.counts?.elements() == [2, 1, 1] as [Int64])
  }

  /// Each of them is a result, and there may be very many.
  @Test func separateNaNsThatDoNotFitAreRefused() throws {
    let x = try NDArray.full([300_000], Double.nan)
    let error = #expect(throws: TesseraError.self) {
      try x.unique(equalNaN: false, options: .init(memory: 64 << 20, threads: 2))
    }
    #expect(error?.kind == .memory)
    #expect(error.map { "\($0)".contains("NaNs") && !"\($0)".contains("\n") } == true)
    #expect(try x.unique(equalNaN: false, options: .init(memory: 256 << 20, threads: 2)).size == 300_000)
  }

  @Test(arguments: DType.allCases) func emptyAndScalar(dtype: DType) throws {
    let none = try NDArray.zeros([0, 3], dtype: dtype).unique(returning: [.index, .inverse, .counts])
    #expect(none.values.shape.dimensions == [0] && none.values.dtype == dtype)
    #expect(none.index?.shape.dimensions == [0] && none.counts?.shape.dimensions == [0])
    #expect(none.inverse?.shape.dimensions == [0, 3])
    let one = try NDArray.ones([], dtype: dtype).unique(returning: [.index, .inverse, .counts])
    #expect(one.values.shape.dimensions == [1])
    #expect(try one.inverse?.elements() == [0] as [Int64] && one.inverse?.ndim == 0)
    #expect(try one.counts?.elements() == [1] as [Int64])
  }

  @Test func bools() throws {
    let x = try NDArray([true, false, true])
    #expect(try x.unique().elements() == [false, true])
    #expect(try NDArray([true]).unique(returning: .counts).counts?.elements() == [1] as [Int64])
  }

  /// What takes several passes within 64 MiB gives the same bits as what takes one.
  @Test func manyDistinctElementsWithinASmallBudget() throws {
    let count = 450_000
    let x = try NDArray((0..<count).map { Double(($0 &* 7_919) % count) - 1000.5 }, shape: [count / 10, 10])
    let small = try x.unique(options: .init(memory: 64 << 20, threads: 4))
    #expect(try small.elements(as: Double.self) == (0..<count).map { Double($0) - 1000.5 })
    let sparse = try x.astype(.int64).map { (v: Int64) in Int32(truncatingIfNeeded: v &* 40_503_143) }
    let large = try sparse.unique(options: .init(threads: 1)).elements(as: Int32.self)
    #expect(large == large.sorted() && large.count > 100_000)
    #expect(try sparse.unique(options: .init(memory: 64 << 20, threads: 4)).elements(as: Int32.self) == large)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let x = try NDArray.arange(2_000_000, dtype: .float64)
    let error = #expect(throws: TesseraError.self) {
      try x.unique(options: .init(memory: 64 << 20, threads: 2))
    }
    #expect(error?.kind == .memory)
    #expect(error.map { "\($0)".contains("distinct elements") && !"\($0)".contains("\n") } == true)
    #expect(try x.unique(options: .init(memory: 512 << 20, threads: 2)).size == 2_000_000)
  }

  @Test func inverseRestoresTheArrayLazily() throws {
    let folder = try TemporaryFolder()
    let elements = (0..<6000).map { Float(($0 * 31) % 97) / 4 }
    try NDArray(elements, shape: [60, 100]).write(to: folder.at("x.npy"))
    let found = try NDArray.open(folder.at("x.npy")).unique(returning: .inverse)
    try found.inverse!.write(to: folder.at("inverse.npy"))
    let places = try NDArray.open(folder.at("inverse.npy")).elements(as: Int64.self)
    let values = try found.values.elements(as: Float.self)
    #expect(places.map { values[Int($0)] } == elements)
    #expect(try found.inverse!.max(axis: 0).elements(as: Int64.self).allSatisfy { $0 < 97 })
  }
}
