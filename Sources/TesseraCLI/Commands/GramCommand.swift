import Tessera

struct GramCommand: Command {
  static var definition: CommandDefinition {
    CommandDefinition(
      name: "gram", summary: "the products of a matrix's columns with one another, x.T @ x",
      details: """
        One pass. Floats keep their dtype, integers give float64 and do not wrap; complex numbers are
        conjugated on the left.
        \(ColumnProducts.precision)
        """,
      operands: ColumnProducts.operands, writesStore: true,
      examples: [
        "tessera gram features.npy gram.npy", "tessera gram features.zarr gram.npy --dtype float64",
      ])
  }

  private let products: ColumnProducts

  init(_ arguments: Arguments) throws { products = ColumnProducts(arguments) }

  func run(in session: Session) throws {
    try products.run(in: session) { x, dtype in try gram(x, dtype: dtype) }
  }
}
