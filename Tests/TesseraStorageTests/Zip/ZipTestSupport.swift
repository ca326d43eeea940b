import Foundation
import TesseraCore

@testable import TesseraStorage

/// Bytes in memory as a source; reads beyond them are errors.
struct MemorySource: ByteSource {
  var bytes: [UInt8]
  var byteCount: Int { bytes.count }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    guard offset >= 0, buffer.count <= bytes.count - offset else {
      throw TesseraError(.corrupt, "short read", expected: "\(buffer.count) bytes at \(offset)")
    }
    buffer.copyBytes(from: bytes[offset..<(offset + buffer.count)])
  }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(fixture name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    bytes = Array(try Data(contentsOf: folder.appendingPathComponent("Fixtures/zip/\(name)")))
  }
}

/// CRC-32 of ZIP, one bit at a time.
func slowCRC32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  ~bytes.reduce(UInt32.max) { crc, byte in
    (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 0 ? 0 : 0xEDB8_8320) }
  }
}

/// A stored archive of these members, each a leading header and its data.
func storedArchive(
  _ members: [(name: String, leading: [UInt8], data: [UInt8])], alignment: Int = 64,
  change: (inout ZipRecord) -> Void = { _ in }
) throws -> [UInt8] {
  var bytes: [UInt8] = []
  var directory: [UInt8] = []
  for member in members {
    var record = try ZipRecord(
      name: member.name, method: .stored, headerOffset: bytes.count, leading: member.leading.count,
      alignment: alignment)
    let body = member.leading + member.data
    record.crc32 = slowCRC32(body)
    record.compressedSize = body.count
    record.uncompressedSize = body.count
    change(&record)
    bytes += record.localHeader() + body
    directory += record.centralHeader()
  }
  let end = ZipRecord.end(
    entryCount: members.count, directoryOffset: bytes.count, directorySize: directory.count)
  return bytes + directory + end
}
