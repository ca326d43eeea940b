package import TesseraCore
package import TesseraEngine
package import TesseraStorage

extension PCA {
  /// The fit of a stored matrix, written to an archive; and its samples in the components' coordinates, if they have a
  /// destination.
  ///
  /// - Parameter dtype: of the arrays that are written, not of the archive's scalars; that of `PCA`'s attributes when nil. With
  ///   float64 everything is computed in float64.
  package static func fitting(
    _ data: NDArray, count: Int, to archive: String, transforming output: String? = nil,
    layout: ArrayLayout = .init(), dtype: DType? = nil, options: TransferOptions
  ) throws -> Fitting {
    let isWidened = dtype?.isWide == true && data.dtype.kind == .floating
    let x = isWidened ? data.astype(.float64) : data
    let fit = try PCAFit(x, count: count, .automatic, options)
    let results = { @Sendable (pca: PCA) throws -> Fitting.Results in
      func converted(_ array: NDArray) -> NDArray { dtype.map { array.astype($0) } ?? array }
      let made = try output.map {
        Fitting.Output(array: try converted(pca.transform(x)), path: $0, layout: layout)
      }
      return Fitting.Results(
        members: pca.members.map { ($0.name, $0.array.ndim > 0 ? converted($0.array) : $0.array) },
        output: made)
    }
    return try Fitting(
      of: [data], to: archive, computing: fit.plan, planned: results(placeholder(x, count)), options: options
    ) { options in try results(fit.run(options)) }
  }

  /// Stands for a fit that is yet to be made.
  private static func placeholder(_ x: NDArray, _ count: Int) throws -> PCA {
    let dtype = dtype(of: x)
    let values = try NDArray.zeros([count], dtype: dtype)
    return try PCA(
      mean: .zeros([x.shape[1]], dtype: dtype), components: .zeros([count, x.shape[1]], dtype: dtype),
      singularValues: values, explainedVariance: values, explainedVarianceRatio: values, noiseVariance: 0,
      sampleCount: 0)
  }
}
