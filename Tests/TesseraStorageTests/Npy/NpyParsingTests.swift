import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct NpyParsingTests {
  private func parse(_ bytes: [UInt8], fileSize: Int? = nil) throws -> NpyHeader {
    try bytes.withUnsafeBytes { try NpyHeader.parse($0, fileSize: fileSize ?? $0.count) }
  }

  private func parse(_ dictionary: String, version: UInt8 = 1, body: Int = 1 << 20) throws -> NpyHeader {
    let bytes = npyHeader(dictionary, version: version)
    return try parse(bytes, fileSize: bytes.count + body)
  }

  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }",
    "{\"shape\":(3,4),\"descr\":\"<f4\",\"fortran_order\":False}",
    "  { 'shape' : ( 3L , 4l, ) ,\n\t'fortran_order':False,'descr':u'<f4' , }  \n\n",
    "{'descr': b'\\x3cf4', 'fortran_order': False, 'shape': (3, 4)}\r\n",
  ])
  func spellings(_ dictionary: String) throws {
    for version: UInt8 in 1...3 {
      let header = try parse(dictionary, version: version)
      #expect(header.dtype == .float32)
      #expect(header.order == .little)
      #expect(header.shape.dimensions == [3, 4])
      #expect(!header.fortranOrder)
      #expect(header.version == version)
      #expect(header.dataOffset == dictionary.utf8.count + (version == 1 ? 10 : 12))
      #expect(header.bodyByteCount == 48)
    }
  }

  @Test(arguments: [
    ("<f4", DType.float32, ByteOrder.little), (">f8", .float64, .big), ("|b1", .bool, .native),
    ("?", .bool, .native), ("<i8", .int64, .little), ("=f4", .float32, .native), ("|i1", .int8, .native),
    (">u1", .uint8, .native), ("<c8", .complex64, .little), (">c16", .complex128, .big),
    ("|f4", .float32, .native),
    ("<f2", .float16, .little), ("f4", .float32, .native), ("d", .float64, .native), (">l", .int64, .big),
    ("float64", .float64, .native), ("bool", .bool, .native), ("e", .float16, .native),
    ("<u2", .uint16, .little),
  ])
  func dtypes(_ descr: String, _ dtype: DType, _ order: ByteOrder) throws {
    let header = try parse("{'descr': '\(descr)', 'fortran_order': True, 'shape': (1,)}")
    #expect(header.dtype == dtype)
    #expect(header.order == order)
    #expect(try header.supportedDType() == dtype)
  }

  @Test(arguments: [
    (
      "'|O'",
      "Python object arrays cannot be opened: expected numbers (their bodies are pickles, which run code when they are loaded), got dtype '|O'"
    ),
    (
      "'<V2'",
      "unsupported dtype: expected bool, integers, floats or complex numbers, got dtype '<V2', raw bytes (bfloat16 is saved like this, but cannot be told from others)"
    ),
    (
      "'|V8'",
      "unsupported dtype: expected bool, integers, floats or complex numbers, got dtype '|V8', raw bytes"
    ),
    ("'<U5'", "unsupported dtype: expected bool, integers, floats or complex numbers, got dtype '<U5', text"),
    (
      "'<M8[ns]'",
      "unsupported dtype: expected bool, integers, floats or complex numbers, got dtype '<M8[ns]', dates or durations"
    ),
    ("'<f16'", "unsupported dtype: expected bool, integers, floats or complex numbers, got dtype '<f16'"),
    (
      "'bfloat16'",
      "unsupported dtype: expected bool, integers, floats or complex numbers, got dtype 'bfloat16'"
    ),
    ("'magic'", "unsupported dtype: expected bool, integers, floats or complex numbers, got dtype 'magic'"),
    ("''", "unsupported dtype: expected bool, integers, floats or complex numbers, got dtype ''"),
    (
      "[('x', '<f4'), ('y', [('z', '<i8', (2,)), ], ), ]",
      "unsupported dtype: expected bool, integers, floats or complex numbers, got the structured dtype [('x', '<f4'), ('y', [('z', '<i8', (2,))])]"
    ),
    (
      "('<f4', (3,))",
      "unsupported dtype: expected bool, integers, floats or complex numbers, got the structured dtype ('<f4', (3,))"
    ),
  ])
  func describedButNotOpened(_ descr: String, _ expected: String) throws {
    let header = try parse("{'descr': \(descr), 'fortran_order': False, 'shape': (3,)}")
    #expect(header.dtype == nil)
    #expect(header.bodyByteCount == nil)
    #expect(header.rewritten(shape: header.shape) == nil)
    #expect(thrownMessage { _ = try header.supportedDType() } == expected)
  }

  private static let keysMessage =
    "invalid .npy header: expected a dictionary with the keys 'descr', 'fortran_order' and 'shape', got "

  @Test(arguments: [
    ("", "invalid .npy header at character 1: expected a value, got the end"),
    ("()", keysMessage + "()"),
    ("{}", keysMessage),
    ("{'descr': '<f4', 'fortran_order': False}", keysMessage + "'descr', 'fortran_order'"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': 1}",
      keysMessage + "'descr', 'fortran_order', 'shape', 'x'"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'shape': ()}",
      keysMessage + "'descr', 'fortran_order', 'shape', 'shape'"
    ),
    (
      "{'descr': 4, 'fortran_order': False, 'shape': ()}",
      "invalid descr in .npy header: expected a type string or a list of fields, got 4"
    ),
    (
      "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
      "invalid fortran_order in .npy header: expected True or False, got 0"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': [3]}",
      "invalid shape in .npy header: expected a tuple of integers, got [3]"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3)}",
      "invalid shape in .npy header: expected a tuple of integers, got 3"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (True,)}",
      "invalid shape in .npy header: expected a tuple of 64-bit integers, got (True,)"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "invalid shape in .npy header: expected a tuple of 64-bit integers, got (99999999999999999999,)"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
      "negative dimension: expected lengths of 0 or more, got (-1,)"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
      "shape is too large: expected fewer than 2^59 elements, got (4294967296, 4294967296)"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (576460752303423487,)}",
      "truncated .npy file: expected 2305843009213693948 bytes of elements for shape (576460752303423487,) of <f4, got 1048576"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
      "invalid .npy header at character 52: expected a value, got ','"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
      "invalid .npy header at character 55: expected the end, got 'x'"
    ),
    (
      "{'descr': '<f4, 'fortran_order': False, 'shape': ()}",
      "invalid .npy header at character 18: expected ',' or '}', got 'f'"
    ),
    (
      "{'descr': '<f4', 'fortran_order': false, 'shape': ()}",
      "invalid .npy header at character 35: expected a value, got 'f'"
    ),
    (
      "{'descr': '\\q', 'fortran_order': False, 'shape': ()}",
      "invalid .npy header at character 13: expected an escape that repr() writes, got 'q'"
    ),
  ])
  func errors(_ dictionary: String, _ expected: String) {
    #expect(thrownMessage { _ = try parse(dictionary) } == expected)
  }

  @Test func deepNestingIsAnError() {
    for opening in ["[", "(", "{1:"] {
      #expect(
        thrownMessage { _ = try parse(String(repeating: opening, count: 20_000)) }
          == "header is nested too deeply: expected at most 32 levels, got more")
    }
  }

  @Test func complexBodyThatOverflows() {
    #expect(
      thrownMessage {
        _ = try parse("{'descr': '<c16', 'fortran_order': False, 'shape': (576460752303423487, )}")
      }?.hasPrefix("truncated .npy file: expected 9223372036854775792 bytes") == true)
  }

  @Test func wrongBeginnings() {
    #expect(
      thrownMessage { _ = try parse(Array("PK\u{3}\u{4}00000000".utf8)) }
        == "not a .npy file: expected it to begin with \\x93NUMPY, got other bytes")
    #expect(
      thrownMessage { _ = try parse(npyHeader("{}", version: 4)) }
        == "unknown .npy version: expected 1.0, 2.0 or 3.0, got 4.0")
    #expect(
      thrownMessage { _ = try parse(NpyHeader.magic + [2, 0, 0, 0, 1, 0]) }
        == ".npy header is too large: expected at most 65536 bytes, got 65548")
    #expect(
      thrownMessage { _ = try parse(NpyHeader.magic + [1, 0, 118, 0, 0x7B]) }
        == "truncated .npy header: expected 128 bytes, got 11")
    #expect(
      thrownMessage { _ = try parse(NpyHeader.magic + [3, 0, 2, 0, 0, 0, 0xC3, 0x28]) }
        == "invalid .npy header: expected UTF-8, got other bytes")
  }

  @Test func bodySizeIsChecked() throws {
    let bytes = try NpyHeader.bytes(dtype: .float64, shape: Shape([10, 3]))
    #expect(try parse(bytes, fileSize: bytes.count + 240).bodyByteCount == 240)
    #expect(try parse(bytes, fileSize: bytes.count + 999).bodyByteCount == 240)
    #expect(
      thrownMessage { _ = try parse(bytes, fileSize: bytes.count + 239) }
        == "truncated .npy file: expected 240 bytes of elements for shape (10, 3) of <f8, got 239")
  }

  @Test func everyTruncationIsAnError() throws {
    let bytes = try NpyHeader.bytes(dtype: .int16, shape: Shape([2, 3])) + [UInt8](repeating: 1, count: 12)
    for count in 0..<bytes.count {
      #expect(throws: TesseraError.self, "first \(count) bytes") { try parse(Array(bytes[..<count])) }
    }
  }

  @Test(arguments: UInt64(1)...20)
  func flippedBytesNeverTrap(seed: UInt64) throws {
    var random = SeededBits(seed: seed)
    let bytes = try NpyHeader.bytes(dtype: .int16, shape: Shape([2, 3])) + [UInt8](repeating: 1, count: 12)
    let structured = npyHeader(
      "{'descr': [('a', '<f4', (2,)), (\"b\", u'\\x3ci8')], 'fortran_order': False, 'shape': (3L, 1)}",
      version: 3)
    for sample in [bytes, structured] {
      for _ in 0..<500 {
        // What still parses lies within the file.
        guard let header = try? parse(sample.corrupted(&random)) else { continue }
        #expect(header.dataOffset + (header.bodyByteCount ?? 0) <= sample.count, "seed \(seed)")
      }
    }
  }
}
