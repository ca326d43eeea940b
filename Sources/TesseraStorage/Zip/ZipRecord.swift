import TesseraCore

/// The records that a streaming writer puts around members' data.
///
/// A local header is written with zero sizes first, then, once they and the checksum are known, over itself:
/// its length depends on name, offset and alignment alone.
package struct ZipRecord: Sendable {
  package let name: String
  package let method: ZipEntry.Method
  package let headerOffset: Int
  package var crc32: UInt32 = 0
  package var compressedSize = 0
  package var uncompressedSize = 0
  /// Zero bytes in the local header that put the array's data on its boundary.
  private let padding: Int
  private let alignment: Int

  /// A member whose local header goes to `headerOffset`.
  ///
  /// - Parameters:
  ///   - leading: bytes of the member before its array data, the `.npy` header.
  ///   - alignment: the boundary, in bytes of the file, that the array data must be on; 1 for any.
  /// - Throws: `.usage` for names that `ZipDirectory` would refuse.
  package init(
    name: String, method: ZipEntry.Method, headerOffset: Int, leading: Int = 0, alignment: Int = 1
  ) throws {
    precondition(alignment > 0 && alignment <= 4096 && leading >= 0 && headerOffset >= 0)
    try ZipName.check(name, otherwise: .usage)
    guard name.utf8.count <= ZipFormat.large16 else {
      throw TesseraError(
        .usage, "member name is too long", expected: "at most \(ZipFormat.large16) bytes",
        got: "\(name.utf8.count)")
    }
    self.name = name
    self.method = method
    self.headerOffset = headerOffset
    let unpadded =
      headerOffset + ZipFormat.localSize + name.utf8.count + ZipRecord.zip64ExtraSize
      + ZipRecord.alignmentExtraSize + leading
    padding = (alignment - unpadded % alignment) % alignment
    self.alignment = alignment
  }

  /// Id, size, two sizes of 8 bytes.
  private static let zip64ExtraSize = 20
  /// Id, size, the alignment.
  private static let alignmentExtraSize = 6
  /// 4.5, the version that knows ZIP64.
  private static let version: UInt16 = 45
  /// 1980-01-01, the earliest there is: the same input gives the same archive.
  private static let date: UInt16 = 0x0021
  /// A regular file, rw-r--r--, in the upper half as Unix has it.
  private static let externalAttributes: UInt32 = 0o100644 << 16

  private var flags: UInt16 { name.utf8.allSatisfy { $0 < 0x80 } ? 0 : UInt16(ZipFormat.utf8Flag) }

  /// The local header, always with ZIP64 sizes, as NumPy does: they are not known when it is first written.
  package func localHeader() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt32(ZipFormat.localSignature))
    appendCommon(to: &bytes, compressed: ZipFormat.large32, uncompressed: ZipFormat.large32)
    bytes.append(littleEndian: UInt16(ZipRecord.zip64ExtraSize + ZipRecord.alignmentExtraSize + padding))
    bytes.append(contentsOf: name.utf8)
    bytes.append(littleEndian: UInt16(ZipFormat.zip64ExtraID))
    bytes.append(littleEndian: UInt16(ZipRecord.zip64ExtraSize - 4))
    bytes.append(littleEndian: UInt64(uncompressedSize))
    bytes.append(littleEndian: UInt64(compressedSize))
    bytes.append(littleEndian: UInt16(ZipFormat.alignmentExtraID))
    bytes.append(littleEndian: UInt16(ZipRecord.alignmentExtraSize - 4 + padding))
    bytes.append(littleEndian: UInt16(alignment))
    bytes.append(contentsOf: repeatElement(0, count: padding))
    return bytes
  }

  /// The member's header in the central directory.
  package func centralHeader() -> [UInt8] {
    var large: [UInt8] = []
    let fields = [uncompressedSize, compressedSize, headerOffset].map { value in
      if value >= ZipFormat.large32 { large.append(littleEndian: UInt64(value)) }
      return min(value, ZipFormat.large32)
    }
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt32(ZipFormat.centralSignature))
    // Made on Unix.
    bytes.append(littleEndian: 3 << 8 | ZipRecord.version)
    appendCommon(to: &bytes, compressed: fields[1], uncompressed: fields[0])
    bytes.append(littleEndian: UInt16(large.isEmpty ? 0 : large.count + 4))
    // No comment, disk 0, no internal attributes.
    bytes.append(contentsOf: repeatElement(0, count: 6))
    bytes.append(littleEndian: ZipRecord.externalAttributes)
    bytes.append(littleEndian: UInt32(fields[2]))
    bytes.append(contentsOf: name.utf8)
    if !large.isEmpty {
      bytes.append(littleEndian: UInt16(ZipFormat.zip64ExtraID))
      bytes.append(littleEndian: UInt16(large.count))
      bytes.append(contentsOf: large)
    }
    return bytes
  }

  /// The fields from the version needed to the name's length, which both headers have in this order.
  private func appendCommon(to bytes: inout [UInt8], compressed: Int, uncompressed: Int) {
    bytes.append(littleEndian: ZipRecord.version)
    bytes.append(littleEndian: flags)
    bytes.append(littleEndian: UInt16(method.number))
    bytes.append(littleEndian: UInt16(0))
    bytes.append(littleEndian: ZipRecord.date)
    bytes.append(littleEndian: crc32)
    bytes.append(littleEndian: UInt32(compressed))
    bytes.append(littleEndian: UInt32(uncompressed))
    bytes.append(littleEndian: UInt16(name.utf8.count))
  }

  /// The records after the central directory; with those of ZIP64 where a number needs them.
  package static func end(entryCount: Int, directoryOffset: Int, directorySize: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    if entryCount >= ZipFormat.large16 || directoryOffset >= ZipFormat.large32
      || directorySize >= ZipFormat.large32
    {
      bytes.append(littleEndian: UInt32(ZipFormat.zip64EndSignature))
      bytes.append(littleEndian: UInt64(ZipFormat.zip64EndSize - 12))
      bytes.append(littleEndian: 3 << 8 | version)
      bytes.append(littleEndian: version)
      bytes.append(littleEndian: UInt64(0))
      for value in [entryCount, entryCount, directorySize, directoryOffset] {
        bytes.append(littleEndian: UInt64(value))
      }
      bytes.append(littleEndian: UInt32(ZipFormat.zip64LocatorSignature))
      bytes.append(littleEndian: UInt32(0))
      bytes.append(littleEndian: UInt64(directoryOffset + directorySize))
      bytes.append(littleEndian: UInt32(1))
    }
    bytes.append(littleEndian: UInt32(ZipFormat.endSignature))
    bytes.append(littleEndian: UInt32(0))
    bytes.append(littleEndian: UInt16(min(entryCount, ZipFormat.large16)))
    bytes.append(littleEndian: UInt16(min(entryCount, ZipFormat.large16)))
    bytes.append(littleEndian: UInt32(min(directorySize, ZipFormat.large32)))
    bytes.append(littleEndian: UInt32(min(directoryOffset, ZipFormat.large32)))
    bytes.append(littleEndian: UInt16(0))
    return bytes
  }
}
