import Glibc
import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Requests that must be refused before anything is touched.
@Suite struct ConversionRefusalTests {
  private let folder: TemporaryFolder
  private let array = ModelArray(shape: [6, 4], dtype: .uint8, bytes: Array(0..<24))

  init() throws {
    folder = try TemporaryFolder()
    try array.writeNpy(folder.at("x.npy"))
    try array.writeRawZarr(folder.at("x.zarr"))
    try Directory.make(folder.at("g.zarr"))
    try folder.write("g.zarr/zarr.json", text: #"{"zarr_format": 3, "node_type": "group", "attributes": {}}"#)
    try array.writeRawZarr(folder.at("g.zarr/a"))
    try array.writeRawZarr(folder.at("g.zarr/b"))
  }

  private func refused(
    _ source: String, _ destination: String, _ layout: ArrayLayout = .init(), overwrite: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> TesseraError? {
    let before = try snapshot(folder.path)
    let error = tesseraError(sourceLocation: sourceLocation) {
      try Conversion(
        from: folder.at(source), to: folder.at(destination), layout: layout,
        options: .init(overwrite: overwrite)
      ).run()
    }
    #expect(error != nil, "\(source) to \(destination) was not refused", sourceLocation: sourceLocation)
    #expect(try snapshot(folder.path) == before, sourceLocation: sourceLocation)
    return error
  }

  @Test func layoutsThatCannotBe() throws {
    for layout in [
      ArrayLayout(chunks: [0, 1]), ArrayLayout(chunks: [-1, 1]), ArrayLayout(chunks: [1]),
      ArrayLayout(chunks: []),
      ArrayLayout(chunks: [2, 2], shards: .shape([3, 2])), ArrayLayout(chunks: [2, 2], shards: .shape([2])),
      ArrayLayout(chunks: [2, 2], shards: .shape([0, 0])),
      ArrayLayout(chunks: [2, 2], shards: .shape([-2, 2])),
      ArrayLayout(codec: .lz4, level: 10),
      ArrayLayout(codec: .lz4, level: 0), ArrayLayout(codec: .gzip, level: 10),
      ArrayLayout(codec: .zstd, level: 23),
      ArrayLayout(level: 1), ArrayLayout(codec: .numcodecsLZ4, level: 1), ArrayLayout(zarrFormat: 1),
      ArrayLayout(zarrFormat: 4), ArrayLayout(chunks: [2, 2], shards: .shape([2, 2]), zarrFormat: 2),
      ArrayLayout(zarrFormat: 2, checksum: true),
    ] {
      #expect(try refused("x.npy", "out.zarr", layout)?.kind == .usage, "\(layout)")
    }
    // The shape's own error, of another kind.
    _ = try refused("x.npy", "out.zarr", ArrayLayout(chunks: [2, 2], shards: .shape([1 << 40, 1 << 40])))
    for destination in ["out.npy", "out.npz"] {
      #expect(try refused("x.npy", destination, ArrayLayout(codec: .lz4))?.kind == .usage)
    }
  }

  /// What is to be named is said from where the user is.
  @Test func severalArraysAreNamedByTheirPaths() throws {
    for name in ["g.zarr/in/a", "g.zarr/in/b", "two.zarr/c", "two.zarr/d"] {
      try Conversion(from: folder.at("x.npy"), to: folder.at(name)).run()
    }
    try Conversion(from: folder.at("two.zarr"), to: folder.at("two.npz")).run()
    for path in ["g.zarr/in", "two.npz"].map(folder.at) {
      let error = tesseraError { _ = try StoredArray.open(path) }
      #expect(error?.description.contains("as \(path)/NAME: ") == true, "\(error as Any)")
    }
  }

  @Test func destinationsThatCannotBe() throws {
    #expect(try refused("x.npy", "x.npy")?.kind == .exists)
    #expect(try refused("x.npy", "x.npy", overwrite: true)?.kind == .usage)
    #expect(try refused("x.npy", "out.txt")?.kind == .usage)
    #expect(try refused("x.npy", "none/out.npy")?.kind == .notFound)
    #expect(try refused("g.zarr/a", "g.zarr", overwrite: true)?.kind == .usage)
    #expect(try refused("g.zarr", "out.npy")?.kind == .usage)
    #expect(try refused("g.zarr", "out.npz/name")?.kind == .usage)
    #expect(try refused("none.npy", "out.npy")?.kind == .notFound)
    link(folder.at("x.npy"), folder.at("hard.npy"))
    #expect(try refused("x.npy", "hard.npy", overwrite: true)?.kind == .usage)
    symlink(folder.at("x.npy"), folder.at("soft.npy"))
    #expect(try refused("x.npy", "soft.npy", overwrite: true)?.kind == .usage)
  }

  /// A plan is not made for what could not be run.
  @Test func aMissingFolderIsFoundByPlanning() throws {
    for name in ["out.npy", "out.npz", "out.npz/m", "out.zarr", "new.zarr/in/x"] {
      let error = tesseraError { _ = try Conversion(from: folder.at("x.npy"), to: folder.at("none/\(name)")) }
      #expect(error?.kind == .notFound && error?.path == folder.at("none"), "\(name): \(error as Any)")
      // In a folder that is there, groups are made.
      _ = try Conversion(from: folder.at("x.npy"), to: folder.at(name))
    }
    let inGroup = tesseraError {
      _ = try Conversion(from: folder.at("x.npy"), to: folder.at("none.zarr/out.npy"))
    }
    #expect(inGroup?.kind == .notFound && folder.names == ["g.zarr", "x.npy", "x.zarr"])
  }

  @Test func aFileIsNoFolder() throws {
    for name in ["y.npy", "y.npz", "y.zarr"] {
      let path = folder.at("x.npy")
      let error = tesseraError { _ = try Conversion(from: path, to: "\(path)/\(name)") }
      #expect(error?.what == "not a folder" && error?.path == path, "\(name): \(error as Any)")
    }
  }

  /// They would take the place of chunks, or of the files that make a store one.
  @Test func placesOfAStoresOwn() throws {
    try array.store(folder.at("two.zarr"), layout: .init(zarrFormat: 2))
    for destination in [
      "x.zarr/c", "x.zarr/c/0", "x.zarr/c/0/0", "x.zarr/new", "x.zarr/new/deep", "x.zarr/new.zarr",
      "x.zarr/zarr.json", "two.zarr/0.0", "two.zarr/.zarray", "g.zarr/a/new", "x.zarr/../g.zarr/a/new",
      "g.zarr/zarr.json", "g.zarr/.zarray", "g.zarr/.zgroup", "g.zarr/.zattrs", "g.zarr/.zmetadata",
      "g.zarr/zarr.json/new", "g.zarr/.zgroup/new", "g.zarr/__new", "g.zarr/__in/new", "g.zarr/in/__new",
      "none.zarr/zarr.json", "none.zarr/__new", "none.zarr/.zgroup/new",
    ] {
      for overwrite in [false, true] {
        #expect(try refused("x.npy", destination, overwrite: overwrite)?.kind == .usage, "\(destination)")
      }
      let path = folder.at(destination)
      let created = tesseraError {
        _ = try ArrayWriter.create(path, shape: Shape([2]), dtype: .uint8, overwrite: true)
      }
      let adopted = tesseraError { _ = try Adoption(folder.at("x.npy"), as: path, overwrite: true) }
      #expect(created?.kind == .usage && adopted?.kind == .usage, "\(destination)")
    }
    symlink(folder.at("x.zarr/c"), folder.at("alias.zarr"))
    let aliased = tesseraError {
      _ = try Conversion(
        from: folder.at("x.npy"), to: folder.at("alias.zarr/0"), options: .init(overwrite: true))
    }
    #expect(aliased?.kind == .usage)
  }

  /// Not by the path without links that is looked at.
  @Test func theArrayAroundAPlaceIsNamedAsThePathNamesIt() throws {
    symlink(folder.path, folder.at("here"))
    let around = folder.at("here/x.zarr")
    let converted = tesseraError { _ = try Conversion(from: folder.at("x.npy"), to: "\(around)/c/new") }
    #expect(converted?.expected == "a place outside \(around)", "\(converted as Any)")
    try array.writeNpy("\(around)/c/y.npy")
    let adopted = tesseraError { _ = try Adoption("\(around)/c/y.npy", as: folder.at("out.zarr")) }
    #expect(adopted?.what == "this is a file of the Zarr array \(around)", "\(adopted as Any)")
    // Nothing in this path is the array.
    symlink(folder.at("x.zarr/c"), folder.at("alias.zarr"))
    let led = tesseraError { _ = try Conversion(from: folder.at("x.npy"), to: folder.at("alias.zarr/0")) }
    #expect(led?.expected?.hasSuffix("/x.zarr") == true, "\(led as Any)")
  }

  /// Such names can be read, but are not made.
  @Test func aReservedNameIsNotCopied() throws {
    try array.writeRawZarr(folder.at("g.zarr/__c"))
    #expect(try refused("g.zarr", "out.zarr")?.kind == .usage)
    try Conversion(from: folder.at("g.zarr/__c"), to: folder.at("g.zarr/c")).run()
    #expect(try ModelArray(reading: folder.at("g.zarr/c")) == array)
  }

  @Test func storesAreReplacedAsAWhole() throws {
    try Directory.make(folder.at("plain"))
    for destination in ["x.zarr", "g.zarr/a", "g.zarr/in/new", "g.zarr", "plain/x.zarr", "plain/__x.zarr"] {
      try Conversion(
        from: folder.at("x.npy"), to: folder.at(destination), options: .init(overwrite: true)
      ).run()
      #expect(try ModelArray(reading: folder.at(destination)) == array, "\(destination)")
    }
  }

  @Test func aFolderThatIsNoStoreIsNotReplaced() throws {
    try folder.write("photos.zarr/holiday.jpg", [1, 2, 3])
    #expect(try refused("x.npy", "photos.zarr", overwrite: true)?.kind == .exists)
    #expect(try refused("x.npy", "photos.zarr")?.kind == .exists)
  }

  @Test func aSpecialFileIsNotReplaced() throws {
    let pipe = folder.at("pipe.npy")
    for destination in [pipe, folder.at("pipe.npz")] {
      #expect(mkfifo(destination, 0o600) == 0)
      let error = tesseraError {
        try Conversion(from: folder.at("x.npy"), to: destination, options: .init(overwrite: true)).run()
      }
      #expect(error?.kind == .exists && error?.path == destination)
      #expect(try Directory.kind(destination) == .other)
    }
    let created = tesseraError {
      _ = try ArrayWriter.create(pipe, shape: Shape([2]), dtype: .uint8, overwrite: true)
    }
    #expect(created?.kind == .exists)
    #expect(!folder.names.contains { $0.hasSuffix(".tessera-partial") })
    // Of a link, the link is replaced.
    symlink(pipe, folder.at("soft.npy"))
    try Conversion(from: folder.at("x.npy"), to: folder.at("soft.npy"), options: .init(overwrite: true)).run()
    #expect(try ModelArray(reading: folder.at("soft.npy")) == array)
    #expect(try Directory.kind(pipe) == .other)
  }

  /// However the two paths are spelled, a group is not replaced by what is converted out of it.
  @Test func theDestinationHoldsTheSourceUnderAnotherSpelling() throws {
    symlink(folder.at("g.zarr"), folder.at("alias.zarr"))
    for (source, destination) in [
      ("./g.zarr/a", "g.zarr"), ("g.zarr/a", "./g.zarr"), ("g.zarr//a", "g.zarr"),
      ("x.zarr/../g.zarr/a", "g.zarr"),
      ("alias.zarr/a", "g.zarr"),
    ] {
      let error = tesseraError {
        _ = try Conversion(
          from: folder.at(source), to: folder.at(destination), options: .init(overwrite: true))
      }
      #expect(error?.kind == .usage, "\(source) to \(destination)")
    }
  }

  /// What is replaced must be what the user named: one member, not the archive around it.
  @Test func overwritingAMemberKeepsTheOthers() throws {
    try Conversion(from: folder.at("g.zarr"), to: folder.at("two.npz")).run()
    _ = try? Conversion(
      from: folder.at("x.npy"), to: folder.at("two.npz/a"), options: .init(overwrite: true)
    ).run()
    #expect((try? ModelArray(reading: folder.at("two.npz/b"))) == array)
  }

  /// The only member of an archive keeps its name from archive to archive.
  @Test func theOnlyMemberKeepsItsName() throws {
    try Conversion(from: folder.at("x.npy"), to: folder.at("one.npz/features")).run()
    #expect(try ModelArray(reading: folder.at("one.npz/features")) == array)
    try Conversion(from: folder.at("one.npz"), to: folder.at("two.npz")).run()
    #expect((try? ModelArray(reading: folder.at("two.npz/features"))) == array)
  }

  /// NumPy calls it `a/`; a path to it has no slash at its end.
  @Test func aMemberWhoseNameEndsInASlash() throws {
    let header = try NpyHeader.bytes(dtype: .uint8, shape: Shape([2]))
    try folder.write("one.npz", storedArchive([("a/.npy", header, [1, 2])]))
    try folder.write("odd.npz", storedArchive([("a/.npy", header, [1, 2]), ("b.npy", header, [3, 4])]))
    for name in ["one.npz", "one.npz/a", "odd.npz/a", "odd.npz/a/", "odd.npz/a/.npy"] {
      #expect(try ModelArray(reading: folder.at(name)).bytes == [1, 2], "\(name)")
    }
    guard case .array(let description) = try StoredArray.contents(of: folder.at("one.npz")) else {
      Issue.record("no array")
      return
    }
    #expect(try ModelArray(reading: description.path).bytes == [1, 2])
  }

  /// A member is addressed with or without the suffix that it has in the archive.
  @Test func aMemberMayBeNamedWithItsSuffix() throws {
    try Conversion(from: folder.at("x.npy"), to: folder.at("new.npz/m.npy")).run()
    #expect(try NpzArchive(folder.at("new.npz")).names == ["m"])
    for name in ["new.npz", "new.npz/m", "new.npz/m.npy"] {
      #expect(try ModelArray(reading: folder.at(name)) == array, "\(name)")
    }
    #expect(try refused("x.npy", "new.npz/other.npy", overwrite: true)?.kind == .exists)
    // A folder that is called as an archive is a folder.
    try Directory.make(folder.at("plain.npz"))
    try Conversion(from: folder.at("x.npy"), to: folder.at("plain.npz/m.npy")).run()
    #expect(try Directory.kind(folder.at("plain.npz/m.npy")) == .file)
  }

  /// Adding an array to a group that carries consolidated metadata: a reader of the group must find it.
  @Test func anArrayAddedToAGroupIsListed() throws {
    try Conversion(from: folder.at("g.zarr"), to: folder.at("new.zarr")).run()
    try Conversion(from: folder.at("x.npy"), to: folder.at("new.zarr/c")).run()
    #expect(try ModelArray(reading: folder.at("new.zarr/c")) == array)
    guard case .members(_, let members) = try StoredArray.contents(of: folder.at("new.zarr")) else {
      Issue.record("no group")
      return
    }
    #expect(members.map(\.path).contains(folder.at("new.zarr/c")))
  }
}
