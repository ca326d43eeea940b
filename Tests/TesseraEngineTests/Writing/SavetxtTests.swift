import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage
import Testing

/// Text as NumPy's `savetxt` writes it; the expected texts are its own (2.4).
@Suite struct SavetxtTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func text(_ name: String = "x.txt") throws -> String {
    String(decoding: try folder.read(name), as: UTF8.self)
  }

  private func saved(_ x: NDArray, _ fmt: String = "%.18e", delimiter: String = " ") throws -> String {
    try x.savetxt(to: folder.at("x.txt"), fmt: fmt, delimiter: delimiter, options: .init(overwrite: true))
    return try text()
  }

  @Test(arguments: [
    ("%.18e", "1.500000000000000000e+00,-2.250000000000000000e+00,nan\ninf,-inf,-0.000000000000000000e+00\n"),
    ("%g", "1.5,-2.25,nan\ninf,-inf,-0\n"),
    ("%8.3f", "   1.500,  -2.250,     nan\n     inf,    -inf,  -0.000\n"),
    ("%-12.2e|", "1.50e+00    |,-2.25e+00   |,nan         |\ninf         |,-inf        |,-0.00e+00   |\n"),
    ("<%+.1E>", "<+1.5E+00>,<-2.2E+00>,<+NAN>\n<+INF>,<-INF>,<-0.0E+00>\n"),
    ("% G", " 1.5,-2.25, NAN\n INF,-INF,-0\n"),
    ("%010.2f", "0000001.50,-000002.25,0000000nan\n0000000inf,-000000inf,-000000.00\n"),
    ("%#.0f", "2.,-2.,nan\ninf,-inf,-0.\n"),
    ("%.0e", "2e+00,-2e+00,nan\ninf,-inf,-0e+00\n"),
    ("%F", "1.500000,-2.250000,NAN\nINF,-INF,-0.000000\n"),
    ("%+g", "+1.5,-2.25,+nan\n+inf,-inf,-0\n"),
  ])
  func formatsOfFloats(_ fmt: String, _ expected: String) throws {
    for dtype in [DType.float64, .float32, .float16, .bfloat16] {
      // A NaN with a sign is written without.
      let x = try NDArray([1.5, -2.25, -Double.nan, .infinity, -.infinity, -0.0], shape: [2, 3]).astype(dtype)
      #expect(try saved(x, fmt, delimiter: ",") == expected, "\(dtype)")
    }
  }

  @Test(arguments: [
    ("%d", "7;-7;0\n-128;127;100\n"),
    ("%5d", "    7;   -7;    0\n -128;  127;  100\n"),
    ("%-5d|", "7    |;-7   |;0    |\n-128 |;127  |;100  |\n"),
    ("%05d", "00007;-0007;00000\n-0128;00127;00100\n"),
    ("%+.3d", "+007;-007;+000\n-128;+127;+100\n"),
    ("% i", " 7;-7; 0\n-128; 127; 100\n"),
    ("%06.3d", "000007;-00007;000000\n-00128;000127;000100\n"),
    ("%.2f", "7.00;-7.00;0.00\n-128.00;127.00;100.00\n"),
    ("%e", "7.000000e+00;-7.000000e+00;0.000000e+00\n-1.280000e+02;1.270000e+02;1.000000e+02\n"),
  ])
  func formatsOfIntegers(_ fmt: String, _ expected: String) throws {
    let x = try NDArray([7, -7, 0, -128, 127, 100] as [Int64], shape: [2, 3])
    for dtype in [DType.int8, .int16, .int32, .int64] {
      #expect(try saved(x.astype(dtype), fmt, delimiter: ";") == expected, "\(dtype)")
    }
  }

  @Test func wholeNumbersOfEverySize() throws {
    let floats = try NDArray([3.7, -0.3, 1e20, -2.9, 0x1p63])
    #expect(try saved(floats, "%d") == "3\n0\n100000000000000000000\n-2\n9223372036854775808\n")
    let large = try NDArray([UInt64.max, 1 << 63 + 1])
    #expect(try saved(large, "%d") == "18446744073709551615\n9223372036854775809\n")
    #expect(try saved(large[1...], "%.3e") == "9.223e+18\n")
    #expect(try saved(NDArray([Int64.min, .max]), "%d") == "-9223372036854775808\n9223372036854775807\n")
    #expect(try saved(NDArray([true, false]), "%d") == "1\n0\n")
    let least = try saved(NDArray([-Double.greatestFiniteMagnitude, 5e-324]), "%.1000f")
    #expect(least.utf8.count == (1 + 309 + 1 + 1000 + 1) + (1 + 1 + 1000 + 1))
  }

  @Test func complexNumbers() throws {
    let x = try NDArray(
      [Complex<Double>(1, 2), Complex(3, -4), Complex(.nan, -.infinity), Complex(0, 0)], shape: [2, 2])
    #expect(
      try saved(x, "%.2e")
        == " (1.00e+00+2.00e+00j)  (3.00e+00-4.00e+00j)\n (nan-infj)  (0.00e+00+0.00e+00j)\n")
    #expect(
      try saved(x[0..<1].astype(.complex64), "%+.1f", delimiter: ",") == " (+1.0++2.0j), (+3.0-4.0j)\n")
    #expect(try saved(-x[0..<1], "+%.1f") == " (-1.0+-2.0j)  (-3.0++4.0j)\n")
  }

  @Test func headersAndFooters() throws {
    let x = try NDArray([0, 1, 2, 3] as [Int32], shape: [2, 2])
    try x.savetxt(
      to: folder.at("h.txt"), fmt: "%d", delimiter: ", ", newline: "\r\n", header: "a\nb", footer: "z")
    #expect(try text("h.txt") == "# a\n# b\r\n0, 1\r\n2, 3\r\n# z\r\n")
    try x.savetxt(to: folder.at("r.txt"), fmt: "%d", header: "a\r\nb\rc\n")
    #expect(try Array(folder.read("r.txt")) == Array("# a\r\n# b\rc\n# \n0 1\n2 3\n".utf8))
    try x.savetxt(to: folder.at("c.csv"), fmt: "%d", delimiter: ",", header: "a,b", comments: "")
    #expect(try text("c.csv") == "a,b\n0,1\n2,3\n")
    #expect(try NDArray.open(folder.at("c.csv")).elements(as: Double.self) == [0, 1, 2, 3])
  }

  @Test func emptyArrays() throws {
    #expect(try saved(NDArray.zeros([0])) == "")
    #expect(try saved(NDArray.zeros([0, 2])) == "")
    #expect(try saved(NDArray.zeros([2, 0])) == "\n\n")
  }

  /// Blocks of several threads, of what is computed as it is written.
  @Test(arguments: [1, 2, 5]) func theSameTextForAnyThreads(_ threads: Int) throws {
    let (rows, columns) = (60_000, 7)
    let x = try NDArray.arange(rows * columns).reshape([rows, columns])
    try x.write(to: folder.at("x.npy"))
    let computed = try NDArray.open(folder.at("x.npy")) * 3 - 11
    var expected = ""
    for row in 0..<rows {
      expected += (0..<columns).map { "\((row * columns + $0) * 3 - 11)" }.joined(separator: "\t") + "\n"
    }
    let options = TransferOptions(memory: 64 << 20, threads: threads)
    let report = try computed.savetxt(to: folder.at("x.tsv"), fmt: "%d", delimiter: "\t", options: options)
    #expect(try text("x.tsv") == expected)
    #expect(report.storedBytes == expected.utf8.count)
    // A column, and the result of a reduction.
    try computed[0..., 2].savetxt(to: folder.at("column.txt"), fmt: "%d", options: options)
    #expect(try text("column.txt").hasPrefix("-5\n16\n37\n"))
    let ends = try computed.max(axis: 0)
    try ends.savetxt(to: folder.at("ends.txt"), fmt: "%d", options: options)
    #expect(try text("ends.txt").split(separator: "\n").count == columns)
    #expect(folder.names == ["column.txt", "ends.txt", "x.npy", "x.tsv"])
  }

  @Test func refusals() throws {
    let x = try NDArray([1.0, .nan])
    for fmt in [
      "", "abc", "%", "%s", "%x", "%d%d", "%%d", "%q", "%5", "%*d", "%.18le", "%2000d",
      "%.9999999999999999999e",
    ] {
      let error = #expect(throws: TesseraError.self, "\(fmt)") {
        try x.savetxt(to: folder.at("x.txt"), fmt: fmt)
      }
      #expect(error?.kind == .usage && error?.what == "format of numbers", "\(fmt)")
    }
    for name in ["x.npy", "x.npz", "x.zarr", "x.txt.gz"] {
      let error = #expect(throws: TesseraError.self, "\(name)") { try x.savetxt(to: folder.at(name)) }
      #expect(error?.kind == .usage, "\(name)")
    }
    for shape in [[], [1, 1, 1]] {
      let zeros = try NDArray.zeros(shape)
      let error = #expect(throws: TesseraError.self) { try zeros.savetxt(to: folder.at("x.txt")) }
      #expect(error?.kind == .usage && error?.expected == "one axis, or two")
    }
    let whole = #expect(throws: TesseraError.self) { try x.savetxt(to: folder.at("x.txt"), fmt: "%d") }
    #expect(whole?.kind == .usage)
    #expect(folder.names == [], "nothing is left")
    try x.savetxt(to: folder.at("x.txt"))
    let there = #expect(throws: TesseraError.self) { try x.savetxt(to: folder.at("x.txt")) }
    #expect(there?.kind == .exists)
    let nowhere = #expect(throws: TesseraError.self) { try x.savetxt(to: folder.at("none/x.txt")) }
    #expect(nowhere?.kind == .notFound)
    try x.write(to: folder.at("y.npy"))
    #expect(throws: TesseraError.self) {
      try NDArray.zeros([1, 1 << 24]).savetxt(to: folder.at("wide.txt"), options: .init(memory: 64 << 20))
    }
    #expect(folder.names == ["x.txt", "y.npy"])
  }
}
