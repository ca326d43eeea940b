import Tessera

extension Step {
  /// Products of arrays; nil for any other operation.
  func multiplied(_ a: NDArray) throws -> NDArray? {
    switch function {
    case "matmul": return try matmul(a, array(1))
    case "dot": return try dot(a, array(1))
    case "inner": return try inner(a, array(1))
    case "vdot": return try vdot(a, array(1))
    case "vecdot": return try vecdot(a, array(1), axis: axis ?? -1)
    case "outer": return try outer(a, array(1))
    case "kron": return try kron(a, array(1))
    case "tensordot": return try contracted(a)
    case "einsum":
      let subscripts = self["subscripts"]?.string ?? ""
      return argumentCount == 1 ? try einsum(subscripts, a) : try einsum(subscripts, a, array(1))
    case "convolve", "correlate":
      let mode = self["mode"]?.string.flatMap { ConvolutionMode(rawValue: $0) } ?? .full
      return try operation.hasSuffix("convolve")
        ? convolve(a, array(1), mode: mode) : correlate(a, array(1), mode: mode)
    case "matrix_power": return try Linalg.matrixPower(a, self["n"]?.int ?? 0, options: options)
    case "multi_dot": return try Linalg.multiDot(allArrays(), options: options)
    default: return nil
    }
  }

  /// Over a number of axes, or over pairs of them.
  private func contracted(_ a: NDArray) throws -> NDArray {
    guard let pairs = self["axes"]?.array else {
      return try tensordot(a, array(1), axes: self["axes"]?.int ?? 2)
    }
    return try tensordot(a, array(1), axes: (pairs[0].ints ?? [], pairs[1].ints ?? []))
  }
}
