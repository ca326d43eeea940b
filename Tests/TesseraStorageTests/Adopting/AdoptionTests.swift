import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// `.npy` files that become shards.
@Suite struct AdoptionTests {
  struct Source: Sendable, CustomStringConvertible {
    var shape: [Int]
    var dtype: DType
    var isFortran: Bool
    var order: ByteOrder
    var description: String { "\(dtype) \(shape), \(isFortran ? "Fortran" : "C"), \(order)" }

    static let all: [Source] = {
      var sources: [Source] = []
      let shapes = [[13], [1], [7, 9], [4, 5, 6], [3, 1, 4, 2], [2, 3, 2, 3, 4]]
      for (number, shape) in shapes.enumerated() {
        for isFortran in [false, true] {
          for order in [ByteOrder.little, .big] {
            let dtypes: [DType] = [.int16, .complex64, .float64, .uint8, .complex128, .float16]
            sources.append(
              Source(shape: shape, dtype: dtypes[number], isFortran: isFortran, order: order))
          }
        }
      }
      return sources
    }()

    func write(_ path: String, random: inout SeededGenerator) throws {
      let header = try NpyHeader.bytes(
        dtype: dtype, order: order, fortranOrder: isFortran, shape: Shape(shape))
      try File(path, .create).write(header + random.bytes(shape.reduce(dtype.itemSize, *)), at: 0)
    }

    /// The axis that chunks divide.
    var axis: Int { isFortran ? shape.count - 1 : 0 }
  }

  @Test(arguments: Source.all)
  func everyShapeOrderAndEndianness(_ source: Source) throws {
    var random = SeededGenerator(seed: 71)
    let folder = try TemporaryFolder()
    for length in [nil, 1, 2, 3, 100] as [Int?] {
      let (npy, zarr) = (folder.at("x.npy"), folder.at("x.zarr"))
      try source.write(npy, random: &random)
      let original = try File.contents(npy, limit: 1 << 20)
      let array = try ModelArray(reading: npy)
      var chunks = source.shape
      chunks[source.axis] = length ?? 1
      let note = "seed 71, \(source), chunks of \(length as Any)"
      let adoption = try Adoption(npy, as: zarr, keepsLink: length == 2, chunks: length.map { _ in chunks })
      #expect(try snapshot(folder.path) == ["x.npy": original], "\(note): planning writes nothing")
      try adoption.run()
      #expect(folder.names == (length == 2 ? ["x.npy", "x.zarr"] : ["x.zarr"]), "\(note)")
      #expect(try ModelArray(reading: zarr) == array, "\(note)")
      let shard = Path.join(zarr, (["c"] + source.shape.map { _ in "0" }).joined(separator: "/"))
      #expect(try ModelArray(reading: shard) == array, "\(note): the shard is a .npy file")
      #expect(try File.contents(shard, limit: 1 << 20).starts(with: original), "\(note)")
      let report = try Verification(zarr).run()
      let axisLength = source.shape[source.axis]
      #expect(report.problems == [], "\(note)")
      if let length {
        #expect(report.chunks == (axisLength + length - 1) / length || length > axisLength, "\(note)")
      }
      if length == 2 {
        #expect(try FileStamp(path: shard).inode == FileStamp(path: npy).inode, "\(note)")
        #expect(try ModelArray(reading: npy) == array, "\(note)")
      }
      for name in folder.names { try Directory.remove(folder.at(name)) }
    }
  }

  @Test func anInterruptedOneIsRunAgain() throws {
    var random = SeededGenerator(seed: 72)
    let folder = try TemporaryFolder()
    let (npy, zarr) = (folder.at("x.npy"), folder.at("x.zarr"))
    try Source.all[8].write(npy, random: &random)
    let array = try ModelArray(reading: npy)
    // What a run leaves that is killed between the index and the store.
    try Adoption(npy, as: zarr, keepsLink: true, chunks: [2, 9]).run()
    try Directory.remove(zarr)
    let size = try FileStamp(path: npy).size
    #expect(try ModelArray(reading: npy) == array)
    try Adoption(npy, as: zarr, keepsLink: true, chunks: [2, 9]).run()
    #expect(try FileStamp(path: npy).size == size, "no second index")
    #expect(try ModelArray(reading: zarr) == array)
    // The same chunks once more: the index that is there serves both stores.
    try Adoption(npy, as: folder.at("y.zarr"), keepsLink: true, chunks: [2, 9]).run()
    #expect(try ModelArray(reading: folder.at("y.zarr")) == array)
    // Other chunks would need another index.
    let before = try snapshot(folder.path)
    let adoption = try Adoption(npy, as: folder.at("z.zarr"), keepsLink: true, chunks: [3, 9])
    #expect(tesseraError { try adoption.run() }?.kind == .usage)
    #expect(try snapshot(folder.path) == before)
    try Directory.remove(zarr)
    try Directory.remove(folder.at("y.zarr"))
    try Adoption(npy, as: zarr, chunks: [3, 9]).run()
    #expect(try ModelArray(reading: zarr) == array)
    #expect(folder.names == ["x.zarr"])
  }

  @Test func whatCannotBeAdoptedIsLeftAlone() throws {
    var random = SeededGenerator(seed: 73)
    let folder = try TemporaryFolder()
    try ModelArray(shape: [], dtype: .int16, bytes: [1, 2]).writeNpy(folder.at("scalar.npy"))
    try ModelArray(shape: [0, 3], dtype: .int16, bytes: []).writeNpy(folder.at("empty.npy"))
    let matrix = ModelArray(shape: [4, 3], dtype: .int16, bytes: random.bytes(24))
    try matrix.writeNpy(folder.at("x.npy"))
    try matrix.writeNpy(folder.at("linked.npy"))
    try Syscalls.link(folder.at("linked.npy"), to: folder.at("second.npy"))
    try folder.write("short.npy", Array(try File.contents(folder.at("x.npy"), limit: 1000).dropLast()))
    try folder.write("x.csv", text: "1,2\n")
    try matrix.store(folder.at("there.zarr"))
    try folder.write(
      "dates.npy",
      [0x93] + Array("NUMPY".utf8) + [1, 0, 60, 0]
        + Array("{'descr': '<M8[s]', 'fortran_order': False, 'shape': (1,), }\n".utf8)
        + [UInt8](repeating: 0, count: 8))
    let before = try snapshot(folder.path)
    let cases: [(String, String, [Int]?, TesseraError.Kind)] = [
      ("scalar.npy", "o.zarr", nil, .usage), ("empty.npy", "o.zarr", nil, .usage),
      ("x.csv", "o.zarr", nil, .usage),
      ("there.zarr", "o.zarr", nil, .usage), ("none.npy", "o.zarr", nil, .notFound),
      ("x.npy", "there.zarr", nil, .exists), ("x.npy", "o.zarr", [2, 2], .usage),
      ("x.npy", "o.zarr", [0, 3], .usage),
      ("x.npy", "o.zarr", [-1, 3], .usage), ("x.npy", "o.zarr", [2], .usage),
      ("linked.npy", "o.zarr", nil, .usage),
      ("x.npy", "none/o.zarr", nil, .notFound),
    ]
    for (source, destination, chunks, kind) in cases {
      let error = tesseraError(source) {
        try Adoption(folder.at(source), as: folder.at(destination), chunks: chunks).run()
      }
      #expect(error?.kind == kind, "\(source), \(destination), \(chunks as Any): \(error as Any)")
    }
    for source in ["short.npy", "dates.npy"] {
      let error = tesseraError(source) { try Adoption(folder.at(source), as: folder.at("o.zarr")).run() }
      #expect(error?.kind == .corrupt || error?.kind == .unsupported, "\(source): \(error as Any)")
    }
    #expect(try snapshot(folder.path) == before)
    #expect(try leftovers(folder.path) == [])
  }

  /// What is made is a folder, whatever its name.
  @Test func otherNamesThanAStoresAreRefused() throws {
    let folder = try TemporaryFolder()
    let matrix = ModelArray(shape: [4, 3], dtype: .uint8, bytes: Array(0..<12))
    for name in ["m.npy", "n.npy"] { try matrix.writeNpy(folder.at(name)) }
    try Conversion(from: folder.at("m.npy"), to: folder.at("g.zarr/a")).run()
    let before = try snapshot(folder.path)
    for name in [
      "m.npy", "renamed.npy", "arch.npz", "arch.npz/m", "plain", "t.csv", "g.zarr/m.npy", "zarr",
      "x.zarr.bak",
    ] {
      let error = tesseraError(name) {
        try Adoption(folder.at("m.npy"), as: folder.at(name), overwrite: true).run()
      }
      #expect(error?.kind == .usage, "\(name): \(error as Any)")
    }
    #expect(try snapshot(folder.path) == before)
    for (source, name) in [("m.npy", "g.zarr/m"), ("n.npy", "x.zarr/")] {
      try Adoption(folder.at(source), as: folder.at(name)).run()
      #expect(try ModelArray(reading: folder.at(name)) == matrix)
    }
  }

  /// A symbolic link cannot become a shard: the store would hold a name of a name.
  @Test func throughASymbolicLink() throws {
    let folder = try TemporaryFolder()
    let matrix = ModelArray(shape: [4, 3], dtype: .uint8, bytes: Array(0..<12))
    try Directory.make(folder.at("data"))
    try matrix.writeNpy(folder.at("data/x.npy"))
    try makeSymbolicLink(to: "data/x.npy", at: folder.at("x.npy"))
    let before = try snapshot(folder.at("data"))
    for keepsLink in [true, false] {
      let error = tesseraError {
        try Adoption(folder.at("x.npy"), as: folder.at("x.zarr"), keepsLink: keepsLink).run()
      }
      if error == nil {
        #expect(try ModelArray(reading: folder.at("x.zarr")) == matrix)
        return
      }
      #expect(error?.kind == .usage, "\(error as Any)")
      #expect(try snapshot(folder.at("data")) == before)
      #expect(folder.names == ["data", "x.npy"])
    }
  }

  /// A live store would lose its shard, or the file go with the store that is replaced around it.
  @Test(arguments: [
    ("b.zarr/c/0/0", "b.zarr"), ("b.zarr/c/0/0", "new.zarr"), ("b.zarr/c/0/0", "g.zarr/new"),
    ("g.zarr/b/c/0/0", "g.zarr/b"), ("g.zarr/b/c/0/0", "g.zarr"), ("g.zarr/in.npy", "g.zarr"),
    ("two.zarr/0.0", "new.zarr"),
  ])
  func aShardOrAFileWithinTheDestination(_ source: String, _ destination: String) throws {
    let folder = try TemporaryFolder()
    let matrix = ModelArray(shape: [4, 3], dtype: .uint8, bytes: Array(0..<12))
    try matrix.writeNpy(folder.at("g.npy"))
    try Conversion(from: folder.at("g.npy"), to: folder.at("g.zarr/a")).run()
    for name in ["b.zarr", "g.zarr/b"] {
      try matrix.writeNpy(folder.at("x.npy"))
      try Adoption(folder.at("x.npy"), as: folder.at(name)).run()
    }
    try matrix.writeNpy(folder.at("g.zarr/in.npy"))
    try matrix.store(folder.at("two.zarr"), layout: .init(chunks: [4, 3], zarrFormat: 2))
    try Directory.remove(folder.at("two.zarr/0.0"))
    try matrix.writeNpy(folder.at("two.zarr/0.0"))
    let before = try snapshot(folder.path)
    for keepsLink in [true, false] {
      let error = tesseraError {
        try Adoption(
          folder.at(source), as: folder.at(destination), keepsLink: keepsLink, overwrite: true
        ).run()
      }
      #expect(error?.kind == .usage, "\(error as Any)")
      #expect(try snapshot(folder.path) == before)
    }
  }

  @Test func anotherFileSystemIsRefusedAndTheFileStaysAsItWas() throws {
    let folder = try TemporaryFolder()
    let other = folder.path.hasPrefix("/dev/shm") ? "/tmp" : "/dev/shm"
    guard try Directory.kind(other) == .directory,
      try FileStamp(path: other).device != FileStamp(path: folder.path).device
    else { return }
    let matrix = ModelArray(shape: [4, 3], dtype: .uint8, bytes: Array(0..<12))
    try matrix.writeNpy(folder.at("x.npy"))
    let before = try snapshot(folder.path)
    let destination = Path.join(other, "\(Path.name(folder.path)).zarr")
    defer { try? Directory.remove(destination) }
    guard let adoption = try? Adoption(folder.at("x.npy"), as: destination) else { return }
    let error = tesseraError { try adoption.run() }
    #expect(error != nil && error?.description.contains("file system") == true, "\(error as Any)")
    #expect(try snapshot(folder.path) == before)
    #expect(try Directory.kind(destination) == nil)
    #expect(try !Directory.names(other).contains { $0.contains(Path.name(folder.path)) })
  }

  @Test func overwritingAStore() throws {
    let folder = try TemporaryFolder()
    let (old, new) = (
      ModelArray(shape: [2], dtype: .uint8, bytes: [1, 2]),
      ModelArray(shape: [3], dtype: .uint8, bytes: [7, 8, 9])
    )
    try old.store(folder.at("x.zarr"))
    try new.writeNpy(folder.at("x.npy"))
    try Adoption(folder.at("x.npy"), as: folder.at("x.zarr"), overwrite: true).run()
    #expect(try ModelArray(reading: folder.at("x.zarr")) == new)
    #expect(folder.names == ["x.zarr"])
  }
}
