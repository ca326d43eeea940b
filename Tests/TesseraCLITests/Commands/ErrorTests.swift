import TesseraCore
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct ErrorTests {
  @Test(arguments: [
    ["convrt"], ["--json"], [], ["convert", "a.npy"], ["info", "--nope", "x"], ["info", "a", "b"],
  ])
  func wrongUsage(_ arguments: [String]) {
    let run = ToolRun(arguments)
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    expectOneLine(run.errors)
  }

  @Test func didYouMean() {
    #expect(ToolRun("convrt").errors == "tessera: error: unknown command 'convrt', did you mean 'convert'?\n")
    #expect(
      ToolRun("--versoin").errors == "tessera: error: unknown option '--versoin', did you mean '--version'?\n"
    )
  }

  @Test(arguments: ["info", "verify"])
  func missingFile(_ command: String) throws {
    let folder = try TemporaryFolder()
    let run = ToolRun(command, folder("no.npy"))
    #expect(run.status == 1)
    expectOneLine(run.errors)
  }

  @Test func namesThePath() throws {
    let folder = try TemporaryFolder()
    let run = ToolRun("info", folder("no.npy"))
    #expect(run.errors == "tessera: error: \(folder("no.npy")): no such file or directory\n")
  }

  @Test func existingDestination() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [2], [1, 2] as [Int32])
    let other = try folder.npy("b.npy", [1], [7] as [Int32])
    let run = ToolRun("convert", source, other)
    #expect(run.status == 1)
    expectOneLine(run.errors)
    #expect(ToolRun("slice", other, "...").output == "[7]\n")
    #expect(ToolRun("convert", source, other, "--overwrite").status == 0)
    #expect(ToolRun("slice", other, "...").output == "[1 2]\n")
  }

  @Test func layoutOfADestinationWithoutOne() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [2], [1, 2] as [Int32])
    let run = ToolRun("convert", source, folder("b.npy"), "--codec", "lz4")
    #expect(run.status == 2)
    expectOneLine(run.errors)
    #expect(folder.names == ["a.npy"])
  }

  @Test(
    arguments: [
      ["adopt", "--codec", "lz4"], ["adopt", "--dtype", "int8"], ["append", "--chunks", "3"],
      ["append", "--checksum"],
    ])
  func layoutThatCannotBeChosen(_ words: [String]) throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [2], [1, 2] as [Int32])
    let run = ToolRun([words[0], source, folder("b.zarr")] + words.dropFirst())
    #expect(run.status == 2)
    expectOneLine(run.errors)
    #expect(folder.names == ["a.npy"])
  }

  @Test(arguments: ["a.zarr/c/0/0", "a.zarr/in", "g.zarr/zarr.json", "g.zarr/.zgroup", "g.zarr/__b"])
  func aPlaceOfAStoresOwn(_ name: String) throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [2, 2], [1, 2, 3, 4] as [Int32])
    for store in ["a.zarr", "g.zarr/b"] { #expect(ToolRun("convert", source, folder(store)).status == 0) }
    let before = try snapshot(folder.path)
    for command in [["convert", source], ["random", "3"], ["adopt", source]] {
      let run = ToolRun(command + [folder(name), "--overwrite"])
      #expect(run.status == 2, "\(command)")
      expectOneLine(run.errors)
    }
    #expect(try snapshot(folder.path) == before)
  }

  @Test func interrupted() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [1000], [Float](repeating: 1, count: 1000))
    let token = CancellationToken()
    token.cancel()
    let run = ToolRun("convert", source, folder("b.zarr"), cancellation: token)
    #expect(run.status == 130)
    #expect(run.output.isEmpty)
    #expect(run.errors == "tessera: interrupted\n")
    #expect(folder.names == ["a.npy"])
  }

  @Test func argumentsThatAreNotUTF8() throws {
    let folder = try TemporaryFolder()
    let source = try folder.npy("a.npy", [2], [1, 2] as [Int32])
    let (output, errors) = (Recorder(), Recorder())
    let status = runTessera(
      ["convert", source, nil],
      session: Session(
        output: output.stream, errors: errors.stream, cancellation: { CancellationToken() }))
    #expect(status == 2 && output.text.isEmpty)
    #expect(errors.text == "tessera: error: argument 3: expected UTF-8, got other bytes\n")
    #expect(folder.names == ["a.npy"])
  }

  @Test func outputThatCannotBeWritten() {
    let errors = Recorder()
    let broken = TextStream { _ in
      throw TesseraError(.system(28), "cannot write: no space left", path: "standard output")
    }
    let status = runTessera(
      ["--help"],
      session: Session(output: broken, errors: errors.stream, cancellation: { CancellationToken() }))
    #expect(status == 1)
    #expect(errors.text == "tessera: error: standard output: cannot write: no space left\n")
  }

  private func expectOneLine(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(text.hasPrefix("tessera: error: "), sourceLocation: sourceLocation)
    #expect(text.hasSuffix("\n") && text.count { $0 == "\n" } == 1, "\(text)", sourceLocation: sourceLocation)
  }
}
