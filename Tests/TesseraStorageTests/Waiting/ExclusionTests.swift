import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Who is kept away by whom, and what they would have damaged otherwise.
@Suite struct ExclusionTests {
  private let folder: TemporaryFolder
  init() throws {
    folder = try TemporaryFolder()
    try WaitingTests.make(folder.at("more.npy"), rows: [[7, 7]])
  }

  private func convert(to name: String, overwrite: Bool = true) throws {
    try Conversion(
      from: folder.at("more.npy"), to: folder.at(name),
      options: .init(memory: 64 << 20, threads: 1, overwrite: overwrite)
    ).run()
  }

  /// Shards of an array that is written would end in the one that replaces it.
  @Test(arguments: ["x.npy", "x.zarr", "g.zarr/x"]) func whatIsWrittenIsNotReplaced(_ name: String) throws {
    try WaitingTests.make(folder.at(name), rows: [[1, 2]])
    let writer = try ArrayWriter.open(folder.at(name))
    #expect(tesseraError { try convert(to: name) }?.kind == .busy)
    #expect(
      tesseraError {
        _ = try ArrayWriter.create(folder.at(name), shape: Shape([1]), dtype: .uint8, overwrite: true)
      }?.kind == .busy)
    try writer.write(Region([0..<1, 0..<2]), [8, 9] as [UInt8])
    try writer.close()
    #expect(try WaitingTests.rows(folder.at(name)) == [[8, 9]])
    try convert(to: name)
    #expect(try WaitingTests.rows(folder.at(name)) == [[7, 7]])
    #expect(!folder.names.contains { $0.hasSuffix("tessera-partial") })
  }

  /// A group holds still while one of its members is written, but for its other members.
  @Test func aGroupIsNotReplacedUnderAMember() throws {
    for name in ["g.zarr/in/a", "g.zarr/in/b"] { try WaitingTests.make(folder.at(name), rows: [[1, 2]]) }
    let writers = try ["a", "b"].map { try ArrayWriter.open(folder.at("g.zarr/in/\($0)")) }
    let third = try ArrayWriter.create(folder.at("g.zarr/in/c"), shape: Shape([1]), dtype: .uint8)
    for name in ["g.zarr", "g.zarr/in"] {
      #expect(tesseraError { try convert(to: name) }?.kind == .busy, "\(name)")
    }
    for writer in writers + [third] { try writer.close() }
    try convert(to: "g.zarr/in")
    try convert(to: "g.zarr")
    #expect(try WaitingTests.rows(folder.at("g.zarr")) == [[7, 7]])
  }

  /// The one that made a group must not take it away when its own array fails, once others have theirs in it.
  @Test func aGroupThatOthersUseStaysWhenItsMakerFails() throws {
    try WaitingTests.make(folder.at("large.npy"), rows: .init(repeating: [1, 1], count: 3000))
    let token = CancellationToken()
    let options = TransferOptions(
      memory: 64 << 20, threads: 1,
      progress: { [folder] _ in
        // The group is there by now.
        _ = try? Conversion(
          from: folder.at("more.npy"), to: folder.at("g.zarr/in/other"),
          options: .init(memory: 64 << 20, threads: 1)
        ).run()
        token.cancel()
      }, cancellation: token)
    let error = tesseraError {
      try Conversion(
        from: folder.at("large.npy"), to: folder.at("g.zarr/in/mine"),
        layout: .init(chunks: [10, 2], shards: .none), options: options
      ).run()
      try token.check()
    }
    #expect(error?.kind == .cancelled)
    #expect(try WaitingTests.rows(folder.at("g.zarr/in/other")) == [[7, 7]])
  }

  @Test func aGroupThatNobodyUsesGoes() throws {
    let token = CancellationToken()
    token.cancel()
    let error = tesseraError {
      try Conversion(
        from: folder.at("more.npy"), to: folder.at("g.zarr/in/mine"),
        options: .init(memory: 64 << 20, threads: 1, cancellation: token)
      ).run()
    }
    #expect(error?.kind == .cancelled)
    #expect(folder.names == ["more.npy"])
  }

  /// A plan that another has overtaken is not carried out: its rows would replace theirs.
  @Test(arguments: WaitingTests.forms) func anOvertakenAppendIsRefused(_ form: String) throws {
    try WaitingTests.make(folder.at(form), rows: [[1, 2]])
    let overtaken = try Appending([folder.at("more.npy")], to: folder.at(form))
    try Appending([folder.at("more.npy")], to: folder.at(form)).run()
    #expect(tesseraError { try overtaken.run() }?.kind == .busy)
    #expect(try WaitingTests.rows(folder.at(form)) == [[1, 2], [7, 7]])
  }

  /// Its rows would be written over the index of the shard that the file has become.
  @Test func anAdoptedFileIsNotAppendedTo() throws {
    try WaitingTests.make(folder.at("x.npy"), rows: [[1, 2]])
    let overtaken = try Appending([folder.at("more.npy")], to: folder.at("x.npy"))
    try Adoption(folder.at("x.npy"), as: folder.at("x.zarr"), keepsLink: true).run()
    #expect(tesseraError { try overtaken.run() }?.kind == .busy)
    #expect(try WaitingTests.rows(folder.at("x.zarr")) == [[1, 2]])
    #expect(try Verification(folder.at("x.zarr")).run().problems == [])
  }

  @Test func theBusyMessageSaysWhatHelps() throws {
    try WaitingTests.make(folder.at("x.npy"), rows: [[1, 2]])
    let writer = try ArrayWriter.open(folder.at("x.npy"))
    let error = tesseraError { _ = try ArrayWriter.open(folder.at("x.npy")) }
    #expect(
      error?.description
        == "\(folder.at("x.npy")): another process is writing here (--wait waits for it)")
    try writer.close()
  }
}
