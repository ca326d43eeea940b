import Tessera

struct CovCommand: Command {
  private static var ddofOption: Option<Int> {
    Option("ddof", "N", "divide by n - N (1)", expected: "a whole number") { Int($0) }
  }

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "cov", summary: "the covariance matrix of a matrix's columns",
      details: """
        As numpy.cov(x, rowvar=False), in one pass; means are subtracted before anything is multiplied.
        \(ColumnProducts.precision)
        """,
      operands: ColumnProducts.operands, options: [ddofOption], writesStore: true,
      examples: ["tessera cov features.npy cov.npy", "tessera cov features.npy cov.npy --ddof 0"])
  }

  private let products: ColumnProducts
  private let ddof: Int

  init(_ arguments: Arguments) throws {
    products = ColumnProducts(arguments)
    ddof = arguments[CovCommand.ddofOption] ?? 1
  }

  func run(in session: Session) throws {
    try products.run(in: session) { x, dtype in try cov(x, rowvar: false, ddof: ddof, dtype: dtype) }
  }
}
