import Testing

@testable import TesseraCLI

@Suite struct HelpTests {
  private static var names: [String] { commands.map { $0.definition.name } }

  @Test(arguments: names)
  func eachCommandShowsUsageOptionsAndExample(_ name: String) throws {
    let run = ToolRun(name, "--help")
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    #expect(run.output.contains("usage: tessera \(name) "))
    for option in [
      "--memory SIZE", "--threads N", "--progress WHEN", "--json", "--explain", "--overwrite", "--wait",
      "--follow-links",
    ] {
      #expect(run.output.contains(option), "\(option)")
    }
    let example = try #require(run.output.split(separator: "\n").last)
    #expect(example.hasPrefix("  tessera \(name) "))
  }

  @Test(arguments: names)
  func examplesParse(_ name: String) throws {
    let command = try #require(commands.first { $0.definition.name == name })
    for example in command.definition.examples {
      let words = example.split(separator: " ").map(String.init)
      #expect(Array(words.prefix(2)) == ["tessera", name])
      _ = try command.init(ArgumentParser(command.definition).parse(Array(words.dropFirst(2))))
    }
  }

  @Test(arguments: ["convert", "slice", "random", "reduce", "normalize", "matmul", "cov", "pca"])
  func writersShowLayoutOptions(_ name: String) {
    let text = ToolRun(name, "-h").output
    for option in HelpTests.layout { #expect(text.contains("\n  \(option) "), "\(option)") }
  }

  private static let layout = [
    "--codec", "--level", "--chunks", "--shards", "--dtype", "--checksum", "--zarr-format",
  ]

  @Test(
    arguments: [("adopt", ["--chunks"]), ("append", []), ("svd", ["--dtype"]), ("lstsq", ["--dtype"])]
      as [(String, [String])])
  func othersShowThoseThatApply(_ name: String, _ expected: [String]) {
    let text = ToolRun(name, "-h").output
    #expect(HelpTests.layout.filter { text.contains("\n  \($0) ") } == expected)
    #expect(!text.contains("layout of the store"))
  }

  @Test(arguments: [["--help"], ["-h"], ["help"]])
  func overviewNamesEveryCommand(_ arguments: [String]) {
    let run = ToolRun(arguments)
    #expect(run.status == 0)
    for name in HelpTests.names { #expect(run.output.contains("\n  \(name) ")) }
    #expect(run.output.contains("tessera convert x.npy x.zarr"))
  }

  @Test func helpOfOneCommand() {
    #expect(ToolRun("help", "slice").output == ToolRun("slice", "--help").output)
    #expect(ToolRun("convert", "--bad", "--help").status == 0)
    #expect(ToolRun("help", "slcie").errors.contains("did you mean 'slice'?"))
  }

  @Test func linesFitATerminal() {
    let texts = HelpTests.names.map { ToolRun($0, "--help").output } + [ToolRun("--help").output]
    for line in texts.flatMap({ $0.split(separator: "\n") }) { #expect(line.count <= 100, "\(line)") }
  }

  @Test func version() {
    let run = ToolRun("--version")
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("tessera 0.1.0\n"))
    #expect(run.output.contains("lz4"))
  }
}
