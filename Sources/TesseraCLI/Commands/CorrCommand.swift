import Tessera

struct CorrCommand: Command {
  static var definition: CommandDefinition {
    CommandDefinition(
      name: "corr", summary: "the correlation coefficients of a matrix's columns",
      details: """
        As numpy.corrcoef(x, rowvar=False), in one pass; NaN where a column is constant.
        \(ColumnProducts.precision)
        """,
      operands: ColumnProducts.operands, writesStore: true,
      examples: ["tessera corr features.npy corr.npy", "tessera corr features.zarr corr.npy --memory 256MiB"])
  }

  private let products: ColumnProducts

  init(_ arguments: Arguments) throws { products = ColumnProducts(arguments) }

  func run(in session: Session) throws {
    try products.run(in: session) { x, dtype in try corrcoef(x, rowvar: false, dtype: dtype) }
  }
}
