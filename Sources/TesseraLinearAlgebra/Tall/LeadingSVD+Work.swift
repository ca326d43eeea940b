package import TesseraCore
package import TesseraEngine
package import TesseraStorage

extension LeadingSVD {
  /// The decomposition of a stored matrix, written to an archive as S and Vt, with U if asked for.
  ///
  /// - Parameter dtype: of what is written; the data's own when nil.
  /// - Throws: `.usage` for a dtype that is real where x is complex.
  package static func fitting(
    _ x: NDArray, count: Int, to archive: String, withLeft: Bool, dtype: DType? = nil,
    options: TransferOptions
  ) throws -> Fitting {
    if x.dtype.kind == .complex, let dtype, dtype.kind != .complex {
      throw TesseraError(
        .usage, "dtype of singular vectors of \(x.dtype)", expected: "complex64 or complex128",
        got: dtype.name)
    }
    let members = { @Sendable (svd: LeadingSVD) -> Fitting.Results in
      let all = [("U", svd.u), ("S", svd.s), ("Vt", svd.vh)].dropFirst(withLeft ? 0 : 1)
      return Fitting.Results(
        members: all.map { (name: $0.0, array: dtype.map($0.1.astype) ?? $0.1) })
    }
    // Nothing stands for a decomposition that cannot be.
    try TallSVDShape.check(x, count: count)
    func passes(_ options: TransferOptions) throws -> [Explanation.Pass] {
      try Linalg.explainLeadingSVD(x, count: count, options: options).passes
    }
    return try Fitting(
      of: [x], to: archive, computing: passes, planned: members(placeholder(x, count)), options: options
    ) { options in try members(Linalg.leadingSVD(x, count: count, options: options)) }
  }

  /// Stands for a decomposition that is yet to be made; left vectors are computed from x.
  private static func placeholder(_ x: NDArray, _ count: Int) throws -> LeadingSVD {
    let dtype = x.dtype.meanDType
    let kind: DType = dtype.kind == .complex ? .complex128 : .float64
    let left =
      x.shape[0] < x.shape[1]
      ? try NDArray.zeros([x.shape[0], count])
      : try matmul(x.astype(kind), .zeros([x.shape[1], count], dtype: kind).evaluated())
    return try LeadingSVD(
      u: left.astype(dtype), s: .zeros([count], dtype: dtype.realPart),
      vh: .zeros([count, x.shape[1]], dtype: dtype))
  }
}
