import Tessera

extension Step {
  /// What depends on the elements in its shape: a part of what `unique` gives, and `argwhere`; nil for any other operation.
  func distinct() throws -> NDArray? {
    if operation == "argwhere" { return try array(0).argwhere(options: options) }
    guard operation == "unique" else { return nil }
    let equalNaN = self["equal_nan"]?.bool ?? true
    let x = try array(0)
    switch self["part"]?.string {
    case "index": return try x.unique(returning: .index, equalNaN: equalNaN, options: options).index
    case "inverse":
      // Beside what it does not need.
      return try x.unique(returning: [.inverse, .counts], equalNaN: equalNaN, options: options).inverse
    case "counts": return try x.unique(returning: .counts, equalNaN: equalNaN, options: options).counts
    default: return try x.unique(equalNaN: equalNaN, options: options)
    }
  }
}
