import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Text tables through `StoredArray`, large enough for several windows of the driver.
@Suite struct TableReadingTests {
  /// A table written line by line, with what it must read as.
  private struct Table {
    var text: [UInt8] = []
    var values: [Double] = []
    var rows = 0
    /// The number of each row's line, from 1.
    var lines: [Int] = []
  }

  private static let columns = 23

  /// About ten million bytes: three windows of 4 MiB.
  private static func large(seed: UInt64, lineEnd: String, header: Bool) -> Table {
    var random = SeededGenerator(seed: seed)
    var table = Table()
    var line = 1
    if header {
      table.text += Array(((0..<columns).map { "c\($0)" }.joined(separator: ",") + lineEnd).utf8)
      line += 1
    }
    let words = (0..<1000).map { "\(Double($0) * 0.5 - 250)" }
    while table.text.count < 9_500_000 {
      if Int.random(in: 0..<50, using: &random) == 0 {
        table.text += Array(["", "   "].randomElement(using: &random)!.utf8) + Array(lineEnd.utf8)
        line += 1
      }
      for column in 0..<columns {
        let choice = Int(random.next() % 1000)
        if column > 0 { table.text.append(UInt8(ascii: ",")) }
        if choice % 97 == 0 {
          table.values.append(.nan)
          if choice % 2 == 0 {
            table.text += Array("NaN".utf8)
          } else if column == 0 {
            table.text += Array("nan".utf8)
          }
        } else {
          table.values.append(Double(choice) * 0.5 - 250)
          table.text += Array(words[choice].utf8)
        }
      }
      table.text += Array(lineEnd.utf8)
      table.lines.append(line)
      line += 1
      table.rows += 1
    }
    return table
  }

  private func same(_ left: Double, _ right: Double) -> Bool { left == right || (left.isNaN && right.isNaN) }

  private func firstDifference(_ left: [Double], _ right: [Double]) -> Int? {
    if left.count != right.count { return -1 }
    return left.indices.first { !same(left[$0], right[$0]) }
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func aTableOfSeveralWindows(_ lineEnd: String) throws {
    let folder = try TemporaryFolder()
    let seed: UInt64 = 81
    var table = TableReadingTests.large(seed: seed, lineEnd: lineEnd, header: lineEnd == "\n")
    let path = try folder.write("x.csv", table.text)
    let array = try StoredArray.open(path)
    let columns = TableReadingTests.columns
    #expect(array.shape.dimensions == [table.rows, columns])
    #expect(array.dtype == .float64)
    #expect(array.attributes["columns"]?.array?.count == (lineEnd == "\n" ? columns : nil))
    #expect(try firstDifference(array.elements(), table.values) == nil, "seed \(seed)")

    var random = SeededGenerator(seed: 82)
    for round in 0..<12 {
      let step = [1, 2, 7, 1001, 30_000, -1, -3, -999, -20_000].randomElement(using: &random)!
      let (near, far) = (
        Int.random(in: 0..<table.rows, using: &random), Int.random(in: 0..<table.rows, using: &random)
      )
      let across = [1, -1, 4, -5].randomElement(using: &random)!
      let (start, stop) = step > 0 ? (min(near, far), max(near, far)) : (max(near, far), min(near, far))
      let result: [Double] = try array.elements(
        Selection([.slice(start: start, stop: stop, step: step), .slice(step: across)]))
      var expected: [Double] = []
      for row in stride(from: start, to: stop, by: step) {
        for column in stride(from: across > 0 ? 0 : columns - 1, to: across > 0 ? columns : -1, by: across) {
          expected.append(table.values[row * columns + column])
        }
      }
      if let place = firstDifference(result, expected) {
        Issue.record("seed 82, round \(round): [\(start):\(stop):\(step), ::\(across)] differs at \(place)")
      }
    }
    let column: [Double] = try array.elements(Selection([.slice(), .index(-2)]))
    #expect(firstDifference(column, (0..<table.rows).map { table.values[$0 * columns + columns - 2] }) == nil)
    for row in [0, 1, table.rows / 2, table.rows - 1, -table.rows] {
      let place = row < 0 ? row + table.rows : row
      let values: [Double] = try array.elements(Selection([.index(row)]))
      #expect(
        firstDifference(values, Array(table.values[place * columns..<(place + 1) * columns])) == nil, "\(row)"
      )
    }
    let wanted = (0..<200).map { _ in Int.random(in: -table.rows..<table.rows, using: &random) }
    var taken = [Double](repeating: 0, count: wanted.count * columns)
    try taken.withUnsafeMutableBytes { try array.take(wanted, into: $0) }
    for (place, row) in wanted.enumerated() {
      let row = row < 0 ? row + table.rows : row
      #expect(same(taken[place * columns + 5], table.values[row * columns + 5]), "seed 82: row \(row)")
    }

    try Conversion(
      from: path, to: folder.at("x.zarr"), layout: .init(codec: .lz4), options: .init(memory: 64 << 20)
    )
    .run()
    #expect(try firstDifference(StoredArray.open(folder.at("x.zarr")).elements(), table.values) == nil)
    try errors(folder, &table, lineEnd)
  }

  @Test func rowsThatAreGoneSinceTheyWereCounted() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x.csv", Array("1,2\n3,4\n5,6\n".utf8))
    let array = try StoredArray.open(path)
    try File(path, .readWrite).write(Array("1,2\n3,45678\n".utf8), at: 0)
    let error = tesseraError { _ = try array.elements(as: Double.self) }
    #expect(error?.kind == .corrupt && error?.what == "lines from line 1 on" && error?.got == "2")
  }

  /// A word in the last window is named by its line and column; the rows before it can be read.
  private func errors(_ folder: TemporaryFolder, _ table: inout Table, _ lineEnd: String) throws {
    let row = table.rows - 100
    var (offset, line) = (0, 1)
    while line < table.lines[row] {
      if table.text[offset] == lineEnd.utf8.last { line += 1 }
      offset += 1
    }
    let comma = try #require(table.text[offset...].firstIndex(of: UInt8(ascii: ",")))
    table.text.insert(contentsOf: Array("x".utf8), at: comma + 1)
    let array = try StoredArray.open(try folder.write("bad.csv", table.text))
    let rows: [Double] = try array.elements(Selection([.slice(start: row - 3, stop: row)]))
    #expect(
      firstDifference(
        rows, Array(table.values[(row - 3) * TableReadingTests.columns..<row * TableReadingTests.columns]))
        == nil)
    for selection in [Selection.all, Selection([.slice(start: row)]), Selection([.slice(step: -1)])] {
      let error = tesseraError { _ = try array.elements(selection, as: Double.self) }
      #expect(
        error?.kind == .corrupt && error?.description.contains("line \(table.lines[row]), column 2") == true,
        "\(error as Any)")
      #expect(error?.path == folder.at("bad.csv"))
    }
    let error = tesseraError { try Conversion(from: folder.at("bad.csv"), to: folder.at("bad.zarr")).run() }
    #expect(error?.kind == .corrupt, "\(error as Any)")
    #expect(try Directory.kind(folder.at("bad.zarr")) == nil && leftovers(folder.path) == [])
  }

  /// A window of the driver is 4 MiB, which ends between the two characters of a line end here.
  @Test(arguments: ["\r\n", "\r\r"])
  func aLineEndAcrossTwoWindows(_ lineEnd: String) throws {
    let folder = try TemporaryFolder()
    let lines = 850_000
    var text = [UInt8]()
    for _ in 0..<lines { text += Array("1,2\(lineEnd)".utf8) }
    try #require(text[(4 << 20) - 1] == 0x0D && text[4 << 20] == lineEnd.utf8.last)
    let path = try folder.write("x.csv", text)
    #expect(try StoredArray.open(path).shape.dimensions == [lines, 2])
    let bad = try StoredArray.open(try folder.write("bad.csv", text + Array("1,x".utf8)))
    let error = tesseraError { _ = try bad.elements(Selection([.index(-1)]), as: Double.self) }
    let line = lines * (lineEnd == "\r\n" ? 1 : 2) + 1
    #expect(error?.description.contains("line \(line), column 2") == true, "\(error as Any)")
  }

  @Test func smallTablesOfAllKinds() throws {
    let folder = try TemporaryFolder()
    let nan = Double.nan
    let cases: [(name: String, text: String, shape: [Int], values: [Double])] = [
      ("plain.csv", "1,2\n3,4\n", [2, 2], [1, 2, 3, 4]), ("noend.csv", "1,2\n3,4", [2, 2], [1, 2, 3, 4]),
      ("header.csv", "a,b\n1,2\n", [1, 2], [1, 2]), ("onlyheader.csv", "a,b\n", [0, 2], []),
      ("crlf.csv", "1,2\r\n\r\n3,4\r\n", [2, 2], [1, 2, 3, 4]),
      ("crend.csv", "1,2\r\n3,4\r", [2, 2], [1, 2, 3, 4]),
      ("cr.csv", "a,b\r1,2\r3,4\r", [2, 2], [1, 2, 3, 4]),
      ("mixed.csv", "1,2\r3,4\n5,6\r\n7,8", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
      ("blank.csv", "\n\n1,2\n  \n\n3,4\n\n", [2, 2], [1, 2, 3, 4]),
      ("empty.csv", "1,\n,4\n", [2, 2], [1, nan, nan, 4]),
      ("nan.csv", "nan,inf\n-inf,NaN\n", [2, 2], [nan, .infinity, -.infinity, nan]),
      ("one.csv", "5\n6\n7\n", [3, 1], [5, 6, 7]), ("tabs.tsv", "1\t2\n3\t4\n", [2, 2], [1, 2, 3, 4]),
      ("bom.csv", "\u{FEFF}1,2\n3,4\n", [2, 2], [1, 2, 3, 4]),
      ("quoted.csv", "\"1\",\"2\"\n 3 , 4 \n", [2, 2], [1, 2, 3, 4]),
      ("headblank.csv", "a,b\n\n\n1,2\n", [1, 2], [1, 2]),
    ]
    for (name, text, shape, values) in cases {
      let array = try StoredArray.open(try folder.write(name, text: text))
      #expect(array.shape.dimensions == shape, "\(name)")
      let elements: [Double] = try array.elements()
      #expect(firstDifference(elements, values) == nil, "\(name): \(elements)")
      try Conversion(from: folder.at(name), to: folder.at(name + ".npy")).run()
      #expect(
        try firstDifference(StoredArray.open(folder.at(name + ".npy")).elements(), values) == nil, "\(name)")
    }
  }

  @Test func whatIsWrongIsNamedByLineAndColumn() throws {
    let folder = try TemporaryFolder()
    let cases = [
      ("word.csv", "1,2\n\n3,four\n", "line 3, column 2"), ("short.csv", "1,2\n3\n", "line 2"),
      ("long.csv", "a,b\n1,2\n3,4,5\n", "line 3"), ("rest.csv", "1,2\n3,4 5\n", "line 2, column 2"),
      ("quote.csv", "1,2\n\"3,4\n", "line 2"), ("crlf.csv", "1,2\r\n\r\n3,x\r\n", "line 3, column 2"),
      ("cr.csv", "a,b\r1,2\r\r3,x\r", "line 4, column 2"),
    ]
    for (name, text, words) in cases {
      let path = try folder.write(name, text: text)
      let array = try StoredArray.open(path)
      let error = tesseraError(name) { _ = try array.elements(as: Double.self) }
      #expect(
        error?.kind == .corrupt && error?.description.contains(words) == true, "\(name): \(error as Any)")
    }
    for (name, bytes) in [
      ("nothing.csv", []), ("spaces.csv", Array(" \n \n".utf8)), ("zeros.csv", [0x31, 0, 0x32, 0x0A]),
    ] {
      let path = try folder.write(name, bytes)
      #expect(tesseraError(name) { _ = try StoredArray.open(path) }?.kind == .corrupt, "\(name)")
    }
  }
}
