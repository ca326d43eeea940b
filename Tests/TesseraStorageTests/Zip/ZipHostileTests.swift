import TesseraCore
import Testing

@testable import TesseraStorage

/// Archives that lie; each is a valid one with some bytes changed.
@Suite struct ZipHostileTests {
  private static func sample(
    _ names: [String] = ["a.npy", "b.npy"], change: (inout ZipRecord) -> Void = { _ in }
  ) throws -> [UInt8] {
    try storedArchive(names.map { ($0, [1, 2], [UInt8](repeating: 7, count: 100)) }, change: change)
  }

  private func openAll(_ bytes: [UInt8]) throws {
    let source = MemorySource(bytes)
    let directory = try ZipDirectory(reading: source)
    for entry in directory.entries { _ = try directory.locate(entry, in: source) }
  }

  /// The sample's `index`th record with that signature, changed at `offset`.
  private func patched(
    _ signature: Int, _ index: Int = 0, at offset: Int, with values: [UInt8]
  ) throws -> [UInt8] {
    var bytes = try ZipHostileTests.sample()
    let places = (0..<(bytes.count - 3)).filter { bytes.uint32(at: $0) == signature }
    bytes.replaceSubrange((places[index] + offset)..<(places[index] + offset + values.count), with: values)
    return bytes
  }

  @Test func theSampleIsValid() throws { try openAll(try ZipHostileTests.sample()) }

  @Test func notAnArchive() {
    for bytes in [[], [UInt8](repeating: 0x50, count: 100_000), NpyHeader.magic] {
      #expect(
        thrownMessage { try openAll(bytes) }
          == "not a ZIP archive, or a truncated one: expected an end record in the last 64 KiB, got none")
    }
  }

  /// To comparisons of Swift's characters there is no slash in it.
  @Test func marksBehindSlashesAreUnsafe() {
    for name in ["a/\u{301}b", "../\u{301}x", "a/\u{200D}b"] {
      #expect(thrownMessage { try ZipName.check(name) }?.hasPrefix("unsafe member name") == true, "\(name)")
      #expect(!ZarrGroup.isInside(name), "\(name)")
    }
    #expect(throws: Never.self) { try ZipName.check("a/b\u{301}") }
  }

  @Test(arguments: [
    "/etc/passwd", "../x.npy", "a/../../x", "..", ".", "a//b", "a\\b", "C:x", "c:/x", "a\0b", "a\nb", "",
    "./x",
    "a/./b", "/", "a\u{7F}", "../\u{301}x",
  ])
  func unsafeNames(_ name: String) throws {
    #expect(
      thrownMessage { _ = try ZipRecord(name: name, method: .stored, headerOffset: 0) }?
        .hasPrefix("unsafe member name: expected a relative path") == true)
    // The same name in an archive somebody else wrote.
    let placeholder = String(repeating: "n", count: name.utf8.count)
    guard !placeholder.isEmpty else { return }
    var bytes = try ZipHostileTests.sample([placeholder])
    let central = try #require(
      (0..<bytes.count).last { bytes.dropFirst($0).starts(with: Array(placeholder.utf8)) })
    bytes.replaceSubrange(central..<(central + name.utf8.count), with: Array(name.utf8))
    #expect(thrownMessage { try openAll(bytes) }?.hasPrefix("unsafe member name") == true)
  }

  @Test(arguments: ["a.npy", "a/b.npy", "..a", "a..b/c...", "xx:y", "é.npy", "a b", "folder/"])
  func safeNames(_ name: String) throws {
    let bytes = try ZipHostileTests.sample([name])
    #expect(try ZipDirectory(reading: MemorySource(bytes)).entries.map(\.name) == [name])
    try openAll(bytes)
  }

  @Test func duplicateNames() throws {
    #expect(
      thrownMessage { try openAll(try ZipHostileTests.sample(["a", "b", "a"])) }
        == "duplicate member in archive: expected each name once, got 'a' again")
  }

  @Test func overlappingMembers() throws {
    // The second entry's local header is the first one's.
    let twice = try patched(ZipFormat.centralSignature, 1, at: 42, with: [0, 0, 0, 0])
    #expect(thrownMessage { try openAll(twice) }?.contains("overlaps what follows it") == true)
    let lying = try patched(ZipFormat.centralSignature, 0, at: 20, with: [0, 1, 0, 0, 0, 1, 0, 0])
    #expect(
      thrownMessage { try openAll(lying) }
        == "member 'a.npy' overlaps what follows it: expected 256 bytes between its header and offset 164, got 133"
    )
    let intoDirectory = try patched(ZipFormat.centralSignature, 1, at: 20, with: [0, 2, 0, 0, 0, 2, 0, 0])
    #expect(thrownMessage { try openAll(intoDirectory) }?.hasPrefix("member 'b.npy' overlaps") == true)
    // Only the local header's extra field pushes the data over the edge.
    let extra = try patched(ZipFormat.localSignature, 0, at: 28, with: [0x70, 0])
    #expect(
      thrownMessage { try openAll(extra) }
        == "inconsistent archive member 'a.npy': expected 102 bytes of data before offset 164, got 17")
  }

  @Test func lyingSizes() throws {
    let stored = try patched(ZipFormat.centralSignature, 0, at: 24, with: [0xFE, 0xFF, 0xFF, 0xFF])
    #expect(
      thrownMessage { try openAll(stored) }
        == "sizes of stored member 'a.npy' differ: expected 4294967294 bytes, got 102")
    let deflated = try ZipHostileTests.sample { record in
      record = try! ZipRecord(name: record.name, method: .deflated, headerOffset: record.headerOffset)
      record.compressedSize = 102
      record.uncompressedSize = 1 << 40
    }
    #expect(
      thrownMessage { try openAll(deflated) }
        == "impossible size of deflated member 'a.npy': expected at most 1032 times its 102 bytes, got 1099511627776"
    )
    let large = try patched(ZipFormat.centralSignature, 0, at: 24, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(
      thrownMessage { try openAll(large) }
        == "inconsistent archive directory: expected a ZIP64 field for member 'a.npy', got none")
  }

  @Test func localHeadersThatContradict() throws {
    for (offset, values, expected): (Int, [UInt8], String) in [
      (0, [0], "expected a local header at offset 0, got other bytes"),
      (6, [1], "expected no encryption in the local header, got encrypted data"),
      (8, [8], "expected method 0 in the local header, got 8"),
      (18, [9, 0, 0, 0], "expected size 102 in the local header, got 9"),
      (22, [9, 0, 0, 0], "expected size 102 in the local header, got 9"),
      (14, [0, 0, 0, 0], "in the local header, got 0x0"),
      (30, [0x7A], "expected its name in the local header, got 'z.npy'"),
    ] {
      let bytes = try patched(ZipFormat.localSignature, at: offset, with: values)
      let message = thrownMessage { try openAll(bytes) }
      #expect(message?.hasPrefix("inconsistent archive member 'a.npy': ") == true)
      #expect(message?.hasSuffix(expected) == true, "\(message ?? "")")
    }
  }

  @Test func encryptedMembers() throws {
    let bytes = try patched(ZipFormat.centralSignature, at: 8, with: [1])
    #expect(
      thrownMessage { try openAll(bytes) }
        == "member 'a.npy' cannot be opened: expected no encryption, got encrypted data")
  }

  @Test func lyingEndRecords() throws {
    for (offset, values, expected): (Int, [UInt8], String) in [
      (4, [1], "archive of several parts"), (8, [1], "archive of several parts"),
      (
        8, [1, 0, 1, 0], "inconsistent archive directory: expected 1 entries that fill it, got 51 bytes more"
      ),
      (
        8, [3, 0, 3, 0],
        "inconsistent archive end: expected 46 bytes or more per entry, got 3 entries in 102 bytes"
      ),
      (12, [0, 0, 0, 1], "inconsistent archive end: expected a directory before offset"),
      (12, [101], "inconsistent archive directory: expected a header at offset"),
      (16, [0, 0, 0, 1], "inconsistent archive end: expected a directory before offset"),
      // As if a prefix had been put before the archive, without one being there.
      (16, [0x60], "inconsistent archive member 'a.npy': expected a local header at offset"),
      (20, [1], "not a ZIP archive, or a truncated one"),
    ] {
      let bytes = try patched(ZipFormat.endSignature, at: offset, with: values)
      let message = thrownMessage { try openAll(bytes) }
      #expect(message?.hasPrefix(expected) == true, "\(offset): \(message ?? "")")
    }
  }

  @Test func bytesAfterWhatIsNoWholeArchive() throws {
    let sample = try ZipHostileTests.sample()
    #expect(
      thrownMessage { try openAll(sample + [UInt8](repeating: 0, count: 65536)) }
        == "not a ZIP archive, or a truncated one: expected an end record in the last 64 KiB, got none")
    // An archive is the last member that is left of another one.
    let outer = try storedArchive([("first", [], [1, 2, 3]), ("inner.npz", [], sample)])
    let directory = try ZipDirectory(reading: MemorySource(outer))
    let inner = try directory.locate(directory.entries[1], in: MemorySource(outer))
    let size = sample.uint32(at: sample.count - ZipFormat.endSize + 12)
    let offset = sample.count - ZipFormat.endSize - size
    #expect(
      thrownMessage { try openAll(Array(outer[..<(inner.upperBound + 9)])) }
        == "inconsistent archive end: expected a directory at offset \(offset) where 9 bytes follow the archive, "
        + "got one at offset \(inner.lowerBound + offset)")
  }

  @Test func lyingZIP64EndRecords() throws {
    let bytes = try ZipHostileTests.sample()
    let end = bytes.count - ZipFormat.endSize
    func archive(entries: Int, offset: Int, size: Int, change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8]
    {
      var large = ZipRecord.end(entryCount: 1 << 20, directoryOffset: 0, directorySize: 0)
      for (position, value) in [(24, entries), (32, entries), (40, size), (48, offset), (64, end)] {
        for index in 0..<8 { large[position + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
      }
      large.replaceSubrange((large.count - 10)..<(large.count - 2), with: repeatElement(0xFF, count: 8))
      change(&large)
      return bytes[..<end] + large
    }
    let (size, offset) = (bytes.uint32(at: end + 12), bytes.uint32(at: end + 16))
    try openAll(archive(entries: 2, offset: offset, size: size))
    for (entries, offset, size) in [
      (Int.max, offset, size), (-1, offset, size), (2, .max, size), (2, -1, size), (2, offset, .max),
      (2, 0, -1),
      (2, offset + 1, size), (2, offset - 1, size), (0, offset, size), (1, offset, size),
    ] {
      #expect(throws: TesseraError.self) {
        try openAll(archive(entries: entries, offset: offset, size: size))
      }
    }
    for position in [0, 4, 5, 11, 16, 20] {
      #expect(throws: TesseraError.self, "\(position)") {
        try openAll(archive(entries: 2, offset: offset, size: size) { $0[position] ^= 0x40 })
      }
    }
    // The two end records disagree.
    #expect(
      thrownMessage {
        try openAll(
          archive(entries: 2, offset: offset, size: size) {
            $0[76 + 8] = 3
            $0[76 + 9] = 0
          })
      }
        == "inconsistent archive end: expected the same directory in both end records, got different ones")
  }
}
