import TesseraCore
import Testing

@testable import TesseraKernels

private func text(_ dtype: DType, _ dimensions: [Int], _ bytes: [UInt8]) throws -> String {
  let shape = try Shape(dimensions)
  return bytes.withUnsafeBytes { ArrayPrinter(shape: shape, dtype: dtype, edges: $0).string() }
}

private func text<T: Element>(_ values: [T], _ dimensions: [Int]? = nil) throws -> String {
  try text(T.dtype, dimensions ?? [values.count], values.withUnsafeBytes { Array($0) })
}

@Test func printsAsNumPyDoes() throws {
  let rows = try Fixture.rows("print.txt", separator: "\t")
  #expect(rows.count > 400)
  for (line, row) in rows.enumerated() {
    let dtype = try #require(DType(name: row[0]))
    let dimensions = row[1].split(separator: ",").compactMap { Int($0) }
    let got = try text(dtype, dimensions, Fixture.bytes(row[2]))
    let expected = row[3].split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n")
    #expect(got == expected, "line \(line + 1): \(row[0]) (\(row[1]))")
  }
}

/// The edges of a whole array in memory are the ones a caller would have loaded.
@Test func findsTheEdgesOfWholeArrays() throws {
  for row in try Fixture.rows("print.txt", separator: "\t") {
    let dtype = try #require(DType(name: row[0]))
    let shape = try Shape(row[1].split(separator: ",").compactMap { Int($0) })
    guard shape.count > 1000 else { continue }
    let edges = Fixture.bytes(row[2])
    var whole = [UInt8](repeating: 0x5A, count: shape.count * dtype.itemSize)
    var places = [0]
    for (axis, ranges) in ArrayPrinter.edges(of: shape).enumerated() {
      places = places.flatMap { place in ranges.joined().map { place + $0 * shape.strides[axis] } }
    }
    for (index, place) in places.enumerated() {
      for byte in 0..<dtype.itemSize {
        whole[place * dtype.itemSize + byte] = edges[index * dtype.itemSize + byte]
      }
    }
    let got = whole.withUnsafeBytes { ArrayPrinter.string(shape: shape, dtype: dtype, $0.baseAddress!) }
    #expect(try got == text(dtype, shape.dimensions, edges), "\(row[0]) \(shape)")
  }
}

@Test func listsTheEdgesToLoad() throws {
  #expect(ArrayPrinter.edges(of: try Shape([1000])) == [[0..<1000]])
  #expect(ArrayPrinter.edges(of: try Shape([1001])) == [[0..<3, 998..<1001]])
  #expect(ArrayPrinter.edges(of: try Shape([6, 500])) == [[0..<6], [0..<3, 497..<500]])
  #expect(ArrayPrinter.edges(of: try Shape([7, 0])) == [[0..<7], [0..<0]])
  #expect(ArrayPrinter.edges(of: try Shape([])).isEmpty)
  #expect(ArrayPrinter.shownLengths(of: try Shape([1_000_000, 3])) == [6, 3])
}

@Test func refusesWhatNobodyReads() throws {
  try ArrayPrinter.requirePrintable(try Shape([Int](repeating: 7, count: 7)))
  let error = #expect(throws: TesseraError.self) {
    try ArrayPrinter.requirePrintable(try Shape([Int](repeating: 7, count: 8)))
  }
  #expect(error?.kind == .usage && error?.got == "1679616")
}

@Test func printsBFloat16WithItsOwnDigits() throws {
  func bfloat16(_ values: [Float]) -> [BFloat16] { values.map { BFloat16($0) } }
  #expect(try text(bfloat16([0, 1 / 3, 2 / 3, 1, 1.3333])) == "[0.    0.334 0.668 1.    1.336]")
  #expect(try text(bfloat16([0.1]), []) == "0.1")
  #expect(try text(bfloat16([-.infinity, .nan, 1])) == "[-inf  nan   1.]")
  #expect(try text(bfloat16([98816, 1])) == "[9.9e+04 1.0e+00]")
}

/// Values whose shortest digits are known to be hard: powers of two (uneven neighbours), ties, extremes.
@Test func printsHardFloats() throws {
  #expect(try text([Double.leastNonzeroMagnitude], []) == "5e-324")
  #expect(try text([2.2250738585072014e-308], []) == "2.2250738585072014e-308")
  #expect(try text([1.7976931348623157e308], []) == "1.7976931348623157e+308")
  #expect(try text([9007199254740993.0], []) == "9007199254740992.0")
  #expect(try text([9007199254740992.0 * 2], []) == "1.8014398509481984e+16")
  #expect(try text([Float(16_777_216)], []) == "1.6777216e+07")
  #expect(try text([0.123456785]) == "[0.12345678]")
  #expect(try text([0.5, 0.999999999]) == "[0.5 1. ]")
}
