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

  @Test func aFolderThatIsNoStoreIsNotReplaced() throws {
    try folder.write("photos.zarr/holiday.jpg", [1, 2, 3])
    #expect(try refused("x.npy", "photos.zarr", overwrite: true)?.kind == .exists)
    #expect(try refused("x.npy", "photos.zarr")?.kind == .exists)
  }

  /// However the two paths are spelled, a group is not replaced by what is converted out of it.
  @Test func theDestinationHoldsTheSourceUnderAnotherSpelling() throws {
    symlink(folder.at("g.zarr"), folder.at("alias.zarr"))
    for (source, destination) in [
      ("./g.zarr/a", "g.zarr"), ("g.zarr/a", "./g.zarr"), ("g.zarr//a", "g.zarr"),
      ("x.zarr/../g.zarr/a", "g.zarr"),
      ("alias.zarr/a", "g.zarr"),
    ] {
      withKnownIssue("Conversion.requireApart compares the paths' text") {
        let error = tesseraError {
          _ = try Conversion(
            from: folder.at(source), to: folder.at(destination), options: .init(overwrite: true))
        }
        #expect(error?.kind == .usage, "\(source) to \(destination)")
      } when: {
        source != "g.zarr//a"
      }
    }
  }

  /// What is replaced must be what the user named: one member, not the archive around it.
  @Test func overwritingAMemberKeepsTheOthers() throws {
    try Conversion(from: folder.at("g.zarr"), to: folder.at("two.npz")).run()
    withKnownIssue("a member destination replaces the whole archive") {
      _ = try? Conversion(
        from: folder.at("x.npy"), to: folder.at("two.npz/a"), options: .init(overwrite: true)
      ).run()
      #expect((try? ModelArray(reading: folder.at("two.npz/b"))) == array)
    }
  }

  /// The only member of an archive keeps its name from archive to archive.
  @Test func theOnlyMemberKeepsItsName() throws {
    try Conversion(from: folder.at("x.npy"), to: folder.at("one.npz/features")).run()
    #expect(try ModelArray(reading: folder.at("one.npz/features")) == array)
    try Conversion(from: folder.at("one.npz"), to: folder.at("two.npz")).run()
    withKnownIssue("Conversion.sources names the only member arr_0") {
      #expect((try? ModelArray(reading: folder.at("two.npz/features"))) == array)
    }
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
    withKnownIssue("the consolidated metadata of a group is not brought up to date") {
      #expect(members.map(\.path).contains(folder.at("new.zarr/c")))
    }
  }
}
