import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct ZipRecordTests {
  /// Read by `numpy.load` and `zipfile` in `check_written.py`, so what equals it is valid to them.
  @Test func sameBytesAsTheArchiveNumPyReads() throws {
    #expect(try MemorySource(fixture: "written.npz").bytes == ZipRecordTests.written())
  }

  static func written() throws -> [UInt8] {
    let members: [(String, DType, [Int])] = [
      ("a", .uint8, [3, 5]), ("nested/é", .float32, [7]), ("empty", .int16, [0]),
    ]
    return try storedArchive(
      members.map { name, dtype, shape in
        let shape = try Shape(shape)
        let data = (0..<(shape.count * dtype.itemSize)).map { UInt8($0) }
        return (name + ".npy", try NpyHeader.bytes(dtype: dtype, order: .little, shape: shape), data)
      })
  }

  @Test(arguments: 1...80)
  func dataIsAligned(_ length: Int) throws {
    let leading = [UInt8](repeating: 9, count: 2 * length)
    let names = [String(repeating: "x", count: length), String(repeating: "é", count: length) + "/y"]
    let source = MemorySource(try storedArchive(names.map { ($0, leading, [1, 2, 3]) }))
    let directory = try ZipDirectory(reading: source)
    #expect(directory.entries.map(\.name) == names)
    for entry in directory.entries {
      let range = try directory.locate(entry, in: source)
      #expect((range.lowerBound + leading.count) % 64 == 0)
      #expect(Array(source.bytes[range]) == leading + [1, 2, 3])
    }
  }

  @Test func localHeadersKeepTheirLength() throws {
    var record = try ZipRecord(
      name: "x.npy", method: .deflated, headerOffset: 77, leading: 128, alignment: 64)
    let unfinished = record.localHeader()
    (record.crc32, record.compressedSize, record.uncompressedSize) = (.max, .max, .max)
    #expect(record.localHeader().count == unfinished.count)
    #expect(record.localHeader() != unfinished)
    #expect((77 + unfinished.count + 128) % 64 == 0)
  }

  @Test func noMembers() throws {
    let bytes = try storedArchive([])
    #expect(bytes.count == 22)
    #expect(try ZipDirectory(reading: MemorySource(bytes)).entries.isEmpty)
  }

  @Test func moreEntriesThanSixteenBits() throws {
    let count = 70_000
    let source = MemorySource(
      try storedArchive((0..<count).map { ("\($0)", [], [UInt8(truncatingIfNeeded: $0)]) }))
    let directory = try ZipDirectory(reading: source)
    #expect(directory.entries.count == count)
    let entry = try #require(directory.entry(named: "69999"))
    #expect(source.bytes[try directory.locate(entry, in: source)] == [UInt8(truncatingIfNeeded: 69_999)])
  }

  /// A sparse source: zeros but for what was put there.
  private struct SparseSource: ByteSource {
    var byteCount: Int
    var pieces: [(offset: Int, bytes: [UInt8])]

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
      for index in buffer.indices {
        let position = offset + index
        let piece = pieces.first { $0.offset <= position && position < $0.offset + $0.bytes.count }
        buffer[index] = piece.map { $0.bytes[position - $0.offset] } ?? 0
      }
    }
  }

  @Test func membersBeyondFourGiB() throws {
    let size = 5 << 30
    var first = try ZipRecord(name: "big.npy", method: .stored, headerOffset: 0, leading: 128, alignment: 64)
    (first.compressedSize, first.uncompressedSize, first.crc32) = (size, size, 0x1234_5678)
    let header = first.localHeader()
    var second = try ZipRecord(
      name: "small.npy", method: .deflated, headerOffset: header.count + size, alignment: 64)
    (second.compressedSize, second.uncompressedSize) = (10, 1000)
    let secondHeader = second.localHeader()
    let directory = first.centralHeader() + second.centralHeader()
    let offset = second.headerOffset + secondHeader.count + 10
    let end = ZipRecord.end(entryCount: 2, directoryOffset: offset, directorySize: directory.count)
    let source = SparseSource(
      byteCount: offset + directory.count + end.count,
      pieces: [(0, header), (second.headerOffset, secondHeader), (offset, directory + end)])
    let read = try ZipDirectory(reading: source)
    #expect(read.entries.map(\.uncompressedSize) == [size, 1000])
    #expect(read.entries.map(\.headerOffset) == [0, second.headerOffset])
    #expect(try read.locate(read.entries[0], in: source) == header.count..<(header.count + size))
    #expect(try read.locate(read.entries[1], in: source).count == 10)
  }

  @Test func longNames() throws {
    #expect(throws: TesseraError.self) {
      try ZipRecord(name: String(repeating: "x", count: 65_536), method: .stored, headerOffset: 0)
    }
    let name = String(repeating: "x", count: 65_535)
    let source = MemorySource(try storedArchive([(name, [], [1]), ("y", [], [2])]))
    let directory = try ZipDirectory(reading: source)
    #expect(directory.entries.map(\.name) == [name, "y"])
    _ = try directory.locate(directory.entries[0], in: source)
  }
}
