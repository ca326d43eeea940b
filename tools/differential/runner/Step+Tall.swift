import Tessera

extension Step {
  /// What streams over the rows of a matrix; nil for any other operation.
  func streamed(_ a: NDArray) throws -> NDArray? { try columnwise(a) ?? decomposed(a) ?? compared(a) }

  private var count: Int { self["count"]?.int ?? 1 }
  private func other() throws -> NDArray? { argumentCount > 1 ? try array(1) : nil }

  private func columnwise(_ a: NDArray) throws -> NDArray? {
    switch function {
    case "gram": return try gram(a, dtype: dtype)
    case "cov":
      return try cov(
        a, array(named: "y"), rowvar: flag("rowvar"), bias: flag("bias"), ddof: self["ddof"]?.int,
        fweights: array(named: "fweights"), aweights: array(named: "aweights"), dtype: dtype)
    case "corrcoef": return try corrcoef(a, array(named: "y"), rowvar: flag("rowvar"), dtype: dtype)
    default: return nil
    }
  }

  private func decomposed(_ a: NDArray) throws -> NDArray? {
    switch function {
    case "tall_qr":
      let (q, r) = try Linalg.tallQR(a, options: options)
      return part == "Q" ? q : r
    case "leading_svd":
      let svd = try Linalg.leadingSVD(a, count: count, options: options)
      return part == "U" ? svd.u : part == "S" ? svd.s : svd.vh
    case "pca": return try component(of: PCA.fit(a, count: count, options: options), a)
    default: return nil
    }
  }

  private func component(of model: PCA, _ samples: NDArray) throws -> NDArray {
    switch part {
    case "mean": model.mean
    case "components": model.components
    case "singular_values": model.singularValues
    case "explained_variance": model.explainedVariance
    case "explained_variance_ratio": model.explainedVarianceRatio
    case "transform": try model.transform(samples)
    case "inverse_transform": try model.inverseTransform(model.transform(samples))
    default: throw BadJob(what: "no part \(part) of a PCA")
    }
  }

  private func compared(_ a: NDArray) throws -> NDArray? {
    switch function {
    case "cosine_similarity": return try cosineSimilarity(a, other())
    case "euclidean_distances": return try euclideanDistances(a, other())
    case "nearest_rows":
      let metric: RowMetric = self["metric"]?.string == "cosine" ? .cosine : .euclidean
      let found = try nearestRows(of: a, to: array(1), count: count, metric: metric, options: options)
      return part == "indices" ? found.indices : found.distances
    default: return nil
    }
  }
}
