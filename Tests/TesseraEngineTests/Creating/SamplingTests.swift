import TesseraCore
import TesseraEngine
import TesseraStorage
import TesseraTestSupport
import Testing

/// Orders and choices: the numbers of `Generator(Philox(5))` in NumPy 2.4.
@Suite struct SamplingTests {
  private static let probabilities = [0.1, 0, 0.4, 0.3, 0.2]

  /// 0 to 9 in five rows of two.
  private static func rows() throws -> NDArray { try NDArray((0..<10).map(Int64.init), shape: [5, 2]) }

  @Test func elementsInRandomOrder() throws {
    let x = try SamplingTests.rows()
    let mixed = try NDArray.permutation(of: x, seed: 5)
    #expect(mixed.dtype == .int64 && mixed.shape.dimensions == [5, 2])
    #expect(try mixed.elements(as: Int64.self) == [8, 9, 0, 1, 4, 5, 2, 3, 6, 7])
    let columns = try NDArray.permutation(of: x.transposed(), axis: -1, seed: 5)
    #expect(try columns.elements(as: Int64.self) == [8, 0, 4, 2, 6, 9, 1, 5, 3, 7])
    #expect(try NDArray.permutation(of: .zeros([0, 2])).shape.dimensions == [0, 2])
  }

  /// As the elements at the positions that a permutation of the length lists.
  @Test func aStoredArrayInRandomOrder() throws {
    let folder = try TemporaryFolder()
    try NDArray.random([300, 4], seed: 1).write(to: folder.at("x.zarr"), layout: .init(chunks: [7, 3]))
    let x = try NDArray.open(folder.at("x.zarr"))
    let order = try NDArray.permutation(300, seed: 9)
    #expect(try NDArray.permutation(of: x, seed: 9).arrayEqual(x.take(order, axis: 0)))
  }

  @Test func choicesByProbability() throws {
    let p = SamplingTests.probabilities
    let chosen = try NDArray.choice(5, size: 8, p: p, seed: 5)
    #expect(try chosen.elements(as: Int64.self) == [4, 4, 2, 2, 3, 3, 2, 3])
    let distinct = try NDArray.choice(5, size: 4, replace: false, p: p, seed: 5)
    #expect(try distinct.elements(as: Int64.self) == [4, 2, 3, 0])
    #expect(try NDArray.choice(5, size: 0, p: p).elements(as: Int64.self).isEmpty)
  }

  @Test func choicesOfElements() throws {
    let (x, p) = (try SamplingTests.rows(), SamplingTests.probabilities)
    let y = try x.transposed()
    let chosen = try NDArray.choice(of: x, size: 4, p: p, seed: 5)
    #expect(chosen.shape.dimensions == [4, 2])
    #expect(try chosen.elements(as: Int64.self) == [8, 9, 8, 9, 4, 5, 4, 5])
    let rows = try NDArray.choice(of: x, size: 3, replace: false, seed: 5)
    #expect(try rows.elements(as: Int64.self) == [4, 5, 6, 7, 0, 1])
    let distinct = try NDArray.choice(of: y, size: 3, replace: false, p: p, axis: 1, seed: 5)
    #expect(try distinct.elements(as: Int64.self) == [8, 4, 0, 9, 5, 1])
    let columns = try NDArray.choice(of: y, size: 4, axis: -1, seed: 5)
    #expect(try columns.elements(as: Int64.self) == [8, 8, 0, 8, 9, 9, 1, 9])
    #expect(try NDArray.choice(of: .zeros([0, 2]), size: 0).shape.dimensions == [0, 2])
  }

  /// The words of NumPy 2.4 where it is the probabilities that are wrong.
  @Test func mistakes() throws {
    let (x, p) = (try SamplingTests.rows(), SamplingTests.probabilities)
    let words: [(String, () throws -> NDArray)] = [
      ("a and p must have same size", { try .choice(4, size: 1, p: p) }),
      ("a and p must have same size", { try .choice(of: x, size: 1, p: p, axis: 1) }),
      ("Probabilities contain NaN", { try .choice(3, size: 1, p: [.nan, 0.5, 0.5]) }),
      ("Probabilities contain NaN", { try .choice(2, size: 1, p: [.infinity, -.infinity]) }),
      ("Probabilities are not non-negative", { try .choice(2, size: 1, p: [1.5, -0.5]) }),
      ("Probabilities do not sum to 1", { try .choice(2, size: 1, p: [0.5, 0.5 + 2e-8]) }),
      ("Probabilities do not sum to 1", { try .choice(0, size: 0, p: []) }),
      ("negative dimensions are not allowed", { try .choice(5, size: -1, p: p) }),
      ("Cannot take a larger sample than population", { try .choice(5, size: 6, replace: false, p: p) }),
      ("Fewer non-zero entries in p than size", { try .choice(5, size: 5, replace: false, p: p) }),
      ("size of a choice", { try .choice(of: .zeros([0, 2]), size: 1) }),
      ("axis 0 is out of bounds", { try .choice(of: NDArray(3.5), size: 1) }),
      ("axis 2 is out of bounds", { try .permutation(of: x, axis: 2) }),
      ("axis 0 is out of bounds", { try .permutation(of: NDArray(3.5)) }),
    ]
    for (text, body) in words {
      let error = #expect(throws: TesseraError.self) { try body() }
      #expect(error?.kind == .usage && error?.what.contains(text) == true, "\(error as Any)")
    }
    // Sums that are off by rounding will do.
    #expect(try NDArray.choice(2, size: 3, p: [0.5, 0.5 + 1e-9]).size == 3)
  }
}
