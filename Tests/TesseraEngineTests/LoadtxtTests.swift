import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage
import Testing

/// Text as NumPy's `loadtxt` reads it; the expected arrays are its own (2.4).
@Suite struct LoadtxtTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(
    _ text: String, dtype: DType = .float64, comments: String? = "#", delimiter: String? = nil,
    skiprows: Int = 0, usecols: [Int]? = nil, maxRows: Int? = nil, ndmin: Int = 0
  ) throws -> NDArray {
    try NDArray.loadtxt(
      folder.write("x.txt", text: text), dtype: dtype, comments: comments, delimiter: delimiter,
      skiprows: skiprows, usecols: usecols, maxRows: maxRows, ndmin: ndmin)
  }

  private func expect(
    _ array: NDArray, _ shape: [Int], _ elements: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(array.shape.dimensions == shape, sourceLocation: sourceLocation)
    #expect(try array.astype(.float64).elements(as: Double.self) == elements, sourceLocation: sourceLocation)
  }

  @Test func shapes() throws {
    try expect(load("1 2\n3 4\n"), [2, 2], [1, 2, 3, 4])
    try expect(load("1\n2\n"), [2], [1, 2])
    try expect(load("1 2 3\n"), [3], [1, 2, 3])
    try expect(load("5\n"), [], [5])
    try expect(load("5", ndmin: 1), [1], [5])
    try expect(load("1\n2\n", ndmin: 1), [2], [1, 2])
    try expect(load("1\n2\n", ndmin: 2), [2, 1], [1, 2])
    for nothing in ["", "\n\n# only\n", "  \n"] { try expect(load(nothing), [0], []) }
  }

  @Test func separators() throws {
    try expect(load("\t1 \t2  \n1\u{0C}2\n   \n"), [2, 2], [1, 2, 1, 2])
    try expect(load(" 1 , 2 \n", delimiter: ","), [2], [1, 2])
    try expect(load("1;2\r\n3;4\r\n5;6", delimiter: ";"), [3, 2], [1, 2, 3, 4, 5, 6])
    try expect(load("# c\n\n1,2 # x\n", delimiter: ","), [2], [1, 2])
    try expect(load("1 2 // 3\n// 4\n5 6", comments: "//"), [2, 2], [1, 2, 5, 6])
  }

  @Test func numbers() throws {
    let x = try load("nan INF -infinity +inf 1e5 .5 5. -2.5E-3\n")
    #expect(
      try x[1...].elements(as: Double.self) == [.infinity, -.infinity, .infinity, 1e5, 0.5, 5, -0.0025])
    #expect(try x[0].item(as: Double.self).isNaN)
    try expect(load("+7 -3 -128 127\n", dtype: .int8), [4], [7, -3, -128, 127])
    #expect(
      try load("18446744073709551615\n9007199254740993", dtype: .uint64).elements(as: UInt64.self)
        == [.max, 1 << 53 + 1])
    #expect(
      try load("-9223372036854775808 9223372036854775807", dtype: .int64).elements(as: Int64.self)
        == [.min, .max])
    #expect(try load("0.1 3.5", dtype: .float32).elements(as: Float.self) == [0.1, 3.5])
  }

  @Test func selectedRowsAndColumns() throws {
    try expect(load("a\nb\n1 2\n", skiprows: 2), [2], [1, 2])
    try expect(load("1\n\n2\n3\n", maxRows: 2), [2], [1, 2])
    try expect(load("1\n2\n", maxRows: 0), [0], [])
    try expect(load("1,2,3\n4,5\n", delimiter: ",", usecols: [1]), [2], [2, 5])
    try expect(load("1,2,3\n4,5\n", delimiter: ",", usecols: [-1]), [2], [3, 5])
    try expect(load("1,2\n3,4\n", delimiter: ",", usecols: [1, 0, 1]), [2, 3], [2, 1, 2, 4, 3, 4])
    // What is not taken need be no number.
    try expect(load("1 x\n2 y\n", usecols: [0]), [2], [1, 2])
  }

  @Test func mistakesNameLineAndColumn() throws {
    let cases:
      [(text: String, dtype: DType, delimiter: String?, usecols: [Int]?, what: String, got: String)] = [
        ("1 2\nx 1\n", .float64, nil, nil, "line 2, column 1", "'x'"),
        ("1 2\n\n1 1d3", .float64, nil, nil, "line 3, column 2", "'1d3'"),
        ("1,\n", .float64, ",", nil, "line 1, column 2", "''"),
        ("   \n1,2\n", .float64, ",", nil, "line 1, column 1", "''"),
        ("\"1\" 2\n", .float64, nil, nil, "line 1, column 1", "'\"1\"'"),
        ("1.0 2\n", .int64, nil, nil, "line 1, column 1", "'1.0'"),
        ("1 300\n", .int8, nil, nil, "line 1, column 2", "'300'"),
        ("-1\n", .uint64, nil, nil, "line 1, column 1", "'-1'"),
        ("1_0\n", .int64, nil, nil, "line 1, column 1", "'1_0'"),
        ("18446744073709551616\n", .uint64, nil, nil, "line 1, column 1", "'18446744073709551616'"),
        ("1,2\n3\n", .float64, ",", nil, "line 2", "1"),
        ("1,2,3\n4,5\n", .float64, ",", [0, 2], "line 2", "2 fields"),
        ("1 2\n", .float64, nil, [-3], "line 1", "2 fields"),
      ]
    for (text, dtype, delimiter, usecols, what, got) in cases {
      let x = try load(text, dtype: dtype, delimiter: delimiter, usecols: usecols, ndmin: 2)
      let error = #expect(throws: TesseraError.self, "\(text)") { try x.evaluated() }
      #expect(error?.kind == .corrupt && error?.what == what && error?.got == got, "\(text): \(error as Any)")
      #expect(error?.path == folder.at("x.txt"))
    }
  }

  /// A run is only gone on from by one that reads the file in the same way.
  @Test func fingerprintsTellArgumentsApart() throws {
    let path = try folder.write("x.txt", text: "1 2\n3 4\n")
    func fingerprint(
      _ dtype: DType = .float64, delimiter: String? = nil, comments: String? = "#", skiprows: Int = 0,
      usecols: [Int]? = nil, maxRows: Int? = nil
    ) throws -> String {
      let dialect = try TextDialect(
        delimiter: delimiter, comments: comments, skiprows: skiprows, usecols: usecols, maxRows: maxRows)
      return try TextDriver(path: path, dtype: dtype, dialect: dialect).fingerprint()
    }
    let all = try [
      fingerprint(), fingerprint(.int64), fingerprint(delimiter: " "), fingerprint(comments: nil),
      fingerprint(skiprows: 1), fingerprint(usecols: [0]), fingerprint(usecols: [1]), fingerprint(maxRows: 1),
    ]
    #expect(Set(all).count == all.count)
    #expect(try fingerprint() == all[0])
  }

  @Test func rowsThatAreGoneSinceTheyWereCounted() throws {
    let x = try load("1\n2\n3\n4\n")
    try File(folder.at("x.txt"), .readWrite).write(Array("1\n234567".utf8), at: 0)
    let error = #expect(throws: TesseraError.self) { try x.evaluated() }
    #expect(error?.kind == .corrupt && error?.what == "lines from line 1 on" && error?.got == "2")
  }

  @Test func refusals() throws {
    for dtype in [DType.bool, .complex64] {
      let error = #expect(throws: TesseraError.self) { try load("1\n", dtype: dtype) }
      #expect(error?.kind == .unsupported)
    }
    let mistakes: [() throws -> NDArray] = [
      { try load("1", delimiter: ", ") }, { try load("1", delimiter: "") },
      { try load("1", delimiter: "\n") }, { try load("1#2", delimiter: "#") },
      { try load("1", skiprows: -1) }, { try load("1", maxRows: -1) }, { try load("1", usecols: []) },
      { try load("1", ndmin: 3) },
    ]
    for mistake in mistakes {
      let error = #expect(throws: TesseraError.self) { try mistake() }
      #expect(error?.kind == .usage)
    }
    let error = #expect(throws: TesseraError.self) { try NDArray.loadtxt(folder.at("none.txt")) }
    #expect(error?.kind == .notFound)
  }

  /// Several windows, with comments between the rows; whole, in parts, backwards, and after `savetxt`.
  @Test(arguments: [1, 3]) func aFileOfManyRows(_ threads: Int) throws {
    let rows = 300_000
    var text = "header\n"
    for row in 0..<rows {
      text += "\(row)\t\(row * 2 - 7) \(-row)\n"
      if row % 1000 == 0 { text += "# \(row)\n\n" }
    }
    #expect(text.utf8.count > 4 << 20)
    let x = try load(text, dtype: .int64, skiprows: 1)
    let row = try NDArray.arange(rows).reshape([rows, 1])
    let expected = try concatenate([row, row * 2 - 7, -row], axis: 1)
    let options = TransferOptions(memory: 64 << 20, threads: threads)
    #expect(x.shape == expected.shape)
    #expect(try (x .== expected).all().evaluated(options: options).item(as: Bool.self))
    let part = Selection([.slice(start: -5, stop: 1000, step: -7), .slice(step: -2)])
    #expect(try (x[part] .== expected[part]).all().item(as: Bool.self))
    try x.savetxt(to: folder.at("y.txt"), fmt: "%d", options: options)
    #expect(try (NDArray.loadtxt(folder.at("y.txt"), dtype: .int64) .== expected).all().item(as: Bool.self))
  }
}
