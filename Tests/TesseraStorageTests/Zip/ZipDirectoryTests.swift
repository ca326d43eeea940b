import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct ZipDirectoryTests {
  @Test func numPysStoredArchive() throws {
    let source = try MemorySource(fixture: "stored.npz")
    let directory = try ZipDirectory(reading: source)
    #expect(directory.entries.map(\.name) == ["ramp.npy", "zeros.npy", "scalar.npy"])
    for entry in directory.entries {
      #expect(entry.method == .stored)
      let data = source.bytes[try directory.locate(entry, in: source)]
      #expect(data.count == entry.uncompressedSize)
      #expect(slowCRC32(data) == entry.crc32)
      let header = try Array(data).withUnsafeBytes { try NpyHeader.parse($0, fileSize: $0.count) }
      #expect(header.dataOffset + (header.bodyByteCount ?? 0) == data.count)
    }
    #expect(directory.entry(named: "zeros.npy")?.uncompressedSize == 8128)
    #expect(directory.entry(named: "zeros") == nil)
  }

  @Test func numPysDeflatedArchive() throws {
    let source = try MemorySource(fixture: "deflated.npz")
    let directory = try ZipDirectory(reading: source)
    let entry = try #require(directory.entry(named: "zeros.npy"))
    #expect(entry.method == .deflated)
    #expect(entry.uncompressedSize == 8128)
    #expect(try directory.locate(entry, in: source).count == entry.compressedSize)
  }

  @Test func namesAndFolders() throws {
    let names = try ZipDirectory(reading: try MemorySource(fixture: "names.npz"))
    #expect(names.entries.map(\.name) == ["a/b.npy", "é.npy", "x.y.npy"])
    let other = try ZipDirectory(reading: try MemorySource(fixture: "other.zip"))
    #expect(other.entries.map(\.name) == ["squeezed.npy", "folder/", "café.npy"])
    #expect(other.entries.map(\.isFolder) == [false, true, false])
  }

  @Test func otherMethodsAreListedButNotOpened() throws {
    let source = try MemorySource(fixture: "other.zip")
    let directory = try ZipDirectory(reading: source)
    #expect(
      thrownMessage { _ = try directory.locate(directory.entries[0], in: source) }
        == "member 'squeezed.npy' cannot be opened: expected stored or deflated data, got compression method 12 (bzip2)"
    )
    _ = try directory.locate(directory.entries[2], in: source)
  }

  /// Sizes after the data, and a script before it.
  @Test(arguments: ["streamed.npz", "prefixed.npz"])
  func unusualLayouts(_ fixture: String) throws {
    let source = try MemorySource(fixture: fixture)
    let directory = try ZipDirectory(reading: source)
    let entry = try #require(directory.entry(named: "ramp.npy"))
    #expect(slowCRC32(source.bytes[try directory.locate(entry, in: source)]) == entry.crc32)
  }

  /// What a download or a block device leaves; Python looks for the end record in the last 64 KiB as well.
  @Test(arguments: [1, 21, 22, 1000, 65535])
  func bytesAfterTheArchive(_ count: Int) throws {
    let bytes = try MemorySource(fixture: "stored.npz").bytes
    let source = MemorySource(bytes + [UInt8](repeating: 0x50, count: count))
    let directory = try ZipDirectory(reading: source)
    #expect(directory.entries.map(\.name) == ["ramp.npy", "zeros.npy", "scalar.npy"])
    for entry in directory.entries {
      #expect(slowCRC32(source.bytes[try directory.locate(entry, in: source)]) == entry.crc32)
    }
  }

  @Test(arguments: ["stored.npz", "streamed.npz", "names.npz", "other.zip"])
  func everyTruncationIsAnError(_ fixture: String) throws {
    let bytes = try MemorySource(fixture: fixture).bytes
    for count in 0..<bytes.count where count < 64 || count > bytes.count - 1200 {
      #expect(throws: TesseraError.self, "\(fixture), first \(count) bytes") {
        try ZipDirectory(reading: MemorySource(Array(bytes[..<count])))
      }
    }
  }

  @Test(arguments: ["streamed.npz", "names.npz", "other.zip", "prefixed.npz"], UInt64(1)...8)
  func flippedBytesNeverTrap(_ fixture: String, seed: UInt64) throws {
    var random = SeededBits(seed: seed)
    let bytes = try MemorySource(fixture: fixture).bytes
    // Most of prefixed.npz is one array, which nothing here looks at.
    let interesting = Array(bytes.suffix(1000))
    for _ in 0..<200 {
      let source = MemorySource(bytes.dropLast(1000) + interesting.corrupted(&random))
      guard let directory = try? ZipDirectory(reading: source) else { continue }
      for entry in directory.entries {
        guard let range = try? directory.locate(entry, in: source) else { continue }
        #expect(range.upperBound <= bytes.count && range.lowerBound >= 30, "seed \(seed)")
      }
    }
  }
}
