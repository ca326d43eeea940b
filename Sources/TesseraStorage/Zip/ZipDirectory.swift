import TesseraCore

/// The members of a ZIP archive, from its central directory.
package struct ZipDirectory: Sendable {
  /// In the order of the directory.
  package let entries: [ZipEntry]
  private let positions: [String: Int]

  /// `.npz` archives hold a member per array; a million of them is far beyond use.
  static let maximumEntries = 1 << 20
  /// At least 46 bytes per entry, and names are short.
  static let maximumByteCount = 64 << 20

  /// Reads and checks the central directory; local headers are read when members are located.
  ///
  /// - Throws: for anything inconsistent: entries that overlap or reach into the directory, names that occur
  ///   twice or are unsafe as paths, sizes that no data can have.
  /// - Complexity: O(entries log entries); memory in proportion to the directory's true size.
  package init(reading source: some ByteSource) throws {
    let end = try ZipEndRecord(reading: source)
    var reader = ZipEntryReader(source: source, end: end)
    entries = try ZipDirectory.limited(try reader.entries(), directory: end.directory.lowerBound)
    var positions: [String: Int] = [:]
    for (index, entry) in entries.enumerated() {
      if positions.updateValue(index, forKey: entry.name) != nil {
        throw TesseraError(
          .corrupt, "duplicate member in archive", expected: "each name once", got: "'\(entry.name)' again")
      }
    }
    self.positions = positions
  }

  /// The member of exactly that name.
  package func entry(named name: String) -> ZipEntry? { positions[name].map { entries[$0] } }

  /// Gives each entry the offset it must end before, and checks that the headers leave room for the data.
  private static func limited(_ entries: [ZipEntry], directory: Int) throws -> [ZipEntry] {
    var limits = [Int](repeating: directory, count: entries.count)
    let order = entries.indices.sorted { entries[$0].headerOffset < entries[$1].headerOffset }
    for (index, next) in zip(order, order.dropFirst()) { limits[index] = entries[next].headerOffset }
    return try zip(entries, limits).map { entry, limit in
      // Both are offsets into the file, so that nothing here can overflow.
      let room = limit - entry.headerOffset - ZipFormat.localSize - entry.name.utf8.count / 3
      guard entry.compressedSize <= room else {
        throw TesseraError(
          .corrupt, "member '\(entry.name)' overlaps what follows it",
          expected: "\(entry.compressedSize) bytes between its header and offset \(limit)",
          got: "\(max(room, 0))")
      }
      return entry.limited(limit)
    }
  }
}

extension ZipEntry {
  fileprivate func limited(_ limit: Int) -> ZipEntry {
    ZipEntry(
      name: name, method: method, crc32: crc32, compressedSize: compressedSize,
      uncompressedSize: uncompressedSize, headerOffset: headerOffset, isEncrypted: isEncrypted, limit: limit,
      flags: flags)
  }
}
