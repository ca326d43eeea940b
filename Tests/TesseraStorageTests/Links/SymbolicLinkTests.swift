import Glibc
import TesseraCore
import TesseraIO
import TesseraTestSupport
import Testing

@testable import TesseraStorage

/// Stores with symbolic links, such as an archive from somebody else may unpack to.
@Suite(.optionalLibraries) struct SymbolicLinkTests {
  private static let array = ModelArray(shape: [4, 4], dtype: .int16, bytes: (1...32).map { $0 })
  private static let other = ModelArray(shape: [4, 4], dtype: .int16, bytes: (101...132).map { $0 })
  private static let layout = ArrayLayout(chunks: [2, 2], shards: .none)

  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.at("x.zarr")
    try SymbolicLinkTests.array.store(path, layout: SymbolicLinkTests.layout)
    try SymbolicLinkTests.other.store(folder.at("out.zarr"), layout: SymbolicLinkTests.layout)
  }

  /// Puts a link where a file or folder was.
  private func link(_ name: String, _ target: String) throws {
    try Directory.remove(folder.at(name))
    #expect(symlink(target, folder.at(name)) == 0)
  }

  /// Everything outside the store; a link out of it must not change any of it.
  private func outside() throws -> [String: [UInt8]]? { try snapshot(folder.at("out.zarr")) }

  static let ways: [(String, String)] = [
    ("x.zarr/c/0/0", "../../../out.zarr/c/0/0"), ("x.zarr/c/0", "../../out.zarr/c/0"),
    ("x.zarr/c", "../out.zarr/c"), ("x.zarr/zarr.json", "../out.zarr/zarr.json"),
  ]

  @Test(arguments: ways)
  func linksThatLeadOutAreNotFollowed(_ name: String, _ target: String) throws {
    try link(name, target)
    let before = try outside()
    let attempts: [(String, () throws -> Void)] = [
      ("read", { _ = try ModelArray(reading: path) }),
      ("convert", { try Conversion(from: path, to: folder.at("y.npy")).run() }),
      (
        "write",
        {
          let writer = try ArrayWriter.open(path)
          try SymbolicLinkTests.other.write(Region([0..<4, 0..<4]), to: writer)
          try writer.close()
        }
      ),
      (
        "resize",
        {
          let writer = try ArrayWriter.open(path)
          try writer.resize(to: Shape([1, 1]))
          try writer.close()
        }
      ),
    ]
    for (what, attempt) in attempts {
      let error = tesseraError(what, attempt)
      // A shard that is replaced as a whole replaces the link.
      if what == "write", name == "x.zarr/c/0/0", error == nil { continue }
      #expect(error?.kind == .corrupt && error?.what.contains("link") == true, "\(what): \(error as Any)")
      #expect(try outside() == before, "\(what)")
    }
    let problems = try? Verification(path).run().problems
    #expect(problems != [])
    _ = try? Repair(path).run()
    #expect(try outside() == before)
    #expect(folder.names == ["out.zarr", "x.zarr"])
  }

  @Test(arguments: ways)
  func theyAreWhenAllowedForReading(_ name: String, _ target: String) throws {
    try link(name, target)
    let before = try outside()
    try SymbolicLinks.anywhere.whileOpening { () throws -> Void in
      let read = try ModelArray(reading: path)
      #expect(read != SymbolicLinkTests.array || name.hasSuffix("json"))
      #expect(try Verification(path, options: .init(threads: 2)).run().problems == [])
      #expect(try Repair(path).run().remaining == [])
      _ = try? Appending([folder.at("out.zarr")], to: path).run()
      if let writer = try? ArrayWriter.open(path) {
        try? SymbolicLinkTests.other.write(Region([0..<3, 0..<3]), to: writer)
        try? writer.resize(to: Shape([1, 1]))
        try? writer.close()
      }
    }
    #expect(try outside() == before)
  }

  @Test func linksWithinAreFollowed() throws {
    try link("x.zarr/c/1/1", "../0/0")
    let read = try ModelArray(reading: path)
    #expect(
      read.selecting([.slice(start: 2), .slice(start: 2)])
        == read.selecting([.slice(stop: 2), .slice(stop: 2)]))
    #expect(try Verification(path).run().problems == [])
    try link("x.zarr/c/1", "0")
    let halves = try ModelArray(reading: path)
    #expect(halves.selecting([.slice(start: 2), .slice()]) == halves.selecting([.slice(stop: 2), .slice()]))
  }

  @Test func circlesAndDeadEndsAreErrors() throws {
    for target in ["0", "nowhere"] {
      try link("x.zarr/c/0/0", target)
      #expect(tesseraError { _ = try ModelArray(reading: path) }?.kind == .corrupt, "\(target)")
    }
    try link("x.zarr/c/0", ".")
    // c/0/0 is c itself then.
    #expect(tesseraError { _ = try ModelArray(reading: path) }?.kind == .corrupt)
    try link("x.zarr/zarr.json", "zarr.json")
    #expect(tesseraError { _ = try StoredArray.open(path) }?.kind == .corrupt)
  }

  @Test func aLinkToAStoreIsTheUsersChoice() throws {
    #expect(symlink("x.zarr", folder.at("l.zarr")) == 0)
    for name in ["l.zarr", "x.zarr/../l.zarr", "x.zarr/c/../../l.zarr"] {
      #expect(try ModelArray(reading: folder.at(name)) == SymbolicLinkTests.array)
    }
    let writer = try ArrayWriter.open(folder.at("l.zarr"))
    try SymbolicLinkTests.other.write(Region([0..<4, 0..<4]), to: writer)
    try writer.close()
    #expect(try ModelArray(reading: path) == SymbolicLinkTests.other)
  }

  // MARK: Groups

  private func group(consolidated: String = "") throws {
    let document = #"{"zarr_format": 3, "node_type": "group", "attributes": {}\#(consolidated)}"#
    try folder.write("g.zarr/zarr.json", text: document)
    try SymbolicLinkTests.array.store(folder.at("g.zarr/a"), layout: SymbolicLinkTests.layout)
    // Writing the member has brought it up to date.
    try folder.write("g.zarr/zarr.json", text: document)
    #expect(symlink("../out.zarr", folder.at("g.zarr/m")) == 0)
    #expect(symlink("a", folder.at("g.zarr/n")) == 0)
    #expect(symlink("..", folder.at("g.zarr/up")) == 0)
  }

  @Test func membersThatAreLinks() throws {
    try group()
    let before = try outside()
    #expect(try ModelArray(reading: folder.at("g.zarr/n")) == SymbolicLinkTests.array)
    for name in ["m", "up/out.zarr"] {
      let path = folder.at("g.zarr/\(name)")
      #expect(tesseraError { _ = try StoredArray.open(path) }?.kind == .corrupt)
      #expect(tesseraError { _ = try Verification(path) }?.kind == .corrupt)
      try SymbolicLinks.anywhere.whileOpening { () throws -> Void in
        #expect(try ModelArray(reading: path) == SymbolicLinkTests.other)
        #expect(tesseraError { _ = try ArrayWriter.open(path) }?.kind == .corrupt)
        #expect(tesseraError { try Appending([self.path], to: path).run() }?.kind == .corrupt)
        #expect(tesseraError { _ = try Repair(path).run() }?.kind == .corrupt)
      }
    }
    // New members beyond a link.
    for name in ["m/new", "up/new.zarr", "up/deep/new"] {
      let error = tesseraError {
        try Conversion(from: path, to: folder.at("g.zarr/\(name)")).run()
      }
      #expect(error?.kind == .corrupt, "\(name): \(error as Any)")
      #expect(
        tesseraError {
          _ = try ArrayWriter.create(folder.at("g.zarr/\(name)"), shape: Shape([2]), dtype: .int8)
        } != nil)
    }
    #expect(try outside() == before)
    #expect(folder.names == ["g.zarr", "out.zarr", "x.zarr"])
    #expect(try Verification(folder.at("g.zarr")).run().arrays == 1)
  }

  /// Consolidated metadata names members; it must not name what a link leads to outside.
  @Test func consolidatedMetadata() throws {
    let document = String(decoding: try folder.read("out.zarr/zarr.json"), as: UTF8.self)
    try group(
      consolidated:
        #", "consolidated_metadata": {"kind": "inline", "must_understand": false, "metadata": {"m": \#(document)}}"#
    )
    let group = folder.at("g.zarr")
    #expect(tesseraError { _ = try StoredArray.contents(of: group) }?.kind == .corrupt)
    #expect(tesseraError { try Conversion(from: group, to: folder.at("y.npz")).run() }?.kind == .corrupt)
    try SymbolicLinks.anywhere.whileOpening { () throws -> Void in
      try Conversion(from: group, to: folder.at("y.npz")).run()
    }
    #expect(try ModelArray(reading: folder.at("y.npz/m")) == SymbolicLinkTests.other)
  }

  /// `adopt --link` makes hard links, which are files like others.
  @Test func adoptedStores() throws {
    try SymbolicLinkTests.array.writeNpy(folder.at("x.npy"))
    try Adoption(folder.at("x.npy"), as: folder.at("y.zarr"), keepsLink: true).run()
    #expect(try ModelArray(reading: folder.at("y.zarr")) == SymbolicLinkTests.array)
    #expect(try Verification(folder.at("y.zarr")).run().problems == [])
  }
}
