import Tessera
import TesseraCore
import TesseraEngine

/// What gram, cov and corr have in common: a matrix of the products of another's columns, written to a place of its own.
struct ColumnProducts {
  static let operands = [
    Operand(name: "X", summary: "a matrix; columns are features, rows observations"),
    Operand(name: "DST", summary: "what to make: x.npy, d.npz, d.npz/name, x.zarr or group.zarr/name"),
  ]
  static let precision = """
    float32 is multiplied in float32 over some thousand rows and added up in float64; --dtype float64
    multiplies in float64 too.
    """

  private let source: String
  private let destination: String
  private let layout: LayoutOptions
  private let shared: SharedOptions

  init(_ arguments: Arguments) {
    source = arguments.operands[0]
    destination = arguments.operands[1]
    layout = LayoutOptions(arguments)
    shared = SharedOptions(arguments)
  }

  /// - Parameter make: the result for a matrix and the dtype that it should have, unless it is left to a cast.
  func run(in session: Session, _ make: (_ x: NDArray, _ dtype: DType?) throws -> NDArray) throws {
    let products = try naming(source) {
      let x = try NDArray.open(source)
      let result = try make(x, layout.dtype.flatMap { $0.isAskedOfProducts(of: x.dtype) ? $0 : nil })
      return layout.dtype.map { result.astype($0) } ?? result
    }
    try shared.perform([source], to: destination, in: session) { options in
      try Writing([(nil, products)], to: destination, layout: layout.layout, options: options)
    }
  }
}

extension DType {
  /// Whether products are made in it; they refuse to be real where they are complex, which a cast would not.
  fileprivate func isAskedOfProducts(of other: DType) -> Bool {
    kind == .complex || kind == .floating || other.kind == .complex
  }
}
