import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

/// Products against a plain triple loop, in every form of operands, cut into tiny tiles and not cut at all.
@Suite struct MatmulTests {
  /// Two shapes that multiply, stacks and vectors among them.
  private static func shapes(_ generator: inout SeededGenerator) -> ([Int], [Int]) {
    func length(_ most: Int = 13) -> Int { Int.random(in: 0...most, using: &generator) }
    let (m, k, n) = (max(length(), 1), length(), max(length(), 1))
    guard Int.random(in: 0..<2, using: &generator) == 0 else { return ([m, k], [k, n]) }
    let stack = (0..<Int.random(in: 0...2, using: &generator)).map { _ in
      Int.random(in: 0...3, using: &generator)
    }
    func part() -> [Int] {
      stack.suffix(Int.random(in: 0...stack.count, using: &generator)).map {
        Bool.random(using: &generator) ? 1 : $0
      }
    }
    return (part() + [m, k], part() + [k, n])
  }

  /// Forms that a dtype can have: `.npy` files hold no bfloat16.
  private static func form(_ dtype: DType, _ generator: inout SeededGenerator) -> OperandForm {
    OperandForm.allCases.filter { dtype != .bfloat16 || !$0.isNpy }.randomElement(using: &generator)!
  }

  private static func options(_ generator: inout SeededGenerator) -> TransferOptions {
    TransferOptions(
      memory: Bool.random(using: &generator) ? 64 << 20 : 1 << 30,
      threads: Int.random(in: 1...3, using: &generator))
  }

  @Test(arguments: 0..<400) func agreesWithATripleLoop(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let folder = try TemporaryFolder()
    let dtype = DType.allCases.randomElement(using: &generator)!
    let (first, second) = MatmulTests.shapes(&generator)
    let a = NaiveArray(random: first, dtype, using: &generator)
    let b = NaiveArray(random: second, dtype, using: &generator)
    let forms = (0..<2).map { _ in MatmulTests.form(dtype, &generator) }
    let product = try matmul(
      forms[0].array(a, dtype, in: folder, "a"), forms[1].array(b, dtype, in: folder, "b"),
      tiles: Bool.random(using: &generator) ? .tiny : nil)
    let expected = try a.times(b, dtype)
    let note: Comment = "seed \(seed): \(dtype) \(first) by \(second), \(forms)"
    #expect(product.dtype == dtype, note)
    #expect(product.shape.dimensions == expected.shape, note)
    #expect(try product.numbers(MatmulTests.options(&generator)) == expected.elements, note)
  }

  @Test(arguments: 0..<60) func writesWhatItIs(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let folder = try TemporaryFolder()
    let dtype = DType.allCases.filter { $0 != .bfloat16 }.randomElement(using: &generator)!
    let (first, second) = MatmulTests.shapes(&generator)
    let a = NaiveArray(random: first, dtype, using: &generator)
    let b = NaiveArray(random: second, dtype, using: &generator)
    let product = try matmul(
      OperandForm.npy.array(a, dtype, in: folder, "a"), OperandForm.zarr.array(b, dtype, in: folder, "b"),
      tiles: .tiny)
    let name = ["c.npy", "c.npz", "c.zarr"].randomElement(using: &generator)!
    let isZarr = name == "c.zarr"
    let layout = ArrayLayout(chunks: isZarr ? product.shape.dimensions.map { _ in 2 } : nil)
    try product.write(to: folder.at(name), layout: layout, options: MatmulTests.options(&generator))
    let expected = try a.times(b, dtype)
    #expect(
      try NDArray.open(folder.at(name)).numbers() == expected.elements,
      "seed \(seed): \(dtype) \(first) by \(second) to \(name)")
  }

  @Test(arguments: 0..<150) func anyPartHasTheBitsOfTheWhole(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let folder = try TemporaryFolder()
    let dtype: DType = [.float32, .float64, .complex64, .int16].randomElement(using: &generator)!
    let (m, k, n) = (
      Int.random(in: 1...30, using: &generator), Int.random(in: 1...40, using: &generator),
      Int.random(in: 1...30, using: &generator)
    )
    func random(_ shape: [Int]) throws -> NDArray {
      try NDArray(
        (0..<shape.reduce(1, *)).map { _ in Double.random(in: -1...1, using: &generator) * 100 }, shape: shape
      ).astype(dtype)
    }
    let a = try random([m, k]).evaluated()
    try random([k, n]).write(to: folder.at("b.npy"))
    let b = try NDArray.open(folder.at("b.npy"))
    let product = try matmul(a, b, tiles: ProductTiles(rows: 7, columns: 5, depth: 9, keptBytes: 0))
    let whole = try product.bits(.init(memory: 64 << 20, threads: 1))
    #expect(try product.bits(.init(memory: 1 << 30, threads: 3)) == whole, "seed \(seed)")
    let all = try NDArray(whole, shape: [m, n, dtype.itemSize])
    let part = Selection([m, n].map { MatmulTests.slice($0, &generator) })
    #expect(
      try product[part].bits() == all[part].elements(as: UInt8.self),
      "seed \(seed): \(dtype) \([m, k, n]) \(part)")
  }

  private static func slice(_ length: Int, _ generator: inout SeededGenerator) -> Selection.Item {
    let start = Int.random(in: 0..<length, using: &generator)
    let step = [1, 1, 2, -1, -3].randomElement(using: &generator)!
    return .slice(
      start: start, stop: step > 0 ? Int.random(in: start...length, using: &generator) : nil, step: step)
  }

  @Test func floatsAreWithinTheBoundOfASum() throws {
    var generator = SeededGenerator(seed: 7)
    let (m, k, n) = (37, 3000, 29)
    let a = (0..<m * k).map { _ in Double.random(in: -1...1, using: &generator) }
    let b = (0..<k * n).map { _ in Double.random(in: -1...1, using: &generator) }
    for dtype in [DType.float32, .float64] {
      let (x, y) = (
        try NDArray(a, shape: [m, k]).astype(dtype), try NDArray(b, shape: [k, n]).astype(dtype)
      )
      let (p, q) = (
        try x.astype(.float64).elements(as: Double.self), try y.astype(.float64).elements(as: Double.self)
      )
      let c = try matmul(x, y).astype(.float64).elements(as: Double.self)
      // Higham, "Accuracy and Stability of Numerical Algorithms", 3.5: k eps |A||B|, in any order of additions.
      let epsilon = dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
      for row in 0..<m {
        for column in 0..<n {
          var (sum, sizes) = (0.0, 0.0)
          for position in 0..<k {
            let term = p[row * k + position] * q[position * n + column]
            sum += term
            sizes += abs(term)
          }
          #expect(abs(c[row * n + column] - sum) <= 2 * Double(k) * epsilon * sizes)
        }
      }
    }
  }

  @Test func integersWrap() throws {
    let row = try NDArray([Int8](repeating: 100, count: 300), shape: [1, 300])
    #expect(try matmul(row, row.transposed()).elements(as: Int8.self) == [-64])
    let wide = try NDArray([UInt64.max, 3], shape: [1, 2])
    #expect(try matmul(wide, wide.transposed()).elements(as: UInt64.self) == [10])
    let mixed = try matmul(row, row.transposed().astype(.uint8))
    #expect(mixed.dtype == .int16)
    let many = try NDArray([Bool](repeating: true, count: 512), shape: [2, 256])
    #expect(try matmul(many, many.transposed()).elements(as: Bool.self) == [true, true, true, true])
  }

  @Test func vectorsAreRowsAndColumns() throws {
    let m = try NDArray([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
    let v = try NDArray([1.0, 10, 100])
    let w = try NDArray([1.0, 10])
    #expect(try matmul(m, v).elements(as: Double.self) == [321, 654])
    #expect(try matmul(w, m).elements(as: Double.self) == [41, 52, 63])
    let scalar = try matmul(v, v)
    #expect(scalar.shape.dimensions == [])
    #expect(try scalar.item(as: Double.self) == 10101)
    let stack = try NDArray([1.0, 2, 3, 4, 5, 6, 7, 8], shape: [2, 2, 2])
    #expect(try matmul(stack, w).elements(as: Double.self) == [21, 43, 65, 87])
    #expect(try matmul(w, stack).elements(as: Double.self) == [31, 42, 75, 86])
  }

  @Test func sumsOfNothingAreZeros() throws {
    let a = try NDArray.zeros([2, 0]).evaluated()
    #expect(try matmul(a, a.transposed()).elements(as: Double.self) == [0, 0, 0, 0])
    #expect(try matmul(a.transposed(), a).shape.dimensions == [0, 0])
    #expect(try matmul(NDArray([Int](), shape: [0]), NDArray([Int](), shape: [0])).item(as: Int.self) == 0)
  }

  @Test func halvesAddUpInFloat32() throws {
    let ones = try NDArray.ones([1, 4096], dtype: .float16)
    #expect(try matmul(ones, ones.transposed()).astype(.float64).elements(as: Double.self) == [4096])
    let large = try NDArray.full([1, 3], 200, dtype: .float16)
    #expect(try matmul(large, large.transposed()).astype(.float64).item(as: Double.self) == .infinity)
    let brain = try NDArray.ones([1, 1000], dtype: .bfloat16)
    #expect(try matmul(brain, brain.transposed()).astype(.float64).item(as: Double.self) == 1000)
  }

  @Test func mistakesNameBothShapes() throws {
    func message(_ a: [Int], _ b: [Int]) throws -> String {
      let (a, b) = (try NDArray.zeros(a), try NDArray.zeros(b))
      let error = #expect(throws: TesseraError.self) { try matmul(a, b) }
      #expect(error?.kind == .usage)
      return "\(error!)"
    }
    let mismatch = try message([2, 3], [4, 5])
    #expect(
      mismatch.hasPrefix(
        "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
          + "(n?,k),(k,m?)->(n?,m?) (size 4 is different from 3)"))
    #expect(mismatch.contains("(2, 3)") && mismatch.contains("(4, 5)"))
    #expect(try message([3], [4]).contains("(size 4 is different from 3)"))
    #expect(try message([], [4]).contains("Input operand 0 does not have enough dimensions (has 0"))
    #expect(try message([4], []).contains("Input operand 1 does not have enough dimensions (has 0"))
    let stacks = try message([2, 2, 3], [3, 3, 2])
    #expect(stacks.contains("(2, 2, 3)") && stacks.contains("(3, 3, 2)"))
  }

  @Test func operandsMayDependOnReductions() throws {
    var generator = SeededGenerator(seed: 3)
    let values = (0..<200 * 7).map { _ in Double.random(in: 0...9, using: &generator) }
    let x = try NDArray(values, shape: [200, 7])
    let y = try NDArray((0..<200).map { Double($0 % 5) }, shape: [200, 1])
    let z = try (x - x.mean(axis: 0)) / x.std(axis: 0)
    let lazy = try matmul(z.transposed(), y, tiles: .tiny)
    let eager = try matmul(z.evaluated().transposed().evaluated(), y.evaluated(), tiles: .tiny)
    let (p, q) = (try lazy.elements(as: Double.self), try eager.elements(as: Double.self))
    for (first, second) in zip(p, q) { #expect(abs(first - second) < 1e-9) }
    let above = try (lazy * 2 + 1).max()
    #expect(try above.item(as: Double.self) == (p.map { $0 * 2 + 1 }.max()!))
  }

  @Test func productsOfProducts() throws {
    var generator = SeededGenerator(seed: 11)
    let a = NaiveArray(random: [9, 8], .float64, using: &generator)
    let b = NaiveArray(random: [8, 7], .float64, using: &generator)
    let c = NaiveArray(random: [7, 10], .float64, using: &generator)
    let inner = try matmul(a.array(.float64), b.array(.float64), tiles: .tiny)
    let expected = try a.times(b, .float64).times(c, .float64)
    #expect(try matmul(inner, c.array(.float64), tiles: .tiny).numbers() == expected.elements)
  }
}
