import Tessera

extension Step {
  /// Integrals, powers, choices among several, and numbers on a logarithmic scale; nil for any other operation.
  func composed() throws -> NDArray? {
    switch operation {
    case "trapezoid":
      if argumentCount > 1 { return try array(0).trapezoid(x: array(1), axis: axis ?? -1) }
      return try array(0).trapezoid(dx: self["dx"]?.double ?? 1, axis: axis ?? -1)
    case "vander":
      return try array(0).vander(self["columns"]?.int, increasing: self["increasing"]?.bool ?? false)
    case "select":
      let (all, count) = (try allArrays(), self["conditions"]?.int ?? 1)
      let value: any ArrayScalar = try scalar(named: "default") ?? 0
      return try select(Array(all[..<count]), Array(all[count...]), default: value)
    case "logspace", "geomspace": return try spaced()
    default: return nil
    }
  }

  private func spaced() throws -> NDArray {
    let (start, stop) = (self["start"]?.double ?? 0, self["stop"]?.double ?? 0)
    let (count, endpoint) = (self["count"]?.int ?? 50, self["endpoint"]?.bool ?? true)
    return try operation == "logspace"
      ? NDArray.logspace(start, stop, count: count, endpoint: endpoint)
      : NDArray.geomspace(start, stop, count: count, endpoint: endpoint)
  }
}
