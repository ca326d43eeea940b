import Glibc
import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Damage of single bytes, everywhere in small stores.
@Suite(.optionalLibraries) struct VerificationTests {
  private static let array = ModelArray(
    shape: [6, 5], dtype: .int16, bytes: (0..<60).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) })

  /// A cancelled Swift task stops it, on all threads.
  @Test(arguments: ["x.zarr", "x.npz"], [1, 2])
  func isCancelledWithItsTask(_ name: String, _ threads: Int) async throws {
    let folder = try TemporaryFolder()
    let path = folder.at(name)
    try VerificationTests.array.writeNpy(folder.at("x.npy"))
    let layout = name == "x.zarr" ? ArrayLayout(codec: .lz4, chunks: [1, 1], shards: .none) : .init()
    try Conversion(from: folder.at("x.npy"), to: path, layout: layout).run()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try Verification(path, options: .init(threads: threads)).run()
    }
    let error = await #expect(throws: TesseraError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
  }

  /// Flips one bit of every byte of every file in turn, and calls `body` with what verifying says.
  private func flipping(
    _ path: String, _ files: [String],
    _ body: (String, Int, Result<Verification.Report, TesseraError>) -> Void
  ) throws {
    for name in files {
      let file = Path.join(path, name)
      let original = try File.contents(file, limit: 1 << 20)
      let handle = try File(file, .readWrite)
      for position in original.indices {
        try handle.write([original[position] ^ (1 << UInt8(position % 8))], at: position)
        do {
          let report = try Verification(path, options: .init(threads: 1)).run()
          body(name, position, .success(report))
        } catch let error as TesseraError {
          body(name, position, .failure(error))
        }
        try handle.write([original[position]], at: position)
      }
    }
  }

  @Test(arguments: [
    ArrayLayout(codec: .lz4, chunks: [3, 3], shards: .shape([6, 6]), checksum: true),
    .init(codec: .lz4, chunks: [3, 3], shards: .none, checksum: true),
    .init(chunks: [3, 3], shards: .none, checksum: true),
    .init(chunks: [2, 3], shards: .shape([6, 6]), checksum: true),
    .init(codec: .zstd, chunks: [3, 3], shards: .shape([3, 6]), checksum: true),
  ])
  func everyFlippedByteOfAStoreWithChecksumsIsFound(_ layout: ArrayLayout) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    try VerificationTests.array.store(path, layout: layout)
    let good = try Verification(path).run()
    let files = try chunkFiles(path)
    #expect(good.problems == [] && good.arrays == 1)
    #expect(good.chunks == (layout.chunks == [2, 3] ? 6 : 4))
    #expect(good.bytes == files.values.reduce(0) { $0 + $1.count })
    var missed: [String] = []
    try flipping(path, files.keys.sorted()) { name, position, result in
      let problems = (try? result.get())?.problems
      if problems?.isEmpty ?? false { missed.append("\(name):\(position)") }
      if let problems, !problems.allSatisfy({ $0.path?.contains(name) == true }) {
        Issue.record("\(name):\(position): \(problems)")
      }
    }
    #expect(missed == [], "\(layout)")
    #expect(try Verification(path).run().problems == [])
  }

  /// Compressed chunks without checksums: indices are checked, and what does not decode is found.
  @Test func damageNeverStopsTheOtherChunks() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    try VerificationTests.array.store(
      path, layout: .init(codec: .zstd, chunks: [2, 5], shards: .shape([6, 5])))
    let shard = folder.at("x.zarr/c/0/0")
    let original = try File.contents(shard, limit: 1 << 20)
    // The magic numbers of two of the three chunks.
    var bytes = original
    bytes[0] ^= 0xFF
    let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
    let last = try #require(original.indices.dropLast(4).last { Array(original[$0..<$0 + 4]) == magic })
    bytes[last] ^= 0xFF
    try File(shard, .create).write(bytes, at: 0)
    let report = try Verification(path).run()
    #expect(report.chunks == 3)
    #expect(report.problems.count == 2)
    #expect(
      report.problems.allSatisfy { $0.kind == .corrupt && $0.description.contains("chunk") },
      "\(report.problems)")
  }

  /// A flip in metadata is found, or refused, or another valid document; it is never a trap.
  @Test(arguments: [3, 2])
  func flipsInMetadata(_ format: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    let layout = ArrayLayout(
      codec: .lz4, chunks: [3, 3], shards: format == 3 ? .shape([6, 6]) : .automatic, zarrFormat: format,
      checksum: format == 3)
    try VerificationTests.array.store(path, layout: layout)
    var (found, refused, fine) = (0, 0, 0)
    try flipping(path, [format == 3 ? "zarr.json" : ".zarray"]) { name, position, result in
      switch result {
      case .success(let report): if report.problems.isEmpty { fine += 1 } else { found += 1 }
      case .failure(let error):
        refused += 1
        if ![.corrupt, .unsupported, .memory].contains(error.kind) {
          Issue.record("\(name):\(position): \(error)")
        }
      }
    }
    #expect(found > 0 && refused > 50, "\(found) found, \(refused) refused, \(fine) fine")
  }

  @Test func everyFlippedByteOfAMemberIsFound() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.npz")
    try VerificationTests.array.writeNpy(folder.at("x.npy"))
    try Conversion(from: folder.at("x.npy"), to: path).run()
    #expect(try Verification(path).run().problems == [])
    let original = try File.contents(path, limit: 1 << 20)
    let start = try #require(
      original.indices.first { original[$0...].starts(with: [0x93] + Array("NUMPY".utf8)) })
    let end = try #require(
      original.indices.first { $0 > start && original[$0...].starts(with: [0x50, 0x4B, 0x01, 0x02]) })
    #expect(end - start >= 60 + 64)
    var missed: [Int] = []
    try flippingFile(path, original) { position, problems in
      if (start..<end).contains(position), problems == 0 { missed.append(position) }
    }
    #expect(missed == [], "the member is \(start)..<\(end)")
  }

  /// Calls `body` with how many problems there are, -1 for an archive that is refused.
  private func flippingFile(_ path: String, _ original: [UInt8], _ body: (Int, Int) -> Void) throws {
    let handle = try File(path, .readWrite)
    for position in original.indices {
      try handle.write([original[position] ^ (1 << UInt8(position % 8))], at: position)
      var problems = -1
      let error = tesseraError("byte \(position)") { problems = try Verification(path).run().problems.count }
      if let error, ![.corrupt, .unsupported].contains(error.kind) {
        Issue.record("byte \(position): \(error)")
      }
      body(position, problems)
      try handle.write([original[position]], at: position)
    }
  }

  /// Of an archive with several members, the one that is damaged is named, by whatever reads it.
  @Test(arguments: ["stored.npz", "deflated.npz"])
  func damagedMembersAreNamed(_ name: String) throws {
    let folder = try TemporaryFolder()
    let original = Path.join(Fixture.folder, "npz/\(name)")
    let checksum = try #require(NpzArchive(original).members.first { $0.name == "labels" }).entry.crc32
    let pattern = withUnsafeBytes(of: checksum.littleEndian) { Array($0) }
    var bytes = try File.contents(original, limit: 1 << 24)
    // In the local header and in the directory.
    for place in bytes.indices.dropLast(4) where Array(bytes[place..<place + 4]) == pattern {
      bytes[place] ^= 1
    }
    let path = try folder.write("x.npz", bytes)
    let member = Path.join(path, "labels")

    let problems = try Verification(path).run().problems
    #expect(problems.map(\.path) == [member] && problems[0].what.contains("CRC-32"), "\(problems)")
    for source in [member, path] {
      let destination = folder.at(source == member ? "x.npy" : "x.zarr")
      let error = tesseraError { try Conversion(from: source, to: destination).run() }
      #expect(error?.kind == .corrupt && error?.path == member, "\(error as Any)")
    }
    guard name == "deflated.npz" else { return }
    let error = tesseraError { _ = try ModelArray(reading: member) }
    #expect(error?.kind == .corrupt && error?.path == member, "\(error as Any)")
  }

  @Test func cutOffFilesAreProblems() throws {
    let folder = try TemporaryFolder()
    for (name, layout) in [
      ("a.zarr", ArrayLayout(chunks: [3, 3], shards: .none)), ("b.zarr", .init(codec: .lz4, chunks: [3, 3])),
      ("c.zarr", .init(codec: .gzip, chunks: [3, 3], zarrFormat: 2)),
    ] {
      let path = folder.at(name)
      try VerificationTests.array.store(path, layout: layout)
      let file = Path.join(path, try #require(chunkFiles(path).keys.min()))
      let original = try File.contents(file, limit: 1 << 20)
      for count in 0..<original.count {
        try File(file, .create).truncate(to: count)
        #expect(
          try Verification(path).run().problems.count >= 1, "\(name), \(count) of \(original.count) bytes")
        try File(file, .create).write(original, at: 0)
      }
      #expect(try Verification(path).run().problems == [])
    }
    try VerificationTests.array.writeNpy(folder.at("x.npy"))
    let bytes = try File.contents(folder.at("x.npy"), limit: 1 << 20)
    for count in 0..<bytes.count {
      try folder.write("y.npy", Array(bytes[..<count]))
      let problems = (try? Verification(folder.at("y.npy")).run())?.problems.count
      #expect(problems != 0, "\(count) of \(bytes.count) bytes")
    }
  }

  /// Readers refuse what is no file in the place of a chunk, so it is no absent chunk.
  @Test(arguments: [
    ArrayLayout(chunks: [3, 3], shards: .shape([6, 6])), .init(chunks: [3, 3], shards: .none),
    .init(chunks: [3, 3], zarrFormat: 2),
  ])
  func whatIsNoFileIsAProblem(_ layout: ArrayLayout) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    try VerificationTests.array.store(path, layout: layout)
    let file = Path.join(path, try #require(chunkFiles(path).keys.min()))
    try Directory.remove(file)
    #expect(try Verification(path).run().problems == [], "an absent chunk")
    try Directory.make(Path.join(file, "0"))
    try expectNoFile(path, file, "a directory")
    try Directory.remove(file)
    #expect(mkfifo(file, 0o600) == 0)
    try expectNoFile(path, file, "a special file")
  }

  private func expectNoFile(_ path: String, _ file: String, _ got: String) throws {
    let problems = try Verification(path).run().problems
    #expect(problems.map(\.description) == ["\(file): cannot open: expected a regular file, got \(got)"])
  }

  /// Where keys have slashes and no prefix, folders of chunks are told from those in the place of one by their depth.
  @Test func aFolderInTheMidstOfFolders() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    try folder.write(
      "x.zarr/.zarray",
      text: """
        {"zarr_format": 2, "shape": [2, 2], "chunks": [1, 1], "dtype": "|u1", "compressor": null, "fill_value": 0,
         "order": "C", "filters": null, "dimension_separator": "/"}
        """)
    for name in ["0/0", "0/1", "1/0"] { try folder.write("x.zarr/\(name)", [1]) }
    #expect(try Verification(path).run().problems == [])
    try Directory.make(folder.at("x.zarr/1/1"))
    try expectNoFile(path, folder.at("x.zarr/1/1"), "a directory")
  }

  /// One array of a group is damaged beyond opening; the others are looked at all the same.
  @Test func aGroupWithOneUnreadableArray() throws {
    let folder = try TemporaryFolder()
    try folder.write("g.zarr/zarr.json", text: #"{"zarr_format": 3, "node_type": "group", "attributes": {}}"#)
    for name in ["a", "b", "c"] { try VerificationTests.array.store(folder.at("g.zarr/\(name)")) }
    #expect(try Verification(folder.at("g.zarr")).run().arrays == 3)
    try folder.write("g.zarr/b/zarr.json", text: "{")
    let shard = folder.at("g.zarr/c/c/0/0")
    try File(shard, .readWrite).write([0xFF], at: FileStamp(path: shard).size - 1)
    let report = try Verification(folder.at("g.zarr")).run()
    #expect(report.problems.count == 2)
  }

  @Test func tablesOfTextAreParsed() throws {
    let folder = try TemporaryFolder()
    try folder.write("good.csv", text: "a,b\n1,2\n3,4\n")
    try folder.write("bad.csv", text: "a,b\n1,2\n3,x\n5,6\n")
    #expect(try Verification(folder.at("good.csv")).run().problems == [])
    let problems = try Verification(folder.at("bad.csv")).run().problems
    #expect(problems.count == 1 && problems[0].description.contains("line 3, column 2"), "\(problems)")
  }

  @Test func cancelling() throws {
    let folder = try TemporaryFolder()
    try VerificationTests.array.store(folder.at("x.zarr"))
    let token = CancellationToken()
    token.cancel()
    let verification = try Verification(folder.at("x.zarr"), options: .init(cancellation: token))
    #expect(tesseraError { _ = try verification.run() }?.kind == .cancelled)
  }

  /// A stored member has no chunk checksums, and is checked when a conversion reads all of it.
  @Test(arguments: ["out.npy", "out.zarr", "out.npz"], [1, 3])
  func aConversionChecksAStoredMember(_ destination: String, _ threads: Int) throws {
    let folder = try TemporaryFolder()
    var random = SeededGenerator(seed: 31)
    let array = ModelArray(shape: [3000, 700], dtype: .int16, random: &random)
    try array.writeNpy(folder.at("x.npy"))
    try Conversion(from: folder.at("x.npy"), to: folder.at("x.npz")).run()
    func attempt() throws {
      try Conversion(
        from: folder.at("x.npz"), to: folder.at(destination), layout: .init(),
        options: .init(memory: 64 << 20, threads: threads)
      ).run()
    }
    try attempt()
    #expect(try ModelArray(reading: folder.at(destination)) == array)
    try Directory.remove(folder.at(destination))
    var bytes = try folder.read("x.npz")
    bytes[bytes.count / 2] ^= 4
    try folder.write("x.npz", bytes)
    let error = tesseraError { try attempt() }
    #expect(error?.kind == .corrupt && error?.what.contains("CRC-32") == true, "\(error as Any)")
    #expect(folder.names == ["x.npy", "x.npz"])
    // Part of it is read without.
    #expect(try StoredArray.open(folder.at("x.npz")).shape == Shape([3000, 700]))
    let row = try ModelArray(reading: StoredArray.open(folder.at("x.npz")), Selection([.index(2)]))
    #expect(row == array.selecting([.index(2), .slice()]))
  }
}
