import TesseraCore

/// Where the central directory is, from the records at the end of the file.
struct ZipEndRecord {
  /// Offsets into the file.
  let directory: Range<Int>
  let entryCount: Int
  /// Bytes before the archive proper, which the archive's own offsets leave out (self-extracting archives).
  let shift: Int

  init(reading source: some ByteSource) throws {
    let tailStart = max(source.byteCount - ZipFormat.endSize - ZipFormat.large16, 0)
    let tail = try source.bytes(at: tailStart, count: source.byteCount - tailStart)
    let (position, trailing) = try ZipEndRecord.find(in: tail)
    let record = Array(tail[position...])
    let disks = [record.uint16(at: 4), record.uint16(at: 6)]
    var end = tailStart + position
    var fields = Fields(
      entriesHere: record.uint16(at: 8), entries: record.uint16(at: 10), size: record.uint32(at: 12),
      offset: record.uint32(at: 16))
    if let large = try ZipEndRecord.zip64(source, before: end) {
      guard fields.agrees(with: large.fields) else {
        throw ZipEndRecord.corrupt("the same directory in both end records", "different ones")
      }
      (fields, end) = (large.fields, large.offset)
    } else if disks != [0, 0] {
      throw TesseraError(
        .unsupported, "archive of several parts", expected: "disk 0", got: "disk \(disks[0])")
    }
    try self.init(fields, end: end)
    // Of a truncated file it may be that of an archive within a member.
    guard trailing == 0 || shift == 0 else {
      throw ZipEndRecord.corrupt(
        "a directory at offset \(fields.offset) where \(trailing) bytes follow the archive",
        "one at offset \(directory.lowerBound)")
    }
  }

  private init(_ fields: Fields, end: Int) throws {
    guard fields.entriesHere == fields.entries else {
      throw TesseraError(
        .unsupported, "archive of several parts", expected: "\(fields.entries) entries in this one",
        got: "\(fields.entriesHere)")
    }
    guard fields.size <= end, fields.offset <= end - fields.size else {
      throw ZipEndRecord.corrupt(
        "a directory before offset \(end)", "\(fields.size) bytes at offset \(fields.offset)")
    }
    guard fields.size <= ZipDirectory.maximumByteCount, fields.entries <= ZipDirectory.maximumEntries else {
      throw TesseraError(
        .unsupported, "archive directory is too large",
        expected: "at most \(ZipDirectory.maximumEntries) entries in \(ZipDirectory.maximumByteCount) bytes",
        got: "\(fields.entries) in \(fields.size)")
    }
    guard fields.entries <= fields.size / ZipFormat.centralSize else {
      throw ZipEndRecord.corrupt(
        "\(ZipFormat.centralSize) bytes or more per entry",
        "\(fields.entries) entries in \(fields.size) bytes")
    }
    directory = (end - fields.size)..<end
    entryCount = fields.entries
    shift = directory.lowerBound - fields.offset
  }

  private struct Fields {
    var entriesHere: Int
    var entries: Int
    var size: Int
    var offset: Int

    /// Whether each field is that of the ZIP64 record, or all ones.
    func agrees(with large: Fields) -> Bool {
      (entriesHere == ZipFormat.large16 || entriesHere == large.entriesHere)
        && (entries == ZipFormat.large16 || entries == large.entries)
        && (size == ZipFormat.large32 || size == large.size)
        && (offset == ZipFormat.large32 || offset == large.offset)
    }
  }

  /// The last end record in `tail` whose comment ends with the file; without one the last of all, as in Python, and
  /// how many bytes that are none of the archive's follow it.
  private static func find(in tail: [UInt8]) throws -> (position: Int, trailing: Int) {
    var other: (position: Int, trailing: Int)?
    var position = tail.count - ZipFormat.endSize
    while position >= 0 {
      if tail[position] == 0x50, tail.uint32(at: position) == ZipFormat.endSignature {
        let trailing = tail.count - position - ZipFormat.endSize - tail.uint16(at: position + 20)
        if trailing == 0 { return (position, 0) }
        if other == nil { other = (position, trailing) }
      }
      position -= 1
    }
    guard let last = other, last.trailing > 0 else {
      throw TesseraError(
        .corrupt, "not a ZIP archive, or a truncated one", expected: "an end record in the last 64 KiB",
        got: "none")
    }
    return last
  }

  /// The ZIP64 end record and its offset, when there is a locator before the end record.
  private static func zip64(_ source: some ByteSource, before end: Int) throws -> (
    fields: Fields, offset: Int
  )? {
    let locatorOffset = end - ZipFormat.zip64LocatorSize
    guard locatorOffset >= 0 else { return nil }
    let locator = try source.bytes(at: locatorOffset, count: ZipFormat.zip64LocatorSize)
    guard locator.uint32(at: 0) == ZipFormat.zip64LocatorSignature else { return nil }
    // The record ends at the locator. Its stated offset is off by the length of any prefix, and the record
    // may be longer than its fields, so of the two places the stated one is tried first.
    let stated = Int(clamping: locator.littleEndian(at: 8, size: 8))
    let last = locatorOffset - ZipFormat.zip64EndSize
    for offset in [stated, last] where offset >= 0 && offset <= last {
      let record = try source.bytes(at: offset, count: ZipFormat.zip64EndSize)
      guard record.uint32(at: 0) == ZipFormat.zip64EndSignature,
        record.littleEndian(at: 4, size: 8) == UInt64(locatorOffset - offset - 12)
      else { continue }
      guard record.uint32(at: 16) == 0, record.uint32(at: 20) == 0 else {
        throw TesseraError(.unsupported, "archive of several parts", expected: "disk 0", got: "another")
      }
      let field = { Int(clamping: record.littleEndian(at: $0, size: 8)) }
      return (Fields(entriesHere: field(24), entries: field(32), size: field(40), offset: field(48)), offset)
    }
    throw corrupt("a ZIP64 end record at offset \(stated)", "other bytes")
  }

  private static func corrupt(_ expected: String, _ got: String) -> TesseraError {
    TesseraError(.corrupt, "inconsistent archive end", expected: expected, got: got)
  }
}
