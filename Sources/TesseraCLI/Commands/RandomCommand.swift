import Tessera
import TesseraCore
import TesseraEngine

struct RandomCommand: Command {
  private enum Distribution {
    case uniform, normal
    case integers(low: Int128, high: Int128)
    case named(NamedDistribution, [Double])
  }

  private static var distributionOption: Option<Distribution> {
    Option(
      "dist", "NAME",
      "uniform, normal, integers:LO:HI, without HI, or one of those above (uniform)",
      expected: "uniform, normal, integers:LO:HI, such as integers:0:10, or another as --help says",
      parse: distribution)
  }
  private static var seedOption: Option<UInt128> {
    Option("seed", "N", "other numbers for every seed (0)", expected: "0 or a greater whole number") {
      $0.hasPrefix("+") ? nil : UInt128($0)
    }
  }

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "random", summary: "a synthetic array of any size",
      details: """
        The same numbers for any layout, chunks and threads. The dtype is float32, or int64 for integers
        and counts, unless --dtype names another. Uniform float32 and float64 are NumPy's, bit for bit:
        Generator(Philox(SEED)).random(SHAPE, dtype).

        Beside uniform, normal (of mean 0 and deviation 1) and integers there are, with NumPy's parameters:
        \(NamedDistribution.all.map { "  \($0.spelling)" }.joined(separator: "\n"))
        """,
      operands: [
        Operand(name: "SHAPE", summary: "lengths of the axes, such as 100000x768"),
        Operand(name: "DST", summary: "what to make: x.npy, d.npz, d.npz/name, x.zarr or group.zarr/name"),
      ],
      options: [distributionOption, seedOption], writesStore: true,
      examples: [
        "tessera random 100000x768 features.npy --seed 7",
        "tessera random 1000000 labels.zarr --dist integers:0:10 --dtype uint8 --codec lz4",
      ])
  }

  private let array: NDArray
  private let destination: String
  private let layout: LayoutOptions
  private let shared: SharedOptions

  init(_ arguments: Arguments) throws {
    let shape = try RandomCommand.shape(arguments.operands[0])
    destination = arguments.operands[1]
    layout = LayoutOptions(arguments)
    shared = SharedOptions(arguments)
    let seed = arguments[RandomCommand.seedOption] ?? 0
    let dtype = layout.dtype
    array =
      switch arguments[RandomCommand.distributionOption] ?? .uniform {
      case .uniform: try .random(shape, seed: seed, dtype: dtype ?? .float32)
      case .normal: try .normal(shape, seed: seed, dtype: dtype ?? .float32)
      case .integers(let low, let high):
        try .integers(shape, low, high, seed: seed, dtype: dtype ?? .int64)
      case .named(let distribution, let numbers):
        try distribution.array(shape, numbers, seed: seed, dtype: dtype)
      }
  }

  func run(in session: Session) throws {
    try shared.perform(["random \(array.shape)"], to: destination, in: session) { options in
      try Writing([(nil, array)], to: destination, layout: layout.layout, options: options)
    }
  }

  private static func distribution(_ text: String) -> Distribution? {
    switch text {
    case "uniform": return .uniform
    case "normal": return .normal
    default:
      if let named = NamedDistribution.parsed(text) {
        return .named(named.distribution, named.numbers)
      }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == "integers", let low = Int128(parts[1]), let high = Int128(parts[2])
      else { return nil }
      return .integers(low: low, high: high)
    }
  }

  /// `100000x768`; `()` for a scalar.
  private static func shape(_ text: String) throws -> [Int] {
    if text == "()" { return [] }
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    let lengths = parts.compactMap { part in
      part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part) : nil
    }
    guard lengths.count == parts.count else {
      throw TesseraError(
        .usage, "random: SHAPE", expected: "lengths such as 100000x768", got: "'\(text)'")
    }
    do {
      return try Shape(lengths).dimensions
    } catch let error as TesseraError {
      throw TesseraError(.usage, "random: \(error.what)", expected: error.expected, got: error.got)
    }
  }
}
