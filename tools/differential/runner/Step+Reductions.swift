import Tessera

extension Step {
  /// Reductions; nil for any other operation.
  func reduced() throws -> NDArray? {
    try totals() ?? moments() ?? extrema() ?? statistics() ?? ordered() ?? lines()
  }

  private func totals() throws -> NDArray? {
    let (mask, initial) = (array(named: "where"), try scalar(named: "initial"))
    return switch operation {
    case "sum": try array(0).sum(axis: axes, dtype: dtype, keepdims: keepdims, initial: initial, where: mask)
    case "prod":
      try array(0).prod(axis: axes, dtype: dtype, keepdims: keepdims, initial: initial, where: mask)
    case "mean": try array(0).mean(axis: axes, dtype: dtype, keepdims: keepdims, where: mask)
    case "nansum":
      try array(0).nansum(axis: axes, dtype: dtype, keepdims: keepdims, initial: initial, where: mask)
    case "nanprod":
      try array(0).nanprod(axis: axes, dtype: dtype, keepdims: keepdims, initial: initial, where: mask)
    case "nanmean": try array(0).nanmean(axis: axes, dtype: dtype, keepdims: keepdims, where: mask)
    case "any": try array(0).any(axis: axes, keepdims: keepdims, where: mask)
    case "all": try array(0).all(axis: axes, keepdims: keepdims, where: mask)
    case "count_nonzero": try array(0).countNonzero(axis: axes, keepdims: keepdims)
    default: nil
    }
  }

  private func moments() throws -> NDArray? {
    let mask = array(named: "where")
    return switch operation {
    case "var": try array(0).var(axis: axes, dtype: dtype, ddof: ddof, keepdims: keepdims, where: mask)
    case "std": try array(0).std(axis: axes, dtype: dtype, ddof: ddof, keepdims: keepdims, where: mask)
    case "nanvar": try array(0).nanvar(axis: axes, dtype: dtype, ddof: ddof, keepdims: keepdims, where: mask)
    case "nanstd": try array(0).nanstd(axis: axes, dtype: dtype, ddof: ddof, keepdims: keepdims, where: mask)
    default: nil
    }
  }

  private func extrema() throws -> NDArray? {
    let (mask, initial) = (array(named: "where"), try scalar(named: "initial"))
    return switch operation {
    case "min": try array(0).min(axis: axes, keepdims: keepdims, initial: initial, where: mask)
    case "max": try array(0).max(axis: axes, keepdims: keepdims, initial: initial, where: mask)
    case "nanmin": try array(0).nanmin(axis: axes, keepdims: keepdims, initial: initial, where: mask)
    case "nanmax": try array(0).nanmax(axis: axes, keepdims: keepdims, initial: initial, where: mask)
    case "ptp": try array(0).ptp(axis: axes, keepdims: keepdims)
    case "argmin": try array(0).argmin(axis: axis, keepdims: keepdims)
    case "argmax": try array(0).argmax(axis: axis, keepdims: keepdims)
    case "nanargmin": try array(0).nanargmin(axis: axis, keepdims: keepdims)
    case "nanargmax": try array(0).nanargmax(axis: axis, keepdims: keepdims)
    default: nil
    }
  }

  private func statistics() throws -> NDArray? {
    switch operation {
    case "norm":
      let order = self["ord"]?.string.flatMap { Double($0) } ?? 2
      return try array(0).norm(ord: order, axis: axes, keepdims: keepdims)
    case "average":
      let weights = array(named: "weights")
      if self["part"]?.string == "weights" {
        return try array(0).averageAndWeights(axis: axes, weights: weights, keepdims: keepdims).weights
      }
      return try array(0).average(axis: axes, weights: weights, keepdims: keepdims)
    case "logsumexp": return try array(0).logsumexp(axis: axes, keepdims: keepdims)
    case "softmax": return try array(0).softmax(axis: axes)
    case "log_softmax": return try array(0).logSoftmax(axis: axes)
    default: return nil
    }
  }

  private var quantileMethod: QuantileMethod {
    get throws {
      guard let name = self["method"]?.string else { return .linear }
      guard let method = QuantileMethod(rawValue: name) else { throw BadJob(what: "method \(name)") }
      return method
    }
  }

  private func ordered() throws -> NDArray? {
    if let q = self["q"]?.double { return try ordered(at: q) }
    let q = self["q"]?.array?.compactMap(\.double) ?? []
    let method = try quantileMethod
    return switch operation {
    case "median": try array(0).median(axis: axes, keepdims: keepdims)
    case "nanmedian": try array(0).nanmedian(axis: axes, keepdims: keepdims)
    case "quantile": try array(0).quantile(q, axis: axes, method: method, keepdims: keepdims)
    case "nanquantile": try array(0).nanquantile(q, axis: axes, method: method, keepdims: keepdims)
    case "percentile": try array(0).percentile(q, axis: axes, method: method, keepdims: keepdims)
    case "nanpercentile": try array(0).nanpercentile(q, axis: axes, method: method, keepdims: keepdims)
    default: nil
    }
  }

  /// A single probability is another function: its result has no axis for it, and may have another dtype.
  private func ordered(at q: Double) throws -> NDArray? {
    let method = try quantileMethod
    return switch operation {
    case "quantile": try array(0).quantile(q, axis: axes, method: method, keepdims: keepdims)
    case "nanquantile": try array(0).nanquantile(q, axis: axes, method: method, keepdims: keepdims)
    case "percentile": try array(0).percentile(q, axis: axes, method: method, keepdims: keepdims)
    case "nanpercentile": try array(0).nanpercentile(q, axis: axes, method: method, keepdims: keepdims)
    default: nil
    }
  }

  /// Running totals, and order.
  private func lines() throws -> NDArray? {
    switch operation {
    case "cumsum": try array(0).cumsum(axis: axis, dtype: dtype)
    case "cumprod": try array(0).cumprod(axis: axis, dtype: dtype)
    case "cummax": try array(0).cummax(axis: axis)
    case "cummin": try array(0).cummin(axis: axis)
    case "nancumsum": try array(0).nancumsum(axis: axis, dtype: dtype)
    case "nancumprod": try array(0).nancumprod(axis: axis, dtype: dtype)
    case "sort": try array(0).sort(axis: axis)
    case "argsort": try array(0).argsort(axis: axis)
    default: nil
    }
  }
}
