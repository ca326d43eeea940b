import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// What a writer promises of its beginning and end, and what it refuses.
@Suite struct WriterLifeTests {
  private static let paths = ["x.npy", "x.zarr"]

  @Test(arguments: paths)
  func nothingIsLeftWithoutClose(_ name: String) throws {
    let folder = try TemporaryFolder()
    do {
      let writer = try ArrayWriter.create(folder.at(name), shape: Shape([3, 4]), dtype: .int32)
      try writer.write(Region([0..<1, 0..<4]), [Int32](repeating: 7, count: 4))
      try writer.flush()
      #expect(try Directory.kind(folder.at(name)) == nil)
    }
    #expect(folder.names == [])
  }

  @Test(arguments: paths)
  func overwritingKeepsTheOldUntilClose(_ name: String) throws {
    let folder = try TemporaryFolder()
    let (old, new) = (
      ModelArray(shape: [3], dtype: .uint8, bytes: [1, 2, 3]),
      ModelArray(shape: [2], dtype: .uint8, bytes: [8, 9])
    )
    try old.store(folder.at(name))
    #expect(tesseraError { try new.store(folder.at(name)) }?.kind == .exists)
    do {
      let writer = try ArrayWriter.create(folder.at(name), shape: Shape([2]), dtype: .uint8, overwrite: true)
      try new.write(new.whole, to: writer)
    }
    #expect(try ModelArray(reading: folder.at(name)) == old)
    let writer = try ArrayWriter.create(folder.at(name), shape: Shape([2]), dtype: .uint8, overwrite: true)
    try new.write(new.whole, to: writer)
    #expect(try ModelArray(reading: folder.at(name)) == old)
    try writer.close()
    #expect(try ModelArray(reading: folder.at(name)) == new)
    #expect(folder.names == [name])
  }

  @Test func aFolderOfOtherThingsIsNotReplaced() throws {
    let folder = try TemporaryFolder()
    try folder.write("x.zarr/notes.txt", text: "mine")
    let error = tesseraError {
      _ = try ArrayWriter.create(folder.at("x.zarr"), shape: Shape([2]), dtype: .uint8, overwrite: true)
    }
    #expect(error?.kind == .exists)
    #expect(try snapshot(folder.path) == ["x.zarr/notes.txt": Array("mine".utf8)])
  }

  @Test(arguments: paths)
  func aSecondWriterIsTurnedAway(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.at(name)
    let creating = try ArrayWriter.create(path, shape: Shape([4]), dtype: .uint8)
    #expect(
      tesseraError { _ = try ArrayWriter.create(path, shape: Shape([4]), dtype: .uint8) }?.kind == .busy)
    try creating.close()
    do {
      let first = try ArrayWriter.open(path)
      #expect(tesseraError { _ = try ArrayWriter.open(path) }?.kind == .busy)
      try ModelArray(shape: [1], dtype: .uint8, bytes: [5]).store(folder.at("more.npy"))
      let append = try Appending([folder.at("more.npy")], to: path)
      #expect(tesseraError { try append.run() }?.kind == .busy)
      try first.write(Region([0..<1]), [UInt8(9)])
      try first.close()
    }
    let second = try ArrayWriter.open(path)
    try second.close()
    #expect(try ModelArray(reading: path).bytes == [9, 0, 0, 0])
  }

  @Test(arguments: paths)
  func aClosedWriterRefuses(_ name: String) throws {
    let folder = try TemporaryFolder()
    let writer = try ArrayWriter.create(folder.at(name), shape: Shape([4]), dtype: .uint8)
    try writer.close()
    let attempts: [() throws -> Void] = [
      { try writer.write(Region([0..<1]), [UInt8(1)]) }, { try writer.append([UInt8(1)]) },
      { try writer.resize(to: Shape([9])) }, { try writer.flush() }, { try writer.close() },
    ]
    for (number, attempt) in attempts.enumerated() {
      #expect(tesseraError("attempt \(number)", attempt)?.kind == .usage, "attempt \(number)")
    }
    #expect(try ModelArray(reading: folder.at(name)).bytes == [0, 0, 0, 0])
  }

  @Test(arguments: paths)
  func wrongRequestsAreNamedAndChangeNothing(_ name: String) throws {
    let folder = try TemporaryFolder()
    let writer = try ArrayWriter.create(folder.at(name), shape: Shape([3, 4]), dtype: .int32)
    let attempts: [(String, () throws -> Void)] = [
      ("int32", { try writer.write(Region([0..<1, 0..<1]), [Float(1)]) }),
      ("uint32", { try writer.write(Region([0..<1, 0..<1]), [UInt32(1)]) }),
      ("16 bytes", { try writer.write(Region([0..<1, 0..<4]), [Int32(1)]) }),
      ("4 bytes", { try writer.write(Region([0..<1, 0..<1]), [Int32](repeating: 1, count: 2)) }),
      ("(3, 4)", { try writer.write(Region([3..<4, 0..<1]), [Int32(1)]) }),
      ("(3, 4)", { try writer.write(Region(lower: [-1, 0], lengths: [1, 1]), [Int32(1)]) }),
      ("(3, 4)", { try writer.write(Region(lower: [Int.max, 0], lengths: [1, 1]), [Int32(1)]) }),
      ("(3, 4)", { try writer.write(Region(lower: [0, 0], lengths: [-1, 1]), [Int32(1)]) }),
      ("(3, 4)", { try writer.write(Region([0..<1]), [Int32(1)]) }),
      ("multiple of 4", { try writer.append([Int32(1)]) }),
      ("int32", { try writer.append([Int64](repeating: 1, count: 4)) }),
      ("2 axes", { try writer.resize(to: Shape([12])) }),
    ]
    for (word, attempt) in attempts {
      let error = tesseraError(word, attempt)
      #expect(error?.kind == .usage && error?.description.contains(word) == true, "\(word): \(error as Any)")
    }
    #expect(writer.shape.dimensions == [3, 4], "a refused append has not made room")
    try writer.close()
    #expect(
      try ModelArray(reading: folder.at(name))
        == ModelArray(shape: [], dtype: .int32, bytes: [0, 0, 0, 0])
        .asZeros([3, 4]))
  }

  @Test func whatCannotBeWrittenIntoIsSaid() throws {
    let folder = try TemporaryFolder()
    let array = ModelArray(shape: [2, 3], dtype: .int16, bytes: Array(0..<12))
    try array.writeNpy(folder.at("a.npy"))
    try Conversion(from: folder.at("a.npy"), to: folder.at("a.npz")).run()
    try folder.write("a.csv", text: "1,2\n")
    try folder.write("g.zarr/zarr.json", text: #"{"zarr_format": 3, "node_type": "group", "attributes": {}}"#)
    try folder.write(
      "fortran.npy",
      NpyHeader.bytes(dtype: .int16, fortranOrder: true, shape: Shape([2, 3])) + array.bytes)
    try folder.write(
      "big.npy", NpyHeader.bytes(dtype: .int16, order: .big, shape: Shape([2, 3])) + array.bytes)
    try array.writeNpy(folder.at("linked.npy"))
    try Syscalls.link(folder.at("linked.npy"), to: folder.at("second.npy"))
    let before = try snapshot(folder.path)
    let expected: [(String, TesseraError.Kind)] = [
      ("a.npz", .usage), ("a.npz/arr_0", .usage), ("a.csv", .usage), ("g.zarr", .usage),
      ("none.npy", .notFound),
      ("none.zarr", .notFound), ("fortran.npy", .unsupported), ("big.npy", .unsupported),
      ("linked.npy", .unsupported),
    ]
    for (name, kind) in expected {
      let error = tesseraError(name) { _ = try ArrayWriter.open(folder.at(name)) }
      #expect(error?.kind == kind, "\(name): \(error as Any)")
    }
    for (name, layout) in [
      ("n.csv", ArrayLayout()), ("n.npz", .init()), ("n", .init()), ("n.npy", .init(codec: .lz4)),
    ] {
      let error = tesseraError(name) {
        _ = try ArrayWriter.create(folder.at(name), shape: Shape([2]), dtype: .int16, layout: layout)
      }
      #expect(error?.kind == .usage, "\(name): \(error as Any)")
    }
    #expect(
      tesseraError { _ = try ArrayWriter.create(folder.at("b.npy"), shape: Shape([2]), dtype: .bfloat16) }
        != nil)
    #expect(try snapshot(folder.path) == before)
    #expect(try leftovers(folder.path) == [])
  }

  /// After an error the writer can still be used.
  @Test func attributesAreWrittenAndKept() throws {
    let folder = try TemporaryFolder()
    for (number, layout) in [
      ArrayLayout(), .init(zarrFormat: 2), .init(chunks: [2], shards: .shape([4]), checksum: true),
    ].enumerated() {
      let path = folder.at("\(number).zarr")
      try ModelArray(shape: [4], dtype: .uint8, bytes: [1, 2, 3, 4]).store(
        path, layout: layout, attributes: ["unit": "m", "tessera_chunk_checksums": "forged"])
      #expect(try StoredArray.open(path).attributes["unit"] == "m")
      #expect(try Verification(path).run().problems == [])
      var writer = try ArrayWriter.open(path)
      writer.attributes["unit"] = nil
      writer.attributes["n"] = [1, 2.5, .null]
      try writer.close()
      #expect(try StoredArray.open(path).attributes["unit"] == nil)
      #expect(try StoredArray.open(path).attributes["n"] == [1, 2.5, .null])
      writer = try ArrayWriter.open(path)
      #expect(writer.attributes["n"] == [1, 2.5, .null])
      // All of them replaced; that the shards have tables of checksums is no affair of the user's.
      writer.attributes = ["only": true]
      try writer.write(Region([0..<1]), [UInt8(9)])
      try writer.close()
      #expect(try StoredArray.open(path).attributes["only"] == true)
      #expect(try ModelArray(reading: path).bytes == [9, 2, 3, 4])
      let names = try snapshot(path)!.keys.filter { $0.hasPrefix("c/") || $0 == "0" }
      let shard = try #require(names.first)
      var bytes = try File.contents(Path.join(path, shard), limit: 1 << 20)
      let place = try #require(bytes.indices.dropLast().first { bytes[$0] == 9 && bytes[$0 + 1] == 2 })
      bytes[place] ^= 1
      try File(Path.join(path, shard), .create).write(bytes, at: 0)
      if layout.checksum {
        #expect(try Verification(path).run().problems.count == 1, "the checksums are still looked at")
      }
    }
  }
}

extension ModelArray {
  fileprivate func asZeros(_ lengths: [Int]) -> ModelArray {
    ModelArray(
      shape: lengths, dtype: dtype, bytes: [UInt8](repeating: 0, count: lengths.reduce(dtype.itemSize, *)))
  }
}
