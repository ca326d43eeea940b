import TesseraCore

/// Reads the headers of the central directory one after another, through a window on the source.
struct ZipEntryReader<Source: ByteSource> {
  let source: Source
  let end: ZipEndRecord
  private var position: Int
  private var window: [UInt8] = []
  private var windowStart = 0

  /// Holds the longest header (46 bytes and three fields of 64 KiB) at once.
  private static var windowSize: Int { 256 << 10 }

  init(source: Source, end: ZipEndRecord) {
    self.source = source
    self.end = end
    position = end.directory.lowerBound
  }

  /// All entries; their `limit` is yet to be found.
  mutating func entries() throws -> [ZipEntry] {
    var entries: [ZipEntry] = []
    for _ in 0..<end.entryCount { entries.append(try entry()) }
    guard position == end.directory.upperBound else {
      throw corrupt(
        "\(end.entryCount) entries that fill it", "\(end.directory.upperBound - position) bytes more")
    }
    return entries
  }

  private mutating func entry() throws -> ZipEntry {
    let fixed = try take(ZipFormat.centralSize)
    guard fixed.uint32(at: 0) == ZipFormat.centralSignature else {
      throw corrupt("a header at offset \(position - fixed.count)", "other bytes")
    }
    let (nameLength, extraLength) = (fixed.uint16(at: 28), fixed.uint16(at: 30))
    let rest = try take(nameLength + extraLength + fixed.uint16(at: 32))
    let flags = fixed.uint16(at: 8)
    let name = try ZipName.decode(rest[..<nameLength], isUTF8: flags & ZipFormat.utf8Flag != 0)
    let extra = rest[nameLength..<(nameLength + extraLength)]
    let sizes = try large([fixed.uint32(at: 24), fixed.uint32(at: 20), fixed.uint32(at: 42)], extra, name)
    let (offset, overflow) = sizes[2].addingReportingOverflow(end.shift)
    guard !overflow, offset <= end.directory.lowerBound - ZipFormat.localSize else {
      throw corrupt("member '\(name)' before it", "offset \(sizes[2])")
    }
    let entry = ZipEntry(
      name: name, method: .init(number: fixed.uint16(at: 10)), crc32: UInt32(fixed.uint32(at: 16)),
      compressedSize: sizes[1], uncompressedSize: sizes[0], headerOffset: offset,
      isEncrypted: flags & ZipFormat.encryptedFlag != 0, limit: end.directory.lowerBound, flags: flags)
    try entry.checkSizes()
    return entry
  }

  /// The fields, with those that are all ones taken from the ZIP64 extra field.
  private func large(_ fields: [Int], _ extra: ArraySlice<UInt8>, _ name: String) throws -> [Int] {
    guard fields.contains(ZipFormat.large32) else { return fields }
    var values = (ZipFormat.zip64Fields(extra) ?? [])[...]
    return try fields.map {
      guard $0 == ZipFormat.large32 else { return $0 }
      guard let value = values.popFirst() else {
        throw corrupt("a ZIP64 field for member '\(name)'", "none")
      }
      return Int(clamping: value)
    }
  }

  /// The next `count` bytes of the directory.
  private mutating func take(_ count: Int) throws -> [UInt8] {
    guard count <= end.directory.upperBound - position else {
      throw corrupt("\(count) bytes of a header", "\(end.directory.upperBound - position)")
    }
    if position + count > windowStart + window.count {
      let size = min(ZipEntryReader.windowSize, end.directory.upperBound - position)
      window = try source.bytes(at: position, count: size)
      windowStart = position
    }
    defer { position += count }
    return Array(window[(position - windowStart)..<(position - windowStart + count)])
  }

  private func corrupt(_ expected: String, _ got: String) -> TesseraError {
    TesseraError(.corrupt, "inconsistent archive directory", expected: expected, got: got)
  }
}

extension ZipEntry {
  /// Refuses sizes that cannot be, before anything is allocated for them.
  fileprivate func checkSizes() throws {
    switch method {
    case .stored where compressedSize != uncompressedSize && !isEncrypted:
      throw TesseraError(
        .corrupt, "sizes of stored member '\(name)' differ", expected: "\(uncompressedSize) bytes",
        got: "\(compressedSize)")
    // Two bits of deflate can stand for 258 bytes, no more.
    case .deflated where uncompressedSize / 1032 > compressedSize:
      throw TesseraError(
        .corrupt, "impossible size of deflated member '\(name)'",
        expected: "at most 1032 times its \(compressedSize) bytes", got: "\(uncompressedSize)")
    default: break
    }
  }
}
