import Testing

@testable import TesseraCore

@Suite struct ShapeTests {
  @Test func countsAndStrides() throws {
    let shape = try Shape([3, 4, 5])
    #expect(shape.count == 60)
    #expect(shape.strides == [20, 5, 1])
    #expect(try Shape([]).count == 1)
    #expect(try Shape([]).strides == [])
    #expect(try Shape([7]).description == "(7,)")
    #expect(try Shape([]).description == "()")
  }

  @Test func emptyArraysKeepUsableStrides() throws {
    let shape = try Shape([3, 0, 5])
    #expect(shape.count == 0)
    #expect(shape.strides == [5, 5, 1])
  }

  @Test(arguments: [[-1], [3, -2], [0, -1], [Int.min]])
  func refusesNegativeLengths(_ dimensions: [Int]) {
    let error = #expect(throws: TesseraError.self) { try Shape(dimensions) }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains(Shape.describe(dimensions)) == true)
    let stored = #expect(throws: TesseraError.self) { try Shape(stored: dimensions) }
    #expect(stored?.kind == .corrupt)
  }

  @Test(arguments: [
    [Int.max], [Int.max, Int.max], [1 << 32, 1 << 32], [1 << 60], [0, 1 << 40, 1 << 40],
    [1 << 40, 1 << 40, 0],
  ])
  func refusesProductsThatOverflow(_ dimensions: [Int]) {
    let error = #expect(throws: TesseraError.self) { try Shape(dimensions) }
    #expect(error?.kind == .usage && error?.what.contains("large") == true)
    #expect(throws: TesseraError.self) { try Shape(stored: dimensions) }
  }

  /// 2^59 elements of 16 bytes are 2^63 bytes, which no `Int` holds.
  @Test func theLargestShapeHasASizeInBytesForEveryDType() throws {
    for dimensions in [[1 << 59], [1 << 29, 1 << 30], [1 << 59, 0]] {
      #expect(throws: TesseraError.self) { try Shape(dimensions) }
    }
    #expect(try Shape([(1 << 59) - 1]).count == (1 << 59) - 1)
  }

  @Test func ranksUpToNumPysLimit() throws {
    #expect(try Shape([Int](repeating: 1, count: 64)).rank == 64)
    let error = #expect(throws: TesseraError.self) { try Shape([Int](repeating: 1, count: 65)) }
    #expect(error?.kind == .unsupported)
    #expect(error?.got == "65")
  }
}
