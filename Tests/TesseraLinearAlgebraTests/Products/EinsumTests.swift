import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraTestSupport
import Testing

/// `einsum` against going over every combination of labels, one after another.
@Suite struct EinsumTests {
  /// The sum over all labels that are not in the result; subscripts are letters with an explicit result.
  private static func naive(_ subscripts: String, _ operands: [NaiveArray]) -> NaiveArray {
    let sides = subscripts.components("->")
    let terms = sides[0].components(",").map(Array.init)
    let result = Array(sides[1])
    var lengths: [Character: Int] = [:]
    for (term, operand) in zip(terms, operands) {
      for (label, length) in zip(term, operand.shape) where lengths[label] ?? 1 == 1 {
        lengths[label] = length
      }
    }
    let summed = lengths.keys.filter { !result.contains($0) }.sorted()
    return NaiveArray(result.map { lengths[$0]! }) { index in
      var (real, imaginary) = (0.0, 0.0)
      Region(summed.map { 0..<lengths[$0]! }).forEachIndex { position in
        let labels = Dictionary(uniqueKeysWithValues: zip(result + summed, index + position))
        var product = Complex(1.0, 0.0)
        for (term, operand) in zip(terms, operands) {
          let factor = operand[zip(term, operand.shape).map { $1 == 1 ? 0 : labels[$0]! }]
          product = Complex(
            product.real * factor.real - product.imaginary * factor.imaginary,
            product.real * factor.imaginary + product.imaginary * factor.real)
        }
        real += product.real
        imaginary += product.imaginary
      }
      return Complex(real, imaginary)
    }
  }

  @Test(arguments: [
    "ij,jk->ik", "ij,jk->ki", "ij,kj->ik", "ji,jk->ik", "ij,jk->", "ij,ij->ij", "ij,ij->i", "ij,ij->",
    "i,j->ij",
    "i,j->ji", "bij,bjk->bik", "bij,kj->bik", "ij,bjk->kbi", "ijk,jkl->il", "ijk,lkj->il", "ijk,kjb->bi",
    "ij,i->j",
    "i,ij->j", "ij,k->ijk", "ij,k->k", "i,i->", "bi,bi->b", "ii->i", "ii->", "iji->ij", "ij->ji", "ij->i",
    "ij->",
    "ijk->kij", "ii,ij->j", "iij,jk->ik", "abij,abjk->abik", "ab,cd->acbd", ",ij->ij", "ijj,j->i",
  ]) func agreesWithLoops(_ subscripts: String) throws {
    for seed in 0..<6 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let dtype = [DType.float64, .float32, .int32, .complex128, .int64, .complex64][seed]
      var lengths: [Character: Int] = [:]
      for letter in subscripts where letter.isLetter {
        lengths[letter] = lengths[letter] ?? Int.random(in: 1...5, using: &generator)
      }
      let operands = subscripts.components("->")[0].components(",").map { term in
        NaiveArray(random: term.map { lengths[$0]! }, dtype, using: &generator)
      }
      let arrays = try operands.map { try $0.array(dtype) }
      let result =
        arrays.count == 1 ? try einsum(subscripts, arrays[0]) : try einsum(subscripts, arrays[0], arrays[1])
      let expected = EinsumTests.naive(subscripts, operands)
      #expect(
        result.dtype == dtype && result.shape.dimensions == expected.shape, "\(subscripts), seed \(seed)")
      #expect(try result.numbers() == expected.elements, "\(subscripts), seed \(seed), \(dtype)")
    }
  }

  @Test func withoutAnArrowLabelsAreSorted() throws {
    let a = try NDArray([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(try einsum("ba", a).shape.dimensions == [3, 2])
    #expect(try einsum("ab", a).shape.dimensions == [2, 3])
    #expect(try einsum("ij,jk", a, a.transposed()).elements(as: Double.self) == [14, 32, 32, 77])
    #expect(try einsum(" i j , k j -> i k ", a, a).elements(as: Double.self) == [14, 32, 32, 77])
  }

  @Test func ellipsesBroadcast() throws {
    var generator = SeededGenerator(seed: 5)
    let a = NaiveArray(random: [4, 1, 2, 3], .float64, using: &generator)
    let b = NaiveArray(random: [5, 3, 6], .float64, using: &generator)
    let product = try einsum("...ij,...jk", a.array(.float64), b.array(.float64))
    #expect(product.shape.dimensions == [4, 5, 2, 6])
    #expect(try product.numbers() == a.times(b, .float64).elements)
    let traces = try einsum("...ii->...", NDArray((0..<18).map(Double.init), shape: [2, 3, 3]))
    #expect(try traces.elements(as: Double.self) == [12, 39])
  }

  @Test func axesOfLengthOneBroadcast() throws {
    let row = try NDArray([1.0, 2, 3], shape: [1, 3])
    let all = try NDArray.ones([4, 3])
    #expect(try einsum("ij,ij->i", row, all).elements(as: Double.self) == [6, 6, 6, 6])
    #expect(try einsum("ij,ij->ij", all, row).shape.dimensions == [4, 3])
  }

  @Test func dtypesStayAndWrap() throws {
    let many = try NDArray([Int8](repeating: 100, count: 300))
    #expect(try einsum("i->", many).elements(as: Int8.self) == [48])
    let truths = try NDArray([Bool](repeating: true, count: 300))
    #expect(try einsum("i,i", truths, truths).elements(as: Bool.self) == [true])
  }

  @Test(arguments: [
    ("ij,jk", 1, "operands"), ("ij,jk->ikz", 2, "never appeared"), ("ijk,jk", 2, "too many"),
    ("i,jk", 2, "too few"),
    ("ij,jk->iik", 2, "several times"), ("i1,jk", 2, "subscript '1'"), ("ij,jk->ik...", 2, ""),
    ("i..j,jk", 2, "'.'"),
  ]) func mistakesAreNamed(_ subscripts: String, _ count: Int, _ words: String) throws {
    let (a, b) = (try NDArray.zeros([2, 3]), try NDArray.zeros([3, 5]))
    if words.isEmpty { return #expect(try einsum(subscripts, a, b).shape.dimensions == [2, 5]) }
    let error = #expect(throws: TesseraError.self) {
      count == 1 ? try einsum(subscripts, a) : try einsum(subscripts, a, b)
    }
    #expect(error?.kind == .usage && "\(error!)".contains(words), "\(error!)")
  }

  @Test func lengthsMustAgree() throws {
    let (a, b) = (try NDArray.zeros([2, 3]), try NDArray.zeros([4, 5]))
    let mismatch = #expect(throws: TesseraError.self) { try einsum("ij,jk", a, b) }
    #expect("\(mismatch!)".contains("(2, 3) (4, 5)"))
    let diagonal = #expect(throws: TesseraError.self) { try einsum("ii", a) }
    #expect("\(diagonal!)".contains("don't match (2 != 3)"))
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
