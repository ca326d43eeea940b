import Tessera

extension Step {
  /// Views, casts and a user's own functions; nil for any other operation.
  func view() throws -> NDArray? {
    let lengths = self["shape"]?.ints ?? []
    switch operation {
    case "index": return try array(0)[Selection(items())]
    case "transpose": return try array(0).transposed(self["axes"]?.ints)
    case "moveaxis": return try array(0).moveaxis(self["from"]?.ints ?? [], self["to"]?.ints ?? [])
    case "swapaxes":
      let axes = self["axes"]?.ints ?? []
      return try array(0).swapaxes(axes[0], axes[1])
    case "flip": return try array(0).flip(axis: axes)
    case "expand_dims": return try array(0).expandDims(axis: axes ?? [])
    case "squeeze": return try array(0).squeeze(axis: axes)
    case "broadcast_to": return try array(0).broadcast(to: lengths)
    case "reshape": return try array(0).reshape(lengths)
    case "ravel": return try array(0).ravel()
    case "take": return try taken(array(0))
    case "take_along_axis":
      if argumentCount > 1 { return try array(0).takeAlongAxis(array(1), axis: axis) }
      let indices = (self["indices"]?.ints ?? []).map(Int64.init)
      return try array(0).takeAlongAxis(NDArray(indices, shape: self["indices_shape"]?.ints), axis: axis)
    case "put_along_axis":
      let indices = (self["indices"]?.ints ?? []).map(Int64.init)
      return try array(0).putAlongAxis(
        NDArray(indices, shape: self["indices_shape"]?.ints), array(1), axis: axis)
    case "compress":
      let condition = (self["condition"]?.array ?? []).map { $0.bool ?? false }
      return try array(0).compress(NDArray(condition), axis: axis)
    case "boolean_index", "integer_index": return try indexed(array(0))
    case "replace":
      if argumentCount > 1 {
        return try array(0).replacing(at: indexItems(), with: array(1), options: options)
      }
      return try array(0).replacing(at: indexItems(), with: self["value"]?.int ?? 0, options: options)
    case "advanced_index": return try array(0).indexed(by: indexItems(), options: options)
    case "astype":
      guard let dtype else { throw BadJob(what: "astype to nothing") }
      return try array(0).astype(dtype)
    case "map": return try mapped(array(0))
    case "apply_along_axis": return try applied(array(0))
    default: return try arranged()
    }
  }

  /// Elements moved along, repeated and surrounded.
  private func arranged() throws -> NDArray? {
    let repeats = self["repeats"]?.ints ?? []
    switch operation {
    case "roll":
      let shifts = self["shifts"]?.ints ?? []
      return try axes.map { try array(0).roll(shifts, axis: $0.values) } ?? array(0).roll(shifts[0])
    case "sliding_window_view":
      return try array(0).slidingWindowView(self["window"]?.ints ?? [], axis: axes)
    case "tile": return try array(0).tile(repeats)
    case "repeat":
      return try repeats.count == 1
        ? array(0).repeat(repeats[0], axis: axis) : array(0).repeat(repeats, axis: axis)
    case "pad":
      let widths = (self["widths"]?.array ?? []).compactMap(\.ints).map { (before: $0[0], after: $0[1]) }
      return try array(0).pad(widths, mode: padMode())
    case "diagonal":
      let axes = self["axes"]?.ints ?? []
      return try array(0).diagonal(offset: self["offset"]?.int ?? 0, axis1: axes[0], axis2: axes[1])
    case "diag": return try array(0).diag(k: self["k"]?.int ?? 0)
    case "tril": return try array(0).tril(k: self["k"]?.int ?? 0)
    case "triu": return try array(0).triu(k: self["k"]?.int ?? 0)
    default: return try turned() ?? changed()
    }
  }

  /// Planes turned and mirrored, and axes added.
  private func turned() throws -> NDArray? {
    switch operation {
    case "rot90":
      let axes = self["axes"]?.ints ?? []
      return try array(0).rot90(k: self["k"]?.int ?? 1, axes: (axes[0], axes[1]))
    case "fliplr": return try array(0).fliplr()
    case "flipud": return try array(0).flipud()
    case "atleast_1d": return try array(0).atLeast1D()
    case "atleast_2d": return try array(0).atLeast2D()
    case "atleast_3d": return try array(0).atLeast3D()
    default: return nil
    }
  }

  /// Positions added to an axis and taken from it.
  private func changed() throws -> NDArray? {
    let positions = self["positions"]?.ints ?? []
    switch operation {
    case "delete":
      if let range = self["range"]?.ints { return try delete(array(0), range[0]..<range[1], axis: axis) }
      if let position = self["position"]?.int { return try delete(array(0), position, axis: axis) }
      return try delete(array(0), positions, axis: axis)
    case "insert":
      let value = self["value"]?.int ?? 0
      if let position = self["position"]?.int { return try insert(array(0), position, value, axis: axis) }
      return try insert(array(0), positions, value, axis: axis)
    default: return nil
    }
  }

  private func padMode() throws -> NDArray.PadMode {
    switch self["mode"]?.string {
    case "edge": .edge
    case "reflect": .reflect
    case "symmetric": .symmetric
    case "wrap": .wrap
    default: .constant(try scalar(named: "value") ?? 0)
    }
  }

  /// By a list where the indices are one.
  private func taken(_ x: NDArray) throws -> NDArray {
    let (indices, shape) = (self["indices"]?.ints ?? [], self["indices_shape"]?.ints ?? [])
    if shape.count == 1 { return try x.take(indices, axis: axis) }
    return try x.take(NDArray(indices.map(Int64.init), shape: shape), axis: axis)
  }

  /// By a mask, or by positions along the first axis.
  private func indexed(_ x: NDArray) throws -> NDArray {
    if operation == "boolean_index" {
      let mask = (self["mask"]?.array ?? []).map { $0.bool ?? false }
      return try x[NDArray(mask, shape: self["mask_shape"]?.ints ?? []), options: options]
    }
    let (indices, shape) = (self["indices"]?.ints ?? [], self["indices_shape"]?.ints ?? [])
    if shape.count == 1 { return try x[indices] }
    return try x[NDArray(indices.map(Int64.init), shape: shape), options: options]
  }

  /// `["slice", start, stop, step]` with nulls, a position, `"..."` or `"new"`.
  private func items() -> [Selection.Item] { (self["items"]?.array ?? []).map(basicItem) }

  private func basicItem(_ item: JSONValue) -> Selection.Item {
    if let position = item.int { return .index(position) }
    if item.string != nil { return item.string == "..." ? .ellipsis : .newAxis }
    return .slice(start: item[1]?.int, stop: item[2]?.int, step: item[3]?.int)
  }

  /// The same and `{"indices", "shape"}` or `{"mask", "shape"}`: a list where the indices are one; or `{"mesh"}` of several.
  private func indexItems() throws -> [IndexItem] {
    try (self["items"]?.array ?? []).map { item in
      if let lists = item["mesh"]?.array { return .mesh(try lists.map { try indexItem($0) }) }
      return try indexItem(item)
    }
  }

  private func indexItem(_ item: JSONValue) throws -> IndexItem {
    guard let shape = item["shape"]?.ints else { return .basic(basicItem(item)) }
    if let marks = item["mask"]?.array {
      return .array(try NDArray(marks.map { $0.bool ?? false }, shape: shape))
    }
    let indices = item["indices"]?.ints ?? []
    if shape.count == 1 { return .positions(indices) }
    return .array(try NDArray(indices.map(Int64.init), shape: shape))
  }

  /// A closure that NumPy can say too: 2x + 1.
  private func mapped(_ array: NDArray) throws -> NDArray {
    switch array.dtype {
    case .float64: try array.map { (x: Double) in x * 2 + 1 }
    case .float32: try array.map { (x: Float) in x * 2 + 1 }
    case .int64: try array.map { (x: Int64) in x &* 2 &+ 1 }
    case .uint8: try array.map { (x: UInt8) in x &* 2 &+ 1 }
    default: throw BadJob(what: "map of \(array.dtype)")
    }
  }

  /// Closures of a line: its last element and its first one, or how many are above zero.
  private func applied(_ array: NDArray) throws -> NDArray {
    switch array.dtype {
    case .float64: try applied(array, as: Double.self)
    case .float32: try applied(array, as: Float.self)
    case .int64: try applied(array, as: Int64.self)
    case .uint8: try applied(array, as: UInt8.self)
    default: throw BadJob(what: "lines of \(array.dtype)")
    }
  }

  private func applied<T: Element & Numeric & Comparable>(_ array: NDArray, as _: T.Type) throws -> NDArray {
    let axis = axis ?? 0
    if self["part"]?.string == "ends" {
      return try array.applyAlongAxis(
        { (line: [T]) in [line.last ?? 0, line.first ?? 0] }, axis: axis, count: 2)
    }
    return try array.applyAlongAxis({ (line: [T]) in Int64(line.count { $0 > 0 }) }, axis: axis)
  }

  /// `concatenate` and its relatives; nil for any other operation.
  func joined() throws -> NDArray? {
    switch operation {
    case "concatenate": try concatenate(allArrays(), axis: self["flat"]?.bool == true ? nil : axis ?? 0)
    case "stack": try stack(allArrays(), axis: axis ?? 0)
    case "vstack": try vstack(allArrays())
    case "hstack": try hstack(allArrays())
    case "dstack": try dstack(allArrays())
    case "column_stack": try columnStack(allArrays())
    case "append": try append(array(0), array(1), axis: axis)
    case "array_split":
      try array(0).arraySplit(self["sections"]?.int ?? 1, axis: axis ?? 0)[self["part"]?.int ?? 0]
    case "split": try array(0).split(self["sections"]?.int ?? 1, axis: axis ?? 0)[self["part"]?.int ?? 0]
    default: nil
    }
  }

  /// `where`, `clip`, `round` and what compares; nil for any other operation.
  func chosen() throws -> NDArray? {
    switch operation {
    case "where":
      let mask = try array(0)
      switch (try operand(1), try operand(2)) {
      case (.array(let a), .array(let b)): return try `where`(mask, a, b)
      case (.array(let a), .scalar(let b)): return try `where`(mask, a, b)
      case (.scalar(let a), .array(let b)): return try `where`(mask, a, b)
      default: throw BadJob(what: "where of two scalars")
      }
    case "clip":
      if argumentCount == 3 { return try array(0).clip(array(1), array(2)) }
      return try array(0).clip(scalar(named: "lower"), scalar(named: "upper"))
    case "nan_to_num":
      return try array(0).nanToNum(
        nan: self["nan"]?.double ?? 0, posinf: self["posinf"]?.double, neginf: self["neginf"]?.double)
    case "round": return try array(0).round(self["decimals"]?.int ?? 0)
    case "diff":
      let edges = (self["edges"]?.array ?? []).compactMap(\.string)
      let first = try edges.firstIndex(of: "prepend").map { try array($0 + 1) }
      let last = try edges.firstIndex(of: "append").map { try array($0 + 1) }
      return try array(0).diff(n: self["n"]?.int ?? 1, axis: axis ?? -1, prepend: first, append: last)
    case "divmod":
      let parts = try divmod(array(0), array(1))
      return self["part"]?.int == 0 ? parts.quotient : parts.remainder
    case "gradient":
      return try array(0).gradient(
        spacing: self["spacing"]?.double ?? 1, axis: axis ?? 0, edgeOrder: self["edge_order"]?.int ?? 1)
    case "ediff1d": return try array(0).ediff1d()
    case "isclose", "allclose": return try compared()
    default: return nil
    }
  }

  private func compared() throws -> NDArray {
    let (a, b) = (try array(0), try array(1))
    let (rtol, atol) = (self["rtol"]?.double ?? 1e-5, self["atol"]?.double ?? 1e-8)
    let equalNaN = self["equal_nan"]?.bool ?? false
    if operation == "isclose" { return try a.isclose(b, rtol: rtol, atol: atol, equalNaN: equalNaN) }
    return NDArray(try a.allclose(b, rtol: rtol, atol: atol, equalNaN: equalNaN, options: options))
  }
}
