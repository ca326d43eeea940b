import Glibc
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraIO

/// Which links in a store are followed.
@Suite struct StoreFolderTests {
  private let folder: TemporaryFolder
  private let store: StoreFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("secret", [9])
    try folder.write("s/a/0", [1])
    store = try StoreFolder(folder.at("s"))
  }

  private func link(_ name: String, _ target: String) {
    #expect(symlink(target, folder.at("s/\(name)")) == 0)
  }

  private func read(_ name: String) throws -> [UInt8] { try store.open(name).contents(limit: 9) }

  private func caught(_ body: () throws -> Void) -> TesseraError? {
    do { try body() } catch { return error as? TesseraError }
    return nil
  }

  @Test func filesAndLinksWithin() throws {
    link("b", "a")
    link("a/1", "0")
    link("a/2", folder.at("s/b/1"))
    for name in ["a/0", "b/0", "a/1", "b/1", "a/2"] {
      #expect(try read(name) == [1])
      #expect(try store.kind(name) == .file)
      #expect(try store.confined.kind(name) == .file)
      try store.requireConfinedParent(of: name)
    }
    #expect(try store.kind("b") == .directory)
    #expect(caught { _ = try read("a/9") }?.kind == .notFound)
    #expect(caught { _ = try read("b/9") }?.kind == .notFound)
    #expect(try store.kind("b/9") == nil)
  }

  @Test func linksThatLeadOut() throws {
    link("x", "../secret")
    link("y", folder.at("secret"))
    link("up", "..")
    link("a/up", "../..")
    link("dir", folder.path)
    for name in ["x", "y", "up/secret", "a/up/secret", "dir/secret", "dir/missing"] {
      for attempt in [{ _ = try read(name) }, { try store.check(name) }] as [() throws -> Void] {
        let error = caught(attempt)
        #expect(error?.kind == .corrupt && error?.what == "a symbolic link leads out of the store", "\(name)")
      }
    }
    for name in ["up/new", "dir/new/deep", "a/up/s/new"] {
      #expect(caught { try store.requireConfinedParent(of: name) }?.kind == .corrupt, "\(name)")
    }
    // A folder beside it whose name begins the same.
    try folder.write("s2/0", [2])
    link("z", "../s2/0")
    #expect(caught { _ = try read("z") }?.kind == .corrupt)
  }

  @Test func circlesAndDeadEnds() throws {
    link("p", "q")
    link("q", "p")
    link("self", "self")
    link("dead", "a/none")
    for name in ["p", "self", "p/0"] {
      #expect(caught { _ = try read(name) }?.what == "symbolic links in a circle", "\(name)")
    }
    for name in ["dead", "dead/0"] {
      #expect(caught { _ = try read(name) }?.what == "a symbolic link that leads nowhere", "\(name)")
    }
  }

  @Test func allowed() throws {
    link("x", "../secret")
    link("dir", folder.path)
    let open = try StoreFolder.$followsLinks.withValue(true) { try StoreFolder(folder.at("s")) }
    #expect(try open.open("x").contents(limit: 9) == [9])
    #expect(try open.open("dir/secret").contents(limit: 9) == [9])
    // Not for writing.
    #expect(caught { try open.requireConfinedParent(of: "dir/new") }?.kind == .corrupt)
    #expect(caught { try open.confined.check("x") }?.kind == .corrupt)
  }

  /// The path of the store itself is the user's.
  @Test func aLinkToTheStore() throws {
    #expect(symlink("s", folder.at("t")) == 0)
    let store = try StoreFolder(folder.at("t"))
    #expect(try store.open("a/0").contents(limit: 9) == [1])
    link("x", "../secret")
    #expect(caught { _ = try store.open("x") }?.kind == .corrupt)
  }

  /// An old kernel, or a sandbox, does not have the call; then each part of a name is looked at.
  @Test(arguments: [ENOSYS, EPERM])
  func withoutTheCall(_ code: Int32) throws {
    link("b", "a")
    link("x", "../secret")
    func blocked<Result>(_ body: () throws -> Result) throws -> Result {
      try FaultInjector.$current.withValue(FaultInjector([.open], failing: 0, code: code), operation: body)
    }
    #expect(try blocked { try read("a/0") } == [1])
    #expect(try blocked { try read("b/0") } == [1])
    #expect(caught { _ = try blocked { try read("x") } }?.what == "a symbolic link leads out of the store")
    #expect(caught { _ = try blocked { try read("a/9") } }?.kind == .notFound)
    #expect(caught { try blocked { try store.check("x") } }?.kind == .corrupt)
  }
}
