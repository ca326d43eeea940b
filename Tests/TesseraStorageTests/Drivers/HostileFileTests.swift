import Glibc
import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Damaged files: reading them throws a `TesseraError` or gives elements, and always ends.
@Suite(.optionalLibraries) struct HostileFileTests {
  /// Reads all there is at a path, through each of the ways to read; what is thrown must be a `TesseraError`.
  private func exercise(_ path: String, _ note: String) {
    _ = tesseraError(note) { _ = try StoredArray.contents(of: path) }
    _ = tesseraError(note) {
      let array = try StoredArray.open(path)
      // A damaged shape may be of any size; elements are read where there can be as many.
      guard array.shape.count <= 1 << 16 else { return }
      _ = try ModelArray(reading: array)
      _ = try ModelArray(
        reading: array, Selection(array.shape.dimensions.map { .slice(start: $0 / 2, step: -1) }))
      _ = try array.withContiguousBytes(Region(array.shape)) { $0.byteCount }
    }
  }

  /// Small files of every form, by the path that opens them and the file to damage.
  private static func victims(_ folder: TemporaryFolder) throws -> [(open: String, file: String)] {
    var random = SeededGenerator(seed: 31)
    let array = ModelArray(shape: [9, 5], dtype: .int16, random: &random)
    try array.writeNpy(folder.at("x.npy"))
    try Conversion(from: folder.at("x.npy"), to: folder.at("x.npz")).run()
    var victims = [("x.npy", "x.npy"), ("x.npz", "x.npz")]
    for (name, layout) in [
      ("raw", ArrayLayout(chunks: [4, 3], shards: .shape([12, 6]))),
      ("checked", ArrayLayout(chunks: [4, 3], shards: .shape([12, 6]), checksum: true)),
      ("lz4", ArrayLayout(codec: .lz4, chunks: [4, 3], shards: .shape([12, 6]))),
      ("zstd", ArrayLayout(codec: .zstd, chunks: [9, 5], shards: .none)),
      ("gzip", ArrayLayout(codec: .gzip, chunks: [9, 5], shards: .none, checksum: true)),
      ("block", ArrayLayout(codec: .numcodecsLZ4, chunks: [9, 5], shards: .none)),
    ] {
      let store = "\(name).zarr"
      try Conversion(from: folder.at("x.npy"), to: folder.at(store), layout: layout).run()
      victims += [(store, "\(store)/zarr.json"), (store, "\(store)/c/0/0")]
    }
    try Conversion(
      from: folder.at("x.npy"), to: folder.at("two.zarr"), layout: .init(codec: .lz4, zarrFormat: 2)
    ).run()
    victims += [("two.zarr", "two.zarr/.zarray"), ("two.zarr", "two.zarr/0.0")]
    return victims.map { (folder.at($0.0), folder.at($0.1)) }
  }

  private func replace(_ path: String, _ bytes: [UInt8]) throws {
    // A new file each time: what is mapped elsewhere must never be cut.
    try Directory.remove(path)
    try File(path, .create).write(bytes, at: 0)
  }

  @Test func truncationAtEveryByte() throws {
    let folder = try TemporaryFolder()
    for (open, path) in try HostileFileTests.victims(folder) {
      let whole = try File.contents(path, limit: 1 << 20)
      let array = try ModelArray(reading: open)
      for length in 0..<whole.count {
        try replace(path, Array(whole[..<length]))
        exercise(open, "\(Path.name(open)), \(Path.name(path)) cut to \(length) of \(whole.count) bytes")
        var read: ModelArray?
        let error = tesseraError { read = try ModelArray(reading: open) }
        // Metadata may end in white space; nothing else can be missing without harm.
        if error == nil, read != array {
          Issue.record("\(path) cut to \(length) of \(whole.count) bytes reads as \(read!)")
        }
        if error?.kind == .notFound { Issue.record("\(path) cut to \(length) bytes: \(error!)") }
      }
      try replace(path, whole)
    }
  }

  @Test(arguments: 0..<4)
  func flippedBytes(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let folder = try TemporaryFolder()
    for (open, path) in try HostileFileTests.victims(folder) {
      let whole = try File.contents(path, limit: 1 << 20)
      for round in 0..<120 {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        try replace(path, bytes)
        exercise(open, "seed \(seed), \(Path.name(open)), \(Path.name(path)), round \(round)")
      }
      try replace(path, whole)
    }
  }

  /// Other writers' files, each with a few bytes changed in a copy.
  @Test(arguments: 0..<3)
  func flippedBytesInFixtures(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(100 + seed))
    for fixture in Fixture.all {
      let folder = try TemporaryFolder()
      // An archive's member is opened below the file.
      let isMember = fixture.path.contains(".npz/")
      let file = isMember ? Path.parent(fixture.absolute) : fixture.absolute
      let copy = folder.at("copy" + (isMember ? ".npz" : ".zarr"))
      try copyTree(file, to: copy)
      let files = try snapshot(copy) ?? [:]
      for round in 0..<4 {
        guard let name = files.keys.sorted().randomElement(using: &random), var bytes = files[name],
          !bytes.isEmpty
        else { continue }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
            1 << UInt8.random(in: 0...7, using: &random)
        }
        let path = name.isEmpty ? copy : Path.join(copy, name)
        try replace(path, bytes)
        exercise(
          isMember ? Path.join(copy, Path.name(fixture.path)) : copy,
          "seed \(100 + seed), \(fixture), \(name), round \(round)")
        try replace(path, files[name]!)
      }
    }
  }

  /// Every bit of an archive that NumPy compressed: what is read without an error is what was written.
  @Test func flippedBitsInADeflatedMemberAreNoticed() throws {
    let folder = try TemporaryFolder()
    let whole = try File.contents(Path.join(Fixture.folder, "npz/deflated-one.npz"), limit: 1 << 20)
    let path = try folder.write("x.npz", whole)
    let array = try ModelArray(reading: path)
    var header: [Int] = []
    for position in whole.indices {
      for bit in [0, 3, 7] {
        var bytes = whole
        bytes[position] ^= 1 << UInt8(bit)
        try replace(path, bytes)
        var read: ModelArray?
        let error = tesseraError("byte \(position)") { read = try ModelArray(reading: path) }
        guard error == nil, let read, read != array else { continue }
        // The compressed `.npy` header lies before the elements.
        if position < 200 {
          header.append(position)
        } else {
          Issue.record("bit \(bit) of byte \(position) of \(whole.count) went unnoticed")
        }
      }
    }
    #expect(header.isEmpty)
  }

  @Test(arguments: [
    #""shape": [-1, 5]"#, #""shape": [9]"#, #""shape": "9x5""#, #""shape": [9, 5.5]"#, #""shape": [1e30, 5]"#,
    #""shape": null"#, #""shape": [99999999999999999999, 5]"#, #""shape": [4294967296, 4294967296]"#,
  ])
  func shapesInMetadata(_ replacement: String) throws {
    try checkMetadata(of: #""shape": [9, 5]"#, replacement)
  }

  @Test(arguments: [
    "[0, 3]", "[-4, 3]", "[4]", "[4, 3, 1]", "[]", "null", "4", "[4.5, 3]", "[1e19, 3]",
    "[4611686018427387904, 4611686018427387904]", "[true, 3]",
  ])
  func chunkShapesInMetadata(_ replacement: String) throws {
    try checkMetadata(of: #""chunk_shape": [9, 5]"#, #""chunk_shape": \#(replacement)"#)
  }

  private func checkMetadata(of original: String, _ replacement: String) throws {
    let folder = try TemporaryFolder()
    let text = CrashTests.metadata(shape: "[9, 5]", file: "[9, 5]")
    let changed = text.split(separator: original, omittingEmptySubsequences: false).joined(
      separator: replacement)
    #expect(changed != text)
    try folder.write("x.zarr/zarr.json", text: String(changed))
    let error = tesseraError { _ = try StoredArray.open(folder.at("x.zarr")) }
    #expect(error != nil, "\(replacement)")
    #expect(error?.path?.hasSuffix("zarr.json") == true, "\(error as Any)")
  }

  @Test func deepAndLargeMetadata() throws {
    let folder = try TemporaryFolder()
    for depth in [100, 10_000, 1_000_000] {
      let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      try folder.write(
        "x.zarr/zarr.json", text: #"{"zarr_format": 3, "node_type": "array", "attributes": {"a": \#(deep)}}"#)
      #expect(tesseraError { _ = try StoredArray.open(folder.at("x.zarr")) } != nil)
      let objects = String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
      try folder.write("x.zarr/zarr.json", text: objects)
      #expect(tesseraError { _ = try StoredArray.open(folder.at("x.zarr")) } != nil)
    }
    let huge = try File(folder.at("x.zarr/zarr.json"), .create)
    try huge.truncate(to: 1 << 40)
    #expect(tesseraError { _ = try StoredArray.open(folder.at("x.zarr")) } != nil)
    // Shards within shards within shards.
    var codecs = #"{"name": "bytes"}"#
    for _ in 0..<200 { codecs = CrashTests.sharding("[1]", codecs: codecs) }
    try Directory.remove(folder.at("x.zarr/zarr.json"))
    try folder.write("x.zarr/zarr.json", text: CrashTests.metadata(shape: "[4]", file: "[1]", codecs: codecs))
    #expect(tesseraError { _ = try StoredArray.open(folder.at("x.zarr")) } != nil)
  }
}
