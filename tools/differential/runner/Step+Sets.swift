import Tessera

extension Step {
  /// What depends on the elements in its shape: a part of what `unique` gives, and `argwhere`; nil for any other operation.
  func distinct() throws -> NDArray? {
    if operation == "argwhere" { return try array(0).argwhere(options: options) }
    guard operation == "unique" else { return nil }
    let equalNaN = self["equal_nan"]?.bool ?? true
    let x = try array(0)
    if let axis { return try distinct(x, along: axis, equalNaN) }
    switch self["part"]?.string {
    case "index": return try x.unique(returning: .index, equalNaN: equalNaN, options: options).index
    case "inverse":
      // Beside what it does not need.
      return try x.unique(returning: [.inverse, .counts], equalNaN: equalNaN, options: options).inverse
    case "counts": return try x.unique(returning: .counts, equalNaN: equalNaN, options: options).counts
    default: return try x.unique(equalNaN: equalNaN, options: options)
    }
  }

  private func distinct(_ x: NDArray, along axis: Int, _ equalNaN: Bool) throws -> NDArray? {
    let parts: Unique.Parts = [.index, .inverse, .counts]
    switch self["part"]?.string {
    case "index":
      return try x.unique(returning: .index, axis: axis, equalNaN: equalNaN, options: options).index
    case "inverse":
      return try x.unique(returning: parts, axis: axis, equalNaN: equalNaN, options: options).inverse
    case "counts":
      return try x.unique(returning: .counts, axis: axis, equalNaN: equalNaN, options: options).counts
    default: return try x.unique(axis: axis, equalNaN: equalNaN, options: options)
    }
  }

  /// Two sets, or elements in a list; nil for any other operation.
  func sought() throws -> NDArray? {
    switch operation {
    case "union1d": return try union1d(array(0), array(1), options: options)
    case "intersect1d": return try intersect1d(array(0), array(1), options: options)
    case "setdiff1d": return try setdiff1d(array(0), array(1), options: options)
    case "setxor1d": return try setxor1d(array(0), array(1), options: options)
    case "isin":
      return try isin(array(0), array(1), invert: self["invert"]?.bool ?? false, options: options)
    case "searchsorted":
      let side = self["side"]?.string.flatMap { SearchSide(rawValue: $0) } ?? .left
      return try searchsorted(array(0), array(1), side: side, options: options)
    case "digitize":
      return try digitize(array(0), array(1), right: self["right"]?.bool ?? false, options: options)
    case "interp":
      let (xp, fp) = (self["xp"]?.array ?? [], self["fp"]?.array ?? [])
      return try interp(
        array(0), xp.compactMap(\.double), fp.compactMap(\.double), left: self["left"]?.double,
        right: self["right"]?.double, period: self["period"]?.double)
    default: return nil
    }
  }
}
