import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

/// Several lists and arrays in an index: values of NumPy 2.4, and a plain loop; `tools/differential` compares them with
/// NumPy.
@Suite struct AdvancedIndexingTests {
  private static func counting(_ shape: [Int]) throws -> NDArray {
    try NDArray((0..<shape.reduce(1, *)).map(Double.init), shape: shape)
  }

  private func expect(
    _ array: NDArray, _ shape: [Int], _ values: [Double], _ location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(array.shape.dimensions == shape, sourceLocation: location)
    #expect(try array.elements(as: Double.self) == values, sourceLocation: location)
  }

  // MARK: Spellings

  @Test func listsOfAMatrix() throws {
    let m = try AdvancedIndexingTests.counting([3, 4])
    try expect(m[[0, 2], [1, 3]], [2], [1, 11])
    try expect(m[[0, -1], [-1, 0]], [2], [3, 8])
    try expect(m[[0, 2], 1...], [2, 3], [1, 2, 3, 9, 10, 11])
    try expect(m[ellipsis, [1, 2]], [3, 2], [1, 2, 5, 6, 9, 10])
    try expect(m[[2, 0], slice()], [2, 4], [8, 9, 10, 11, 0, 1, 2, 3])
    try expect(m[[0, 2, 1], 1..<3], [3, 2], [1, 2, 9, 10, 5, 6])
    try expect(m[[0, 2], newAxis], [2, 1, 4], [0, 1, 2, 3, 8, 9, 10, 11])
    try expect(m[[0, 2], 1], [2], [1, 9])
    try expect(m[1, [0, 2]], [2], [4, 6])
    try expect(m[[5 - 3, 0]], [2, 4], [8, 9, 10, 11, 0, 1, 2, 3])
    let (rows, columns) = ([0, 2], [1, 3])
    try expect(m[rows, columns], [2], [1, 11])
    try expect(m[NDArray(rows), columns], [2], [1, 11])
    let column = try NDArray(rows, shape: [2, 1])
    try expect(m[column, NDArray([1, 3] as [UInt8])], [2, 2], [1, 3, 9, 11])
    try expect(m[rows, columns, options: .init(memory: 64 << 20, threads: 1)], [2], [1, 11])
    let items: [IndexItem] = [.positions(rows), .basic(.slice(start: 1))]
    try expect(m.indexed(by: items), [2, 3], [1, 2, 3, 9, 10, 11])
    try expect(m[[] as [Int], [] as [Int]], [0], [])
  }

  @Test func placesOfAxes() throws {
    let x = try AdvancedIndexingTests.counting([2, 3, 4])
    try expect(x[0, 0..., [1, 2]], [2, 3], [1, 5, 9, 2, 6, 10])
    try expect(x[0..., [0, 2], [1, 3]], [2, 2], [1, 11, 13, 23])
    try expect(x[[0, 1], 0..., [1, 3]], [2, 3], [1, 5, 9, 15, 19, 23])
    try expect(x[0..., [0, 2], newAxis, [1, 3]], [2, 2, 1], [1, 13, 11, 23])
    try expect(x[0..., [0, 2], 1], [2, 2], [1, 9, 13, 21])
    try expect(x[[1, 0], ellipsis, 0], [2, 3], [12, 16, 20, 0, 4, 8])
    try expect(x[slice(step: -1), [2], slice(step: 2)], [2, 1, 2], [20, 22, 8, 10])
    try expect(x[NDArray(1), 0..., NDArray(1)], [3], [13, 17, 21])
    try expect(x[[1], [2], [3]], [1], [23])
    try expect(x[[0], 0..., NDArray.zeros([2, 0], dtype: .int64)], [2, 0, 3], [])
    let indices = try NDArray([0, 1, 2, 0], shape: [2, 2])
    let first = (Array(0..<12) + Array(0..<4)).map { Double($0) }
    try expect(x[0..., indices], [2, 2, 2, 4], first + first.map { $0 + 12 })
    // An ellipsis for no axis divides lists too.
    let deep = try NDArray.zeros([2, 3, 4, 5])
    #expect(try deep[0..., [0, 1], ellipsis, [0, 1], 0...].shape == Shape([2, 2, 5]))
    #expect(try x[0..., [0, 1], ellipsis, [0, 1]].shape == Shape([2, 2]))
  }

  @Test func masksOfSomeAxes() throws {
    let (m, x) = (try AdvancedIndexingTests.counting([3, 4]), try AdvancedIndexingTests.counting([2, 3, 4]))
    let fives = try (m % 5) .== 0
    try expect(x[1, fives], [3], [12, 17, 22])
    try expect(x[0..., fives], [2, 3], [0, 5, 10, 12, 17, 22])
    let some = try NDArray([true, false, true])
    try expect(x[0..<1, some, 0...], [1, 2, 4], [0, 1, 2, 3, 8, 9, 10, 11])
    try expect(m[some, 0...], [2, 4], [0, 1, 2, 3, 8, 9, 10, 11])
    try expect(m[0..., NDArray([false, true, true, false])], [3, 2], [1, 2, 5, 6, 9, 10])
    try expect(m[some, [0, 1]], [2], [0, 9])
    let above = try m[0..., 0] .> 3
    try expect(
      x[NDArray([false, true]), above], [2, 4], [16, 17, 18, 19, 20, 21, 22, 23])
    let rows = (0..<8).map(Double.init)
    try expect(x[0..., NDArray(true), [0, 1]], [2, 2, 4], rows + rows.map { $0 + 12 })
    #expect(try x[0..., NDArray(true)].shape == Shape([2, 1, 3, 4]))
    #expect(try x[0..., NDArray(false)].shape == Shape([2, 0, 3, 4]))
    // Nothing to take: positions are not looked at.
    #expect(try m[[9], NDArray.zeros([4], dtype: .bool)].shape == Shape([0]))
  }

  @Test func meshes() throws {
    let (m, x) = (try AdvancedIndexingTests.counting([3, 4]), try AdvancedIndexingTests.counting([2, 3, 4]))
    try expect(m[ix([0, 2], [1, 3])], [2, 2], [1, 3, 9, 11])
    try expect(x[ix([1, 0], [2], [0, 3])], [2, 1, 2], [20, 23, 8, 11])
    try expect(m[ix(m[0..., 0] .> 3, [3, 0])], [2, 2], [7, 4, 11, 8])
    try expect(m[ix(NDArray([2, 0]), [3])], [2, 1], [11, 3])
    try expect(x[ix([0, 1], [] as [Int], [1])], [2, 0, 1], [])
    try expect(x[1, ix([0, 2], [1, 3])], [2, 2], [13, 15, 21, 23])
    try expect(m[ix()], [3, 4], (0..<12).map(Double.init))
    let wrong: [() throws -> IndexItem] = [
      { try ix([0], NDArray.zeros([1, 1], dtype: .int64)) }, { try ix(3) }, { try ix([0], 1...) },
    ]
    for make in wrong {
      let error = #expect(throws: TesseraError.self) { try make() }
      #expect(error?.what.contains("Cross index must be 1 dimensional") == true)
    }
    let nested: IndexItem = .mesh([.mesh([.positions([0])])])
    let error = #expect(throws: TesseraError.self) { try m.indexed(by: [nested]) }
    #expect(error?.kind == .usage)
  }

  // MARK: A plain loop

  /// Ranges with steps, and lists of any shapes that broadcast, of stored arrays and views.
  @Test(arguments: UInt64(0)..<60) func anyItems(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shape = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...7, using: &random) }
    let dimensions = Int.random(in: 0...2, using: &random)
    let lengths = (0..<dimensions).map { _ in Int.random(in: 1...6, using: &random) }
    var (items, ranges): ([IndexItem], [[Int]]) = ([], [])
    var lists: [Int: (shape: [Int], values: [Int])] = [:]
    for (axis, length) in shape.enumerated() {
      ranges.append(Array(stride(from: length - 1, through: 0, by: -1)))
      guard Bool.random(using: &random) else {
        items.append(.basic(.slice(step: -1)))
        continue
      }
      let rank = Int.random(in: 0...lengths.count, using: &random)
      let own = lengths.suffix(rank).map { Int.random(in: 0...3, using: &random) == 0 ? 1 : $0 }
      let values = (0..<own.reduce(1, *)).map { _ in Int.random(in: -length..<length, using: &random) }
      lists[axis] = (own, values)
      items.append(.array(try NDArray(values.map(Int64.init), shape: own)))
    }
    let folder = try TemporaryFolder()
    let x = try AdvancedIndexingTests.counting(shape)
    let chunks = shape.map { Int.random(in: 1...$0, using: &random) }
    try x.write(to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: chunks))
    try x.write(to: folder.at("x.npy"))
    let expected = AdvancedIndexingTests.expected(shape, lists, ranges)
    let (chunked, flat) = (try NDArray.open(folder.at("x.zarr")), try NDArray.open(folder.at("x.npy")))
    let forms = [x, chunked, flat, try chunked.transposed().transposed(), try flat * 2 / 2]
    for (number, form) in forms.enumerated() {
      let note: Comment = "seed \(seed): form \(number), \(shape) in \(chunks), \(lists)"
      let taken = try form.indexed(by: items)
      #expect(taken.shape.dimensions == expected.shape, note)
      #expect(try taken.elements(as: Double.self) == expected.values, note)
      #expect(try taken.flip().ravel().elements(as: Double.self) == expected.values.reversed(), note)
      #expect(try taken.sum().item(as: Double.self) == expected.values.reduce(0, +), note)
      let back = try taken.transposed()
      try back.write(to: folder.at("back.npy"), options: .init(overwrite: true))
      let again = try NDArray.open(folder.at("back.npy")).transposed()
      #expect(try again.elements(as: Double.self) == expected.values, note)
    }
  }

  /// What NumPy gives for lists of some axes of an array of its own positions, and `ranges` of the others.
  private static func expected(
    _ shape: [Int], _ lists: [Int: (shape: [Int], values: [Int])], _ ranges: [[Int]]
  ) -> (shape: [Int], values: [Double]) {
    let rank = lists.values.map { $0.shape.count }.max() ?? 0
    var together = [Int](repeating: 1, count: rank)
    for list in lists.values {
      for (axis, length) in list.shape.enumerated() where length != 1 {
        together[rank - list.shape.count + axis] = length
      }
    }
    let listed = lists.keys.sorted()
    let isOne = listed.isEmpty || listed.last! - listed.first! + 1 == listed.count
    // Positions by themselves are no lists where there are no others.
    let first = isOne || rank == 0 ? listed.first ?? 0 : 0
    let kept = shape.indices.filter { lists[$0] == nil }
    let (before, behind) = (kept.filter { $0 < first }, kept.filter { $0 >= first })
    let result = before.map { ranges[$0].count } + together + behind.map { ranges[$0].count }
    var values: [Double] = []
    Region(result.map { 0..<$0 }).forEachIndex { index in
      let place = Array(index[before.count..<before.count + rank])
      let others = Array(index[..<before.count] + index[(before.count + rank)...])
      var offset = 0
      for (axis, length) in shape.enumerated() {
        var position = 0
        if let list = lists[axis] {
          var number = 0
          for (own, length) in list.shape.enumerated() {
            number = number * length + (length == 1 ? 0 : place[rank - list.shape.count + own])
          }
          position = (list.values[number] + length) % length
        } else {
          position = ranges[axis][others[(before + behind).firstIndex(of: axis)!]]
        }
        offset = offset * length + position
      }
      values.append(Double(offset))
    }
    return (result, values)
  }

  // MARK: Mistakes

  /// Small lists that share an axis, and have one of their own each, are broadcast to many positions.
  @Test func listsBeyondTheBudget() throws {
    let m = try NDArray.zeros([3, 4])
    let rows = try NDArray.zeros([3000, 2, 1], dtype: .int64)
    let columns = try NDArray.zeros([1, 2, 3000], dtype: .int64)
    let options = TransferOptions(memory: 64 << 20, threads: 1)
    let error = #expect(throws: TesseraError.self) { try m[rows, columns, options: options] }
    #expect(error?.kind == .memory && error?.what.contains("positions of an index") == true)
  }

  /// The words of NumPy 2.4.
  @Test func mistakes() throws {
    let (m, x) = (try NDArray.zeros([3, 4]), try NDArray.zeros([2, 3, 4, 5]))
    let mask = try NDArray((0..<12).map { $0 > 3 }, shape: [3, 4])
    let words: [(String, () throws -> NDArray)] = [
      ("could not be broadcast together with shapes (2,) (3,)", { try m[[0, 1], [0, 1, 2]] }),
      ("could not be broadcast together with shapes (2,) (3,)", { try x[[0, 1], 0, [0, 1, 2]] }),
      ("could not be broadcast together with shapes (2,) (8,) (8,)", { try x[[0, 1], mask] }),
      ("could not be broadcast together with shapes (0,) (2,)", { try x[NDArray(false), [0, 1]] }),
      ("index 7 is out of bounds for axis 0 with size 3", { try m[[7], [9]] }),
      ("index 4 is out of bounds for axis 1 with size 4", { try m[[0, 1], [0, 4]] }),
      ("index 5 is out of bounds for axis 1 with size 4", { try m[[0, 9], 5] }),
      ("index -4 is out of bounds for axis 0 with size 3", { try m[[-4], 0...] }),
      ("index 9 is out of bounds for axis 1 with size 4", { try m[[] as [Int], 9] }),
      ("index 0 is out of bounds for axis 1 with size 0", { try NDArray.zeros([3, 0])[[0, 1], 0] }),
      ("array is 2-dimensional, but 3 were indexed", { try m[[0], [0], [0]] }),
      ("array is 2-dimensional, but 3 were indexed", { try m[mask, 0] }),
      ("an index can only have a single ellipsis ('...')", { try m[ellipsis, [0], ellipsis] }),
      (
        "along axis 1; size of axis is 4 but size of corresponding boolean axis is 2",
        { try m[0..., NDArray([true, false])] }
      ),
      (
        "along axis 2; size of axis is 4 but size of corresponding boolean axis is 3",
        { try x[ellipsis, mask] }
      ),
      ("arrays used as indices must be of integer (or boolean) type", { try m[[0, 1], NDArray(1.0)] }),
      ("slice step cannot be zero", { try m[[0, 1], slice(step: 0)] }),
    ]
    for (text, body) in words {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .usage && error?.what.contains(text) == true, "\(text): \(error as Any)")
    }
  }
}
