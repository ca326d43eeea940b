import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Changing arrays that are there: what is seen when, and what stays as it was.
@Suite(.optionalLibraries) struct UpdateTests {
  @Test func otherShardsStayByteForByte() throws {
    var random = SeededGenerator(seed: 41)
    for layout in [
      ArrayLayout(codec: .lz4, chunks: [2, 3], shards: .shape([4, 6])), .init(chunks: [4, 6], shards: .none),
      .init(codec: .zstd, chunks: [4, 6], zarrFormat: 2),
    ] {
      let folder = try TemporaryFolder()
      let path = folder.at("x.zarr")
      var model = ModelArray(shape: [10, 16], dtype: .int16, bytes: random.bytes(320))
      try model.store(path, layout: layout)
      let before = try chunkFiles(path)
      let stamps = try before.keys.map { ($0, try FileStamp(path: Path.join(path, $0))) }
      let reader = try StoredArray.open(path)
      #expect(try ModelArray(reading: reader) == model)
      let writer = try ArrayWriter.open(path)
      let region = Region([5..<6, 7..<9])
      let values = ModelArray.values(region, .int16, random: &random)
      let old = model
      model.write(region, values)
      try values.write(region, to: writer)
      #expect(try ModelArray(reading: path) == old, "not before flush")
      try writer.flush()
      #expect(try ModelArray(reading: path) == model)
      #expect(try ModelArray(reading: reader) == old, "what was open and mapped stays")
      for (name, stamp) in stamps {
        let isTouched = name.hasSuffix("1/1") || name == "1.1"
        #expect(try (FileStamp(path: Path.join(path, name)) == stamp) == !isTouched, "\(layout): \(name)")
      }
      try writer.close()
      #expect(try leftovers(folder.path) == [])
    }
  }

  @Test func withoutCloseTheOldStays() throws {
    let folder = try TemporaryFolder()
    let model = ModelArray(shape: [6], dtype: .uint8, bytes: [1, 2, 3, 4, 5, 6])
    try model.store(folder.at("x.zarr"), layout: .init(chunks: [2], shards: .shape([4])))
    let before = try snapshot(folder.path)
    do {
      let writer = try ArrayWriter.open(folder.at("x.zarr"))
      try writer.write(Region([1..<5]), [UInt8](repeating: 9, count: 4))
    }
    #expect(try snapshot(folder.path) == before)
  }

  @Test func npyIsWrittenInPlace() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.npy")
    try ModelArray(shape: [3, 2], dtype: .uint8, bytes: [1, 2, 3, 4, 5, 6]).writeNpy(path)
    let inode = try FileStamp(path: path).inode
    let reader = try StoredArray.open(path)
    let writer = try ArrayWriter.open(path)
    try writer.write(Region([1..<3, 0..<1]), [UInt8(8), 9])
    #expect(try ModelArray(reading: reader).bytes == [1, 2, 8, 4, 9, 6], "as through a memory map")
    try writer.close()
    #expect(try FileStamp(path: path).inode == inode)
    #expect(try ModelArray(reading: path).bytes == [1, 2, 8, 4, 9, 6])
  }

  @Test func anAdoptedStoreLeavesTheOtherNameAlone() throws {
    var random = SeededGenerator(seed: 42)
    for isFortran in [false, true] {
      let folder = try TemporaryFolder()
      let shape = [7, 5]
      let header = try NpyHeader.bytes(dtype: .int32, fortranOrder: isFortran, shape: Shape(shape))
      try folder.write("x.npy", header + random.bytes(140))
      var model = try ModelArray(reading: folder.at("x.npy"))
      let old = model
      try Adoption(
        folder.at("x.npy"), as: folder.at("x.zarr"), keepsLink: true, chunks: isFortran ? [7, 2] : [2, 5]
      ).run()
      let writer = try ArrayWriter.open(folder.at("x.zarr"))
      for _ in 0..<5 {
        let region = ModelArray.region(shape, random: &random)
        let values = ModelArray.values(region, .int32, random: &random)
        model.write(region, values)
        try values.write(region, to: writer)
      }
      try writer.close()
      #expect(try ModelArray(reading: folder.at("x.zarr")) == model, "seed 42, Fortran \(isFortran)")
      #expect(try ModelArray(reading: folder.at("x.npy")) == old)
      try resize(folder.at("x.zarr"), model, random: &random)
    }
  }

  private func resize(_ path: String, _ model: ModelArray, random: inout SeededGenerator) throws {
    let writer = try ArrayWriter.open(path)
    try writer.resize(to: Shape([9, 11]))
    try writer.close()
    #expect(try ModelArray(reading: path) == model.resized([9, 11]))
  }

  /// Shards whose raw chunks carry checksums: rewriting one chunk must not give its damaged neighbours
  /// checksums that fit.
  @Test func rewritingAShardDoesNotHideDamage() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    try ModelArray(shape: [8], dtype: .uint8, bytes: [1, 2, 3, 4, 5, 6, 7, 8]).store(
      path, layout: .init(chunks: [2], shards: .shape([8]), checksum: true))
    let shard = Path.join(path, "c/0")
    var bytes = try File.contents(shard, limit: 1 << 20)
    bytes[5] ^= 0x40
    try File(shard, .create).write(bytes, at: 0)
    #expect(try Verification(path).run().problems.count == 1)
    do {
      let writer = try ArrayWriter.open(path)
      try writer.write(Region([0..<2]), [UInt8(9), 9])
      try writer.close()
    } catch let error as TesseraError {
      #expect(error.kind == .corrupt)
    }
    #expect(try Verification(path).run().problems.count == 1, "the damage can still be found")
    // Appended to, which builds the shard anew.
    try ModelArray(shape: [1], dtype: .uint8, bytes: [9]).writeNpy(folder.at("more.npy"))
    try ModelArray(shape: [5], dtype: .uint8, bytes: [1, 2, 3, 4, 5]).store(
      folder.at("y.zarr"), layout: .init(chunks: [2], shards: .shape([8]), checksum: true))
    let other = folder.at("y.zarr/c/0")
    bytes = try File.contents(other, limit: 1 << 20)
    bytes[1] ^= 0x40
    try File(other, .create).write(bytes, at: 0)
    do {
      try Appending([folder.at("more.npy")], to: folder.at("y.zarr")).run()
    } catch let error as TesseraError {
      #expect(error.kind == .corrupt)
    }
    #expect(try Verification(folder.at("y.zarr")).run().problems.count == 1, "after appending, too")
  }
}
