import TesseraCore
public import TesseraEngine
public import TesseraStorage

extension Linalg {
  /// A norm of vectors along one axis or of matrices over two.
  ///
  /// Those that need no singular values are lazy, one pass; those of order 2, -2 and the nuclear norm of matrices are
  /// computed at once. float32 keeps its dtype, complex numbers give that of their parts, integers float64.
  ///
  /// - Parameters:
  ///   - ord: nil for the 2-norm of all elements together, or along `axis`.
  ///   - axis: one axis, or two, of which the first goes along the rows of the matrices; nil for an array that is a
  ///     vector or a matrix itself.
  /// - Throws: `.usage` for orders that vectors or matrices do not have, for three axes or more, and where the least of
  ///   nothing is asked for; as `svdvals`.
  public static func norm(
    _ x: NDArray, ord: NormOrder? = nil, axis: (any ArrayAxes)? = nil, keepdims: Bool = false,
    options: TransferOptions = .init()
  ) throws -> NDArray {
    let isNumber = x.dtype.kind == .floating || x.dtype.kind == .complex
    let x = isNumber ? x : x.astype(.float64)
    let isPlain = ord == nil || (ord == .frobenius && x.ndim == 2) || (ord == 2 && x.ndim == 1)
    if axis == nil, isPlain { return try x.norm(keepdims: keepdims) }
    let axes = try axis?.list(x.ndim) ?? Array(0..<x.ndim)
    switch axes.count {
    case 1: return try vector(x, ord ?? 2, axes, keepdims)
    case 2: return try matrix(x, ord ?? .frobenius, axes[0], axes[1], keepdims, options)
    default: throw TesseraError(.usage, "Improper number of dimensions to norm.", got: "\(axes.count)")
    }
  }

  /// A norm of the matrices of the last two axes, as `norm`.
  public static func matrixNorm(
    _ x: NDArray, keepdims: Bool = false, ord: NormOrder = .frobenius, options: TransferOptions = .init()
  ) throws -> NDArray {
    try norm(x, ord: ord, axis: [-2, -1], keepdims: keepdims, options: options)
  }

  /// A norm of vectors along one axis or of all elements of several axes together, of all axes when nil; lazy.
  ///
  /// - Throws: `.usage` for axes out of bounds, and for the least of nothing.
  public static func vectorNorm(
    _ x: NDArray, axis: (any ArrayAxes)? = nil, keepdims: Bool = false, ord: Double = 2
  ) throws -> NDArray {
    let isNumber = x.dtype.kind == .floating || x.dtype.kind == .complex
    return try vector(isNumber ? x : x.astype(.float64), .order(ord), axis, keepdims)
  }

  private static func vector(
    _ x: NDArray, _ ord: NormOrder, _ axes: (any ArrayAxes)?, _ keepdims: Bool
  ) throws -> NDArray {
    guard case .order(let order) = ord else {
      let name = ord == .nuclear ? "nuc" : "fro"
      throw TesseraError(.usage, "Invalid norm order '\(name)' for vectors")
    }
    if order == .infinity { return try absolute(x).max(axis: axes, keepdims: keepdims, initial: 0.0) }
    return try x.norm(ord: order, axis: axes, keepdims: keepdims)
  }

  private static func matrix(
    _ x: NDArray, _ ord: NormOrder, _ row: Int, _ column: Int, _ keepdims: Bool, _ options: TransferOptions
  ) throws -> NDArray {
    switch ord {
    case .frobenius: return try x.norm(axis: [row, column], keepdims: keepdims)
    case 2, -2, .nuclear: return try spectral(x, ord, row, column, keepdims, options)
    case 1, .infinity, -1, .negativeInfinity:
      let isOfColumns = ord == 1 || ord == -1
      let sums = try absolute(x).sum(axis: isOfColumns ? row : column, keepdims: true)
      let both = [row, column]
      return try ord == 1 || ord == .infinity
        ? sums.max(axis: both, keepdims: keepdims, initial: 0.0) : sums.min(axis: both, keepdims: keepdims)
    default: throw TesseraError(.usage, "Invalid norm order for matrices.")
    }
  }

  private static func spectral(
    _ x: NDArray, _ ord: NormOrder, _ row: Int, _ column: Int, _ keepdims: Bool, _ options: TransferOptions
  ) throws -> NDArray {
    let s = try svdvals(x.moveaxis([row, column], [-2, -1]), options: options)
    let value =
      switch ord {
      case 2: try s.max(axis: -1, initial: 0.0)
      case -2: try s.min(axis: -1)
      default: try s.sum(axis: -1)
      }
    let result = try value.evaluated(options: options)
    return keepdims ? try result.expandDims(axis: [row, column]) : result
  }
}
