import TesseraCore
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct ArgumentParserTests {
  private let convert = ArgumentParser(ConvertCommand.definition)
  private let slice = ArgumentParser(SliceCommand.definition)

  private func message(_ parser: ArgumentParser, _ arguments: String...) -> String {
    do {
      return "no error: \(try parser.parse(arguments))"
    } catch {
      #expect((error as? TesseraError)?.kind == .usage)
      return "\(error)"
    }
  }

  @Test func everySharedOption() throws {
    let shared = SharedOptions(
      try convert.parse([
        "a.npy", "--memory", "256MiB", "--threads=3", "--progress", "never", "--json", "--explain", "b.npy",
        "--overwrite",
      ]))
    #expect(shared.memory == 256 << 20)
    #expect(shared.threads == 3)
    #expect(shared.progress == .never)
    #expect(shared.isJSON && shared.explains && shared.overwrites)

    let none = SharedOptions(try convert.parse(["a.npy", "b.npy"]))
    #expect(none.memory == nil && none.threads == nil && none.progress == .auto)
    #expect(!none.isJSON && !none.explains && !none.overwrites)
  }

  @Test func everyLayoutOption() throws {
    let arguments = try convert.parse([
      "a.npy", "b.zarr", "--codec=zstd", "--level", "-3", "--chunks", "4096x768", "--shards", "131072x768",
      "--dtype",
      "float32", "--checksum", "--zarr-format", "2",
    ])
    let options = LayoutOptions(arguments)
    let expected = ArrayLayout(
      codec: .zstd, level: -3, chunks: [4096, 768], shards: .shape([131072, 768]), zarrFormat: 2,
      checksum: true)
    #expect(options.layout == expected)
    #expect(options.dtype == .float32)
    #expect(arguments.operands == ["a.npy", "b.zarr"])
  }

  @Test(arguments: [("none", ArrayLayout.Shards.none), ("auto", .automatic), ("7", .shape([7]))])
  func shards(_ text: String, _ expected: ArrayLayout.Shards) throws {
    let options = LayoutOptions(try convert.parse(["a", "b", "--shards", text]))
    #expect(options.layout.shards == expected)
  }

  @Test(arguments: ArrayLayout.Codec.allCases)
  func codecs(_ codec: ArrayLayout.Codec) throws {
    let options = LayoutOptions(try convert.parse(["a", "b", "--codec", codec.rawValue]))
    #expect(options.layout.codec == codec)
  }

  @Test(arguments: ["-1", "-5:", "-5:,::2", "...,-1", "-1.5", "-", "-:"])
  func numbersAndSlicesAreOperands(_ text: String) throws {
    #expect(try slice.parse(["a.npy", text]).operands == ["a.npy", text])
  }

  @Test(arguments: [["-o", "b.npy"], ["-ob.npy"], ["-o=b.npy"], ["--output", "b.npy"], ["--output=b.npy"]])
  func shortOptions(_ spelling: [String]) throws {
    let arguments = try slice.parse(["a.npy"] + spelling + ["-5:"])
    #expect(arguments.operands == ["a.npy", "-5:"])
    let option = Option<String>("output", "", "", expected: "") { $0 }
    #expect(arguments[option] == "b.npy")
  }

  @Test func twoDashesEndOptions() throws {
    #expect(try convert.parse(["--", "--json", "-x"]).operands == ["--json", "-x"])
    #expect(SharedOptions(try convert.parse(["--", "--json", "-x"])).isJSON == false)
  }

  @Test func lastValueCounts() throws {
    #expect(SharedOptions(try convert.parse(["a", "b", "--threads", "1", "--threads", "2"])).threads == 2)
  }

  @Test func unknownOptions() {
    #expect(
      message(convert, "a", "b", "--memroy", "1")
        == "convert: unknown option '--memroy', did you mean '--memory'?")
    #expect(message(convert, "--chunk=3") == "convert: unknown option '--chunk', did you mean '--chunks'?")
    #expect(
      message(convert, "-z").contains(
        "unknown option: expected an option of tessera convert --help, got '-z'"))
    #expect(message(convert, "--qqqqqqqq").contains("got '--qqqqqqqq'"))
    #expect(message(ArgumentParser(InfoCommand.definition), "a", "--codec", "lz4").contains("unknown option"))
  }

  @Test func counts() {
    #expect(
      message(convert, "a.npy")
        == "convert: missing DST: expected tessera convert SRC DST [options], got 'a.npy'")
    #expect(message(convert).contains("missing SRC"))
    #expect(
      message(convert, "a", "b", "c")
        == "convert: too many arguments: expected tessera convert SRC DST [options], got 'a' 'b' 'c'")
    #expect(
      message(ArgumentParser(AppendCommand.definition), "a").contains(
        "missing SRC: expected tessera append DST SRC…"))
  }

  @Test(
    arguments: [
      ("--memory", "63MiB"), ("--memory", "lots"), ("--memory", "-1"), ("--memory", ""), ("--threads", "0"),
      ("--threads", "1025"), ("--threads", "two"), ("--progress", "sometimes"), ("--codec", "lz5"),
      ("--level", "high"),
      ("--chunks", "0x5"), ("--chunks", "4x"), ("--chunks", "x"), ("--chunks", "-4x5"), ("--chunks", "+4"),
      ("--chunks", "99999999999999999999"), ("--shards", "all"), ("--dtype", "float31"),
      ("--zarr-format", "4"),
    ])
  func badValues(_ option: String, _ value: String) {
    let text = message(convert, "a", "b", "\(option)=\(value)")
    #expect(text.hasPrefix("convert: \(option): expected "))
    #expect(text.hasSuffix("got '\(value)'"))
  }

  @Test func missingAndUnwantedValues() {
    #expect(
      message(convert, "a", "b", "--memory")
        == "convert: --memory: expected a value, as --memory SIZE, got nothing")
    #expect(
      message(convert, "a", "b", "--memory", "--json").contains(
        "expected a value, as --memory SIZE, got --json"))
    #expect(message(convert, "a", "b", "--json=1").contains("--json: expected no value, got '1'"))
    #expect(message(convert, "a", "b", "--help=1") == "convert: --help: expected no value, got '1'")
    #expect(message(convert, "--hlep") == "convert: unknown option '--hlep', did you mean '--help'?")
  }
}
