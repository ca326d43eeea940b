import Glibc
import TesseraCore
import Testing

@testable import TesseraIO

@Suite struct DirectoryTests {
  @Test func removingDoesNotFollowLinks() throws {
    let folder = try TemporaryFolder()
    try folder.write("keep/x", [1])
    try folder.write("gone/a/b/c", [1])
    symlink(folder.at("keep"), folder.at("gone/a/link"))
    symlink(folder.at("nowhere"), folder.at("gone/dangling"))
    try Directory.remove(folder.at("gone"))
    #expect(folder.names == ["keep"])
    #expect(try folder.read("keep/x") == [1])
    try Directory.remove(folder.at("gone"))
  }

  @Test func kinds() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", [])
    symlink(folder.at("file"), folder.at("link"))
    symlink(folder.at("nowhere"), folder.at("dangling"))
    #expect(try Directory.kind(folder.path) == .directory)
    #expect(try Directory.kind(folder.at("file")) == .file)
    #expect(try Directory.kind(folder.at("link")) == .file)
    #expect(try Directory.kind(folder.at("link"), followLinks: false) == .other)
    #expect(try Directory.kind(folder.at("dangling")) == nil)
    #expect(try Directory.kind(folder.at("file/below")) == nil)
  }

  @Test func makesAllThatIsMissing() throws {
    let folder = try TemporaryFolder()
    try Directory.make(folder.at("a/b/c"))
    try Directory.make(folder.at("a/b/c"))
    try Directory.syncTree(folder.at("a"))
    #expect(try Directory.kind(folder.at("a/b/c")) == .directory)
    try folder.write("file", [])
    #expect(throws: TesseraError.self) { try Directory.make(folder.at("file/x")) }
  }

  /// A name that is taken by a file is an error where a folder is asked for.
  @Test func makingAFolderWhereAFileIsFails() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", [])
    #expect(throws: TesseraError.self) { try Directory.make(folder.at("file")) }
  }

  @Test(arguments: [
    ("a/b", "a", "b"), ("a", ".", "a"), ("/a", "/", "a"), ("a/b/", "a", "b"), ("/", "/", ""),
    ("a//b", "a", "b"),
    ("./a", ".", "a"), ("../a", "..", "a"),
  ])
  func paths(_ path: String, _ parent: String, _ name: String) {
    #expect(Path.parent(path) == parent)
    #expect(Path.name(path) == name)
  }
}
