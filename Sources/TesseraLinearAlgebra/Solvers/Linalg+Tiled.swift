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

  /// The sizes for an array that is one matrix of more rows than LAPACK is given at once; otherwise nil.
  func sizes(for a: NDArray) -> TileSizes? {
    guard a.ndim == 2 else { return nil }
    let sizes = sizes ?? TileSizes(order: a.shape[0])
    return a.shape[0] > sizes.direct ? sizes : nil
  }
}

extension Linalg {
  static func solveTiled<T: LAPACKScalar>(
    _ system: LinearSystem, _ types: LinalgTypes, _ options: TiledOptions, _ sizes: TileSizes, _: T.Type
  ) throws -> NDArray {
    let conversion = types.conversionBytes([system.size.saturatingMultiply(system.columns)])
    let tiled = try TiledSystem<T>(
      system.a, .matrix(system.b), conversion: conversion, sizes: sizes, folder: options.folder,
      options: options.transfer)
    let right = try tiled.readRight()
    try factor(tiled).solve(right)
    let x = try right.array(as: types.result)
    return system.isVector ? try x[ellipsis, 0] : x
  }

  static func invertTiled<T: LAPACKScalar>(
    _ a: NDArray, _ types: LinalgTypes, _ options: TiledOptions, _ sizes: TileSizes, _: T.Type
  ) throws -> NDArray {
    let tiled = try TiledSystem<T>(
      a, .identity, conversion: types.conversionBytes([a.size]), sizes: sizes, folder: options.folder,
      options: options.transfer)
    let lu = try factor(tiled)
    let right = try tiled.readRight()
    try lu.invert(into: right)
    return try right.array(as: types.result)
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
      a, .none, conversion: 0, sizes: sizes, folder: options.folder, options: options.transfer)
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
