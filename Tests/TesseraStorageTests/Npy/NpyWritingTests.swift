import Foundation
import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct NpyWritingTests {
  /// One line of headers.txt, which `make_headers.py` wrote with NumPy.
  struct Line {
    let descr: String
    let fortranOrder: Bool
    let shape: Shape
    let bytes: [UInt8]

    init(_ text: Substring) throws {
      let fields = text.split(separator: " ")
      descr = String(fields[0])
      fortranOrder = fields[1] == "F"
      shape = try Shape(fields[2] == "-" ? [] : fields[2].split(separator: ",").map { try #require(Int($0)) })
      let digits = Array(fields[3])
      bytes = try stride(from: 0, to: digits.count, by: 2).map {
        try #require(UInt8(String(digits[$0...($0 + 1)]), radix: 16))
      }
    }

    static func all() throws -> [Line] {
      let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/npy/headers.txt").path
      return try String(contentsOfFile: path, encoding: .ascii).split(separator: "\n").map(Line.init)
    }
  }

  @Test func sameBytesAsNumPy() throws {
    let lines = try Line.all()
    #expect(lines.count > 100)
    for line in lines {
      let (dtype, order) = try #require(NpyDescr.parse(line.descr))
      let bytes = try NpyHeader.bytes(
        dtype: dtype, order: order, fortranOrder: line.fortranOrder, shape: line.shape)
      #expect(bytes == line.bytes, "\(line.descr) \(line.shape)")
    }
  }

  @Test func readsNumPysHeaders() throws {
    for line in try Line.all() {
      let header = try line.bytes.withUnsafeBytes { try NpyHeader.parse($0, fileSize: .max) }
      #expect(header.descr == line.descr)
      #expect(header.shape == line.shape)
      #expect(header.fortranOrder == line.fortranOrder)
      #expect(header.dataOffset == line.bytes.count)
      #expect(header.rewritten(shape: line.shape)?.count == line.bytes.count)
    }
  }

  @Test func everyDTypeRoundTrips() throws {
    for dtype in DType.allCases where dtype != .bfloat16 {
      for order in [ByteOrder.little, .big] {
        let bytes = try NpyHeader.bytes(dtype: dtype, order: order, shape: Shape([2, 5]))
        let header = try bytes.withUnsafeBytes { try NpyHeader.parse($0, fileSize: 1000) }
        #expect(header.dtype == dtype)
        #expect(header.order == (dtype.itemSize == 1 ? .native : order))
        #expect(bytes.count % 64 == 0)
      }
    }
  }

  @Test func bfloat16HasNoSpelling() {
    #expect(
      thrownMessage { _ = try NpyHeader.bytes(dtype: .bfloat16, shape: Shape([1])) }
        == ".npy cannot hold bfloat16: expected a dtype that NumPy has (tessera convert --dtype float32 makes one), got bfloat16"
    )
  }

  @Test func growsInPlace() throws {
    let bytes = try NpyHeader.bytes(dtype: .float32, shape: Shape([5, 768]))
    let header = try bytes.withUnsafeBytes { try NpyHeader.parse($0, fileSize: 1 << 20) }
    let grown = try #require(header.rewritten(shape: try Shape([123_456_789_012, 768])))
    #expect(grown.count == bytes.count)
    let parsed = try grown.withUnsafeBytes { try NpyHeader.parse($0, fileSize: .max) }
    #expect(parsed.shape.dimensions == [123_456_789_012, 768])
    #expect(parsed.dtype == .float32)
    #expect(header.rewritten(shape: try Shape([Int](repeating: 1, count: 64))) == nil)
  }

  @Test func growsHeadersOfOtherVersions() throws {
    let bytes = npyHeader("{'descr': '>f8', 'fortran_order': True, 'shape': (2, 3)}        \n", version: 2)
    let header = try bytes.withUnsafeBytes { try NpyHeader.parse($0, fileSize: 1000) }
    let grown = try #require(header.rewritten(shape: try Shape([2, 30])))
    #expect(grown.count == bytes.count)
    #expect(grown[6] == 2)
    let parsed = try grown.withUnsafeBytes { try NpyHeader.parse($0, fileSize: 1000) }
    #expect(parsed.shape.dimensions == [2, 30])
    #expect(parsed.order == .big)
    #expect(parsed.fortranOrder)
  }
}

/// A header around that dictionary, without padding.
func npyHeader(_ dictionary: String, version: UInt8 = 1) -> [UInt8] {
  let text = Array(dictionary.utf8)
  let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
  return NpyHeader.magic + [version, 0] + length + text
}
