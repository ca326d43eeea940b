import Tessera

extension Step {
  /// A function of numpy.linalg, a product, or what streams over rows; of several results the one that `part` names.
  func linearAlgebra() throws -> NDArray? {
    guard operation.hasPrefix(Step.prefix) else { return nil }
    let a = try array(0)
    return try factored(a) ?? solved(a) ?? multiplied(a) ?? streamed(a) ?? measured(a)
  }

  private static let prefix = "linalg."
  /// What is asked for, without that prefix.
  var function: Substring { operation.dropFirst(Step.prefix.count) }

  func flag(_ key: String) -> Bool { self[key]?.bool ?? false }
  var part: String { self["part"]?.string ?? "" }
  private var number: Double? { self["number"]?.string.flatMap { Double($0) } }

  private func factored(_ a: NDArray) throws -> NDArray? {
    switch function {
    case "cholesky": return try Linalg.cholesky(a, upper: flag("upper"), options: options)
    case "qr":
      if self["mode"]?.string == "r" { return try Linalg.qrR(a, options: options) }
      let (q, r) = try Linalg.qr(
        a, mode: self["mode"]?.string == "complete" ? .complete : .reduced, options: options)
      return part == "Q" ? q : r
    case "svd":
      let (u, s, vh) = try Linalg.svd(
        a, fullMatrices: flag("full_matrices"), hermitian: flag("hermitian"), options: options)
      return part == "U" ? u : part == "S" ? s : vh
    case "svdvals": return try Linalg.svdvals(a, options: options)
    case "eigh":
      let (w, v) = try Linalg.eigh(a, uplo: flag("upper") ? .upper : .lower, options: options)
      return part == "eigenvalues" ? w : v
    case "eigvalsh": return try Linalg.eigvalsh(a, uplo: flag("upper") ? .upper : .lower, options: options)
    case "eig":
      let (w, v) = try Linalg.eig(a, options: options)
      return part == "eigenvalues" ? w : v
    case "eigvals": return try Linalg.eigvals(a, options: options)
    default: return nil
    }
  }

  private func solved(_ a: NDArray) throws -> NDArray? {
    switch function {
    case "solve": return try Linalg.solve(a, array(1), options: options)
    case "inv": return try Linalg.inv(a, options: options)
    case "det": return try Linalg.det(a, options: options)
    case "slogdet":
      let (sign, logarithm) = try Linalg.slogdet(a, options: options)
      return part == "sign" ? sign : logarithm
    case "pinv":
      return try Linalg.pinv(a, rcond: number ?? 1e-15, hermitian: flag("hermitian"), options: options)
    case "lstsq":
      let fit = try Linalg.lstsq(a, array(1), rcond: number, options: options)
      switch part {
      case "x": return fit.solution
      case "residuals": return fit.residuals
      case "rank": return NDArray(fit.rank)
      default: return fit.singularValues
      }
    default: return nil
    }
  }

  private func measured(_ a: NDArray) throws -> NDArray? {
    switch function {
    case "matrix_rank":
      return try Linalg.matrixRank(a, tol: number, hermitian: flag("hermitian"), options: options)
    case "cond": return try Linalg.cond(a, p: order, options: options)
    case "norm": return try Linalg.norm(a, ord: order, axis: axes, keepdims: keepdims, options: options)
    case "diagonal": return try Linalg.diagonal(a, offset: self["offset"]?.int ?? 0)
    case "trace": return try Linalg.trace(a, offset: self["offset"]?.int ?? 0)
    default: throw BadJob(what: "no function \(operation)")
    }
  }

  private var order: NormOrder? {
    switch self["ord"]?.string {
    case nil: nil
    case "fro": .frobenius
    case "nuc": .nuclear
    case let text?: Double(text).map { .order($0) }
    }
  }
}
