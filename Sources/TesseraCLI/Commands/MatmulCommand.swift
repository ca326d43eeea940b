import Tessera
import TesseraEngine

struct MatmulCommand: Command {
  private static let leftFlag = Flag(
    "transpose-a", "swap the last two axes of A")
  private static let rightFlag = Flag("transpose-b", "swap the last two axes of B")
  private static let resumeFlag = Flag("resume", "go on where a killed run of the same command stopped")

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "matmul", summary: "the product of two matrices, or stacks of them, in tiles",
      details: """
        NumPy's matmul: stacks broadcast, 1-D arrays are a row of A and a column of B, integers wrap.
        Operands and result may be larger than memory. The result has the same bits for any --memory and
        --threads.
        """,
      operands: [
        Operand(name: "A", summary: "an array of shape (..., m, k)"),
        Operand(name: "B", summary: "an array of shape (..., k, n)"),
        Operand(name: "DST", summary: "what to make: x.npy, d.npz, d.npz/name, x.zarr or group.zarr/name"),
      ],
      options: [leftFlag, rightFlag, resumeFlag], writesStore: true,
      examples: [
        "tessera matmul a.npy b.npy c.npy",
        "tessera matmul features.zarr weights.npy hidden.zarr --memory 256MiB --codec lz4",
        "tessera matmul x.npy y.npy xty.npy --transpose-a",
        "tessera matmul a.npy b.npy c.npy --memory 1GiB --explain",
      ])
  }

  private let sources: [String]
  private let destination: String
  private let transposes: [Bool]
  private let resumes: Bool
  private let layout: LayoutOptions
  private let shared: SharedOptions

  init(_ arguments: Arguments) {
    sources = Array(arguments.operands[..<2])
    destination = arguments.operands[2]
    transposes = [arguments[MatmulCommand.leftFlag], arguments[MatmulCommand.rightFlag]]
    resumes = arguments[MatmulCommand.resumeFlag]
    layout = LayoutOptions(arguments)
    shared = SharedOptions(arguments)
  }

  func run(in session: Session) throws {
    try shared.perform(sources, to: destination, in: session, resumes: resumes) { options in
      let operands = try zip(sources, transposes).map { source, transposes in
        let array = try NDArray.open(source)
        return transposes && array.ndim > 1 ? try array.swapaxes(-2, -1) : array
      }
      let product = try naming(sources.joined(separator: ", ")) { try matmul(operands[0], operands[1]) }
      return try Writing(
        [(nil, layout.dtype.map { product.astype($0) } ?? product)], to: destination, layout: layout.layout,
        options: options)
    }
  }
}
