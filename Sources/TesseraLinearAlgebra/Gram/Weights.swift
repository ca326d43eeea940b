import TesseraCore
import TesseraEngine

/// Weights of observations, as NumPy's `cov` takes them.
struct Weights {
  private let frequencies: NDArray?
  private let analytic: NDArray?

  /// - Throws: `.usage` for other shapes than (count,), and complex dtypes; when they are read, for negative weights, and
  ///   frequencies that are no whole numbers.
  init(_ frequencies: NDArray?, _ analytic: NDArray?, count: Int) throws {
    if let frequencies, frequencies.dtype.kind == .complex {
      throw TesseraError(.usage, "fweights must be integer", got: frequencies.dtype.name)
    }
    if let analytic, analytic.dtype.kind == .complex {
      throw TesseraError(.usage, "aweights must be real", got: analytic.dtype.name)
    }
    self.frequencies = try frequencies.map { try Weights.checked($0, "fweights", count, areWhole: true) }
    self.analytic = try analytic.map { try Weights.checked($0, "aweights", count) }
  }

  /// What each observation counts; nil where all count alike.
  var product: NDArray? {
    get throws {
      guard let frequencies else { return analytic }
      return try analytic.map { try frequencies * $0 } ?? frequencies
    }
  }

  /// What sums of products are divided by.
  func divisor(_ count: Int, ddof: Int) throws -> NDArray {
    guard let product = try product else { return NDArray(Double(max(0, count.subtracting(ddof)))) }
    let sum = try product.sum()
    if ddof == 0 { return sum }
    let lost = try analytic.map { try (product * $0).sum() * Double(ddof) / sum } ?? NDArray(Double(ddof))
    return try maximum(sum - lost, 0.0)
  }

  private static func checked(
    _ weights: NDArray, _ name: String, _ count: Int, areWhole: Bool = false
  ) throws -> NDArray {
    guard weights.ndim == 1 else {
      throw TesseraError(.usage, "cannot handle multidimensional \(name)", got: "shape \(weights.shape)")
    }
    guard weights.size == count else {
      throw TesseraError(
        .usage, "incompatible numbers of samples and \(name)", expected: "\(count)", got: "\(weights.size)")
    }
    let check = CustomOperation { count, operands, result in
      let values = operands[0].pointer
      for place in 0..<count {
        let value = values.loadUnaligned(fromByteOffset: place * 8, as: Double.self)
        if areWhole, value != value.rounded() {
          throw TesseraError(.usage, "\(name) must be integer", got: "\(value)")
        }
        if value < 0 { throw TesseraError(.usage, "\(name) cannot be negative", got: "\(value)") }
        result.storeBytes(of: value, toByteOffset: place * 8, as: Double.self)
      }
    }
    return NDArray(
      .custom(check, [weights.astype(.float64).node]), shape: weights.shape, dtype: .float64)
  }
}

extension Int {
  fileprivate func subtracting(_ other: Int) -> Int {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other > 0 ? .min : .max) : difference
  }
}
