import Glibc
import TesseraCore
import Testing

@testable import TesseraIO

@Suite struct StagingTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func build(_ staging: Staging, _ bytes: [UInt8]) throws {
    let file = try File(staging.payload, .create)
    try file.truncate(to: 0)
    try file.write(bytes, at: 0)
    try file.sync()
  }

  private func buildFolder(_ staging: Staging, _ name: String) throws {
    try Directory.make(staging.payload)
    try File(Path.join(staging.payload, name), .create).sync()
  }

  @Test func publishesAFile() throws {
    let staging = try Staging(folder.at("x"))
    try build(staging, [1, 2])
    #expect(folder.names == [".x.tessera-partial"])
    try staging.publish()
    #expect(folder.names == ["x"])
    #expect(try folder.read("x") == [1, 2])
  }

  @Test func goesAwayUnpublishedWithoutATrace() throws {
    do {
      let staging = try Staging(folder.at("x"))
      try build(staging, [1, 2])
    }
    #expect(folder.names == [])
  }

  @Test func whatIsThereStaysUnlessItMayBeReplaced() throws {
    try folder.write("x", [9])
    #expect(#expect(throws: TesseraError.self) { try Staging(folder.at("x")) }?.kind == .exists)
    #expect(folder.names == ["x"])
    // A dangling link is something as well.
    symlink(folder.at("nowhere"), folder.at("y"))
    #expect(#expect(throws: TesseraError.self) { try Staging(folder.at("y")) }?.kind == .exists)
  }

  @Test func aFreePlaceIsOneWithNothing() throws {
    try folder.write("x", [9])
    symlink(folder.at("nowhere"), folder.at("y"))
    for name in ["x", "y"] {
      let error = #expect(throws: TesseraError.self) {
        try Staging.requireFree(folder.at(name), overwrites: false)
      }
      #expect(error?.kind == .exists && error?.path == folder.at(name))
      try Staging.requireFree(folder.at(name), overwrites: true)
    }
    for name in ["z", "none/z", "x/z"] { try Staging.requireFree(folder.at(name), overwrites: false) }
    #expect(folder.names == ["x", "y"])
  }

  @Test func aRehearsalLeavesThingsAsTheyAre() throws {
    try Staging.rehearse(folder.at("x"))
    #expect(folder.names == [])
    do {
      let staging = try Staging(folder.at("x"))
      try build(staging, [1, 2])
      #expect(#expect(throws: TesseraError.self) { try Staging.rehearse(folder.at("x")) }?.kind == .busy)
      try File(staging.note, .create).sync()
      staging.keep()
    }
    try Staging.rehearse(folder.at("x"))
    #expect(try Staging(folder.at("x"), resumes: true).isResumed)
    try folder.write("y", [9])
    #expect(#expect(throws: TesseraError.self) { try Staging.rehearse(folder.at("y")) }?.kind == .exists)
    try Staging.rehearse(folder.at("y"), overwrites: true)
    #expect(try folder.read("y") == [9])
    let missing = folder.at("none/x")
    #expect(#expect(throws: TesseraError.self) { try Staging.rehearse(missing) }?.kind == .notFound)
  }

  @Test func whatAppearsMeanwhileStays() throws {
    let staging = try Staging(folder.at("x"))
    try build(staging, [1])
    try folder.write("x", [9])
    #expect(#expect(throws: TesseraError.self) { try staging.publish() }?.kind == .exists)
    #expect(try folder.read("x") == [9])
  }

  @Test func aFileReplacesAFileAFolderAndTheOtherWayRound() throws {
    try folder.write("x", [9])
    var staging = try Staging(folder.at("x"), overwrites: true)
    try build(staging, [1])
    #expect(try folder.read("x") == [9])
    try staging.publish()
    #expect(try folder.read("x") == [1])

    staging = try Staging(folder.at("x"), overwrites: true)
    try buildFolder(staging, "inside")
    try staging.publish()
    #expect(try Directory.names(folder.at("x")) == ["inside"])

    staging = try Staging(folder.at("x/"), overwrites: true)
    try buildFolder(staging, "other")
    try staging.publish()
    #expect(try Directory.names(folder.at("x")) == ["other"])

    staging = try Staging(folder.at("x"), overwrites: true)
    try build(staging, [3])
    try staging.publish()
    #expect(try folder.read("x") == [3])
    #expect(folder.names == ["x"])
  }

  @Test func overwritingALinkLeavesItsTarget() throws {
    try folder.write("target", [9])
    symlink(folder.at("target"), folder.at("x"))
    let staging = try Staging(folder.at("x"), overwrites: true)
    try build(staging, [1])
    try staging.publish()
    #expect(try folder.read("target") == [9])
    #expect(try Directory.kind(folder.at("x"), followLinks: false) == .file)
  }

  @Test func onlyOneBuildsAtATime() throws {
    let first = try Staging(folder.at("x"))
    try build(first, [1])
    for resumes in [false, true] {
      #expect(
        #expect(throws: TesseraError.self) { try Staging(folder.at("x"), resumes: resumes) }?.kind == .busy)
    }
    // The one that was turned away has taken nothing with it.
    try first.publish()
    #expect(try folder.read("x") == [1])
  }

  @Test func leftoversAreRemovedOrResumed() throws {
    do {
      let killed = try Staging(folder.at("x"))
      try build(killed, [1, 2, 3])
      try File(killed.note, .create).sync()
      killed.keep()
    }
    #expect(folder.names == [".x.tessera-partial"])
    do {
      let resumed = try Staging(folder.at("x"), resumes: true)
      #expect(resumed.isResumed)
      #expect(try File.contents(resumed.payload, limit: 10) == [1, 2, 3])
      resumed.keep()
    }
    let fresh = try Staging(folder.at("x"))
    #expect(!fresh.isResumed)
    #expect(try Directory.kind(fresh.payload) == nil)
    try build(fresh, [4])
    try fresh.publish()
    #expect(folder.names == ["x"])
  }

  /// Killed before it noted what it was about to do.
  @Test func whatHasNoNoteIsNotResumed() throws {
    do {
      let killed = try Staging(folder.at("x"))
      try build(killed, [1, 2, 3])
      killed.keep()
    }
    let staging = try Staging(folder.at("x"), resumes: true)
    #expect(!staging.isResumed)
    #expect(try Directory.kind(staging.payload) == nil)
  }

  /// Killed while what was replaced is removed: that has the payload's name, and is not to be gone on with.
  @Test func whatWasReplacedIsNotResumed() throws {
    try folder.write("x/old", [9])
    let fault = FaultInjector([.unlink], failing: 1, code: EIO, forever: true)
    do {
      let staging = try Staging(folder.at("x"), overwrites: true)
      try File(staging.note, .create).sync()
      try buildFolder(staging, "new")
      try FaultInjector.$current.withValue(fault) { try staging.publish() }
    }
    #expect(folder.names == [".x.tessera-partial", "x"])
    let staging = try Staging(folder.at("x"), overwrites: true, resumes: true)
    #expect(!staging.isResumed)
    #expect(try Directory.kind(staging.payload) == nil)
    #expect(try Directory.names(folder.at("x")) == ["new"])
  }

  @Test func nothingToResumeIsAFreshStart() throws {
    let staging = try Staging(folder.at("x"), resumes: true)
    #expect(!staging.isResumed)
  }

  @Test func aMissingFolderIsSaid() throws {
    let error = #expect(throws: TesseraError.self) { try Staging(folder.at("none/x")) }
    #expect(error?.kind == .notFound)
    #expect(error?.path == folder.at("none"))
  }

  /// A link planted under the staging name must not lead the work elsewhere.
  @Test func doesNotFollowALinkInPlaceOfItsFolder() throws {
    try folder.write("precious/x", [1])
    symlink(folder.at("precious"), folder.at(".x.tessera-partial"))
    #expect(throws: TesseraError.self) { try Staging(folder.at("x")) }
    #expect(try folder.read("precious/x") == [1])
  }

  /// Fails every system call of building and publishing in turn.
  @Test(arguments: [false, true], [false, true])
  func publishingIsAllOrNothing(_ replaces: Bool, _ isFolder: Bool) throws {
    func attempt() throws {
      let staging = try Staging(folder.at("x"), overwrites: replaces)
      if isFolder { try buildFolder(staging, "new") } else { try build(staging, [1]) }
      try staging.publish()
    }
    func reset() throws {
      try Directory.remove(folder.at("x"))
      if replaces { try folder.write("x", [9]) }
    }
    func state() throws -> String {
      switch try Directory.kind(folder.at("x")) {
      case nil: "nothing"
      case .directory: try Directory.names(folder.at("x")) == ["new"] ? "new" : "broken"
      default: try folder.read("x") == [1] ? "new" : try folder.read("x") == [9] ? "old" : "broken"
      }
    }
    try reset()
    let counter = FaultInjector(failing: .max, code: 0)
    try FaultInjector.$current.withValue(counter) { try attempt() }
    #expect(try state() == "new")
    for number in 0..<counter.count {
      try reset()
      let fault = FaultInjector(failing: number, code: ENOSPC)
      let failed = (try? FaultInjector.$current.withValue(fault) { try attempt() }) == nil
      let after = try state()
      // Only after the name was given may a failure leave the new file: it is whole, and on the disk
      // or not as the failed sync says.
      #expect(
        after == "new" || (failed && after == (replaces ? "old" : "nothing")), "call \(number): \(after)")
      if failed, after != "new" { #expect(!folder.names.contains(".x.tessera-partial"), "call \(number)") }
    }
  }
}

extension StagingTests {
  private static let names = ["a", "b", "c"]

  private func stage(_ replaces: Bool) throws -> [Staging] {
    try StagingTests.names.map { name in
      let staging = try Staging(folder.at(name), overwrites: replaces)
      if name == "b" { try buildFolder(staging, "new") } else { try build(staging, [1]) }
      return staging
    }
  }

  private func prepare(_ replaces: Bool) throws {
    for name in folder.names { try Directory.remove(folder.at(name)) }
    if replaces { for name in StagingTests.names { try folder.write(name, [9]) } }
  }

  /// Of several destinations all are new, or all are as they were, whichever call fails.
  @Test(arguments: [false, true]) func publishingSeveralIsAllOrNothing(_ replaces: Bool) throws {
    try prepare(replaces)
    let old = try snapshot(folder.path)
    try Staging.publish(try stage(replaces))
    let new = try snapshot(folder.path)
    #expect(folder.names == StagingTests.names && new != old)
    try prepare(replaces)
    var stagings = try stage(replaces)
    let counter = FaultInjector(failing: .max, code: 0)
    try FaultInjector.$current.withValue(counter) { try Staging.publish(stagings) }
    for number in 0..<counter.count {
      stagings = []
      try prepare(replaces)
      stagings = try stage(replaces)
      let fault = FaultInjector(failing: number, code: EIO)
      var failure: TesseraError?
      do {
        try FaultInjector.$current.withValue(fault) { try Staging.publish(stagings) }
      } catch let error as TesseraError { failure = error }
      stagings = []
      var found = try snapshot(folder.path) ?? [:]
      if let failure, !failure.what.hasPrefix("is in place") {
        #expect(found == old, "call \(number): \(failure)")
      } else {
        // What could not be removed afterwards is for the next run to remove.
        for name in found.keys where name.contains("tessera-partial") { found[name] = nil }
        #expect(found == new, "call \(number)")
      }
    }
  }

  /// Something that appears at the last destination meanwhile undoes the others.
  @Test func aDestinationThatIsTakenUndoesTheOthers() throws {
    try prepare(false)
    let stagings = try stage(false)
    try folder.write("c", [7])
    #expect(#expect(throws: TesseraError.self) { try Staging.publish(stagings) }?.kind == .exists)
    #expect(try Directory.kind(folder.at("a")) == nil && Directory.kind(folder.at("b")) == nil)
    #expect(try folder.read("c") == [7])
  }
}
