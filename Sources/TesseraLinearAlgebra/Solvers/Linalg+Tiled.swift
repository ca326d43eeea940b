import TesseraCore
import TesseraEngine
import TesseraStorage

/// Where and how a single matrix that is large is worked on.
struct TiledOptions {
  var transfer: TransferOptions
  /// Where temporary files are made; nil for the system's folder.
  var folder: String?
  /// nil for those that follow from the size.
  var sizes: TileSizes?

  /// The sizes for an array that is one square matrix, or a stack of one, of more rows than LAPACK is given at once;
  /// otherwise nil.
  func sizes(for a: NDArray) -> TileSizes? {
    guard a.shape.dimensions.dropLast(2).allSatisfy({ $0 == 1 }) else { return nil }
    let order = a.shape[a.ndim - 1]
    let sizes = sizes ?? TileSizes(order: order)
    return order > sizes.direct ? sizes : nil
  }
}

extension NDArray {
  /// The matrix of a stack of one.
  func onlyMatrix() throws -> NDArray { ndim > 2 ? try squeeze(axis: Array(0..<ndim - 2)) : self }

  /// With so many leading axes of length 1 more.
  func stacked(axes count: Int) throws -> NDArray {
    count > 0 ? try expandDims(axis: Array(0..<count)) : self
  }
}

extension Linalg {
  static func solveTiled<T: LAPACKScalar>(
    _ system: LinearSystem, _ types: LinalgTypes, _ options: TiledOptions, _ sizes: TileSizes, _: T.Type
  ) throws -> NDArray {
    let conversion = types.conversionBytes([system.size.saturatingMultiply(system.columns)])
    let tiled = try TiledSystem<T>(
      system.a.onlyMatrix(), .matrix(system.b.onlyMatrix()), conversion: conversion, sizes: sizes,
      folder: options.folder, options: options.transfer)
    let right = try tiled.readRight()
    try factor(tiled).solve(right)
    let x = try right.array(as: types.result)
    return try (system.isVector ? x[ellipsis, 0] : x).stacked(axes: system.lead.count)
  }

  static func invertTiled<T: LAPACKScalar>(
    _ a: NDArray, _ types: LinalgTypes, _ options: TiledOptions, _ sizes: TileSizes, _: T.Type
  ) throws -> NDArray {
    let tiled = try TiledSystem<T>(
      a.onlyMatrix(), .identity, conversion: types.conversionBytes([a.size]), sizes: sizes,
      folder: options.folder, options: options.transfer)
    let lu = try factor(tiled)
    let right = try tiled.readRight()
    try lu.invert(into: right)
    return try right.array(as: types.result).stacked(axes: a.ndim - 2)
  }

  private static func factor<T: LAPACKScalar>(_ tiled: TiledSystem<T>) throws -> TiledLU<T> {
    let lu = try TiledLU(tiled.readMatrix(), tiled.work)
    if lu.isSingular { throw MatrixWork.unsolvable("Singular matrix") }
    return lu
  }

  static func determinantTiled<T: LAPACKScalar>(
    _ a: NDArray, _ options: TiledOptions, _ sizes: TileSizes, _: T.Type
  ) throws -> ScaledProduct<T> {
    let tiled = try TiledSystem<T>(
      a.onlyMatrix(), .none, conversion: 0, sizes: sizes, folder: options.folder, options: options.transfer)
    let lu = try TiledLU(tiled.readMatrix(), tiled.work)
    return lu.isSingular ? .zero : ScaledProduct(diagonal: lu.diagonal, pivots: lu.pivots)
  }

  /// Of a matrix of which the lower triangle is read.
  static func choleskyTiled<T: LAPACKScalar>(
    _ a: NDArray, _ types: LinalgTypes, _ options: TiledOptions, _ sizes: TileSizes, _: T.Type
  ) throws -> NDArray {
    let tiled = try TiledSystem<T>(
      a, .none, conversion: types.conversionBytes([a.size]), sizes: sizes, folder: options.folder,
      options: options.transfer)
    let matrix = try tiled.readMatrix()
    guard try TiledCholesky.factor(matrix, tiled.work) else {
      throw MatrixWork.unsolvable("Matrix is not positive definite")
    }
    return try matrix.array(as: types.result)
  }
}
