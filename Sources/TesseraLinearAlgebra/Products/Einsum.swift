import TesseraCore
public import TesseraEngine

/// NumPy's `einsum` of one or two operands: `einsum("ij,jk->ik", a, b)` is their matrix product, `einsum("ii", a)` a trace,
/// `einsum("ij->ji", a)` a transpose.
///
/// Without `->` the result has the labels that occur once, in alphabetical order. `...` stands for axes that broadcast. Axes of
/// length 1 broadcast too. Sums are made in the operands' dtype, which wraps for integers; halves add up in float32. Two
/// operands become one `matmul` of the axes brought together, or elementwise products where nothing is summed in both.
///
/// - Throws: `.usage` for subscripts that do not parse or do not fit the shapes, and for more than two operands.
public func einsum(_ subscripts: String, _ operands: NDArray...) throws -> NDArray {
  guard (1...2).contains(operands.count) else {
    throw TesseraError(.usage, "einsum: operands", expected: "one or two", got: "\(operands.count)")
  }
  let parsed = try EinsumSubscripts(subscripts, ranks: operands.map(\.ndim))
  let result = operands.dropFirst().reduce(operands[0].dtype) { DType.promoted($0, $1.dtype) }
  let dtype: DType = result == .float16 || result == .bfloat16 ? .float32 : result
  var terms = try zip(operands, parsed.operands).enumerated().map { number, term in
    try EinsumTerm(term.0.astype(dtype), term.1, operand: number)
  }
  let lengths = try EinsumTerm.lengths(terms)
  terms = try terms.map { try $0.withoutRepetition(lengths) }
  for number in terms.indices {
    let others = terms.indices.filter { $0 != number }.flatMap { terms[$0].labels }
    terms[number] = try terms[number].summed(keeping: Set(others + parsed.result))
  }
  let whole = terms.count == 1 ? terms[0] : try terms[0].times(terms[1], keeping: Set(parsed.result))
  return try whole.ordered(parsed.result).astype(result)
}

/// An array whose axes have labels, none twice.
private struct EinsumTerm {
  typealias Label = EinsumSubscripts.Label

  var array: NDArray
  var labels: [Label]

  init(_ array: NDArray, known labels: [Label]) { (self.array, self.labels) = (array, labels) }

  /// Takes the diagonal of axes that share a label.
  init(_ array: NDArray, _ labels: [Label], operand: Int) throws {
    self.init(array, known: labels)
    while let (first, second) = EinsumTerm.pair(self.labels) {
      let (own, other) = (self.array.shape[first], self.array.shape[second])
      guard own == other else {
        throw TesseraError(
          .usage,
          "einsum: dimensions in operand \(operand) for collapsing label \(EinsumSubscripts.name(self.labels[first])) don't "
            + "match (\(own) != \(other))")
      }
      try takeDiagonal(first, second)
    }
  }

  private static func pair(_ labels: [Label]) -> (Int, Int)? {
    for (place, label) in labels.enumerated() {
      if let again = labels[(place + 1)...].firstIndex(of: label) { return (place, again) }
    }
    return nil
  }

  /// Of two axes of n positions, which as one have the diagonal at every (n + 1)th.
  private mutating func takeDiagonal(_ first: Int, _ second: Int) throws {
    let label = labels[first]
    let length = array.shape[first]
    let moved = try array.moveaxis([first, second], [-2, -1])
    let others = Array(moved.shape.dimensions.dropLast(2))
    let flat = try moved.reshape(others + [length * length])
    array = try flat[Selection([.ellipsis, .slice(step: length + 1)])]
    labels.remove(at: second)
    labels.remove(at: first)
    labels.append(label)
  }

  /// The length of each label; axes of length 1 take that of others.
  static func lengths(_ terms: [EinsumTerm]) throws -> [Label: Int] {
    var lengths: [Label: Int] = [:]
    for term in terms {
      for (label, length) in zip(term.labels, term.array.shape.dimensions) {
        let known = lengths[label] ?? length
        guard known == length || known == 1 || length == 1 else {
          let shapes = terms.map { "\($0.array.shape)" }.joined(separator: " ")
          throw TesseraError(
            .usage, "einsum: operands could not be broadcast together with shapes \(shapes)",
            expected: "\(known) for \(EinsumSubscripts.name(label))", got: "\(length)")
        }
        lengths[label] = known == 1 ? length : known
      }
    }
    return lengths
  }

  /// Without axes of length 1 that another operand has longer.
  func withoutRepetition(_ lengths: [Label: Int]) throws -> EinsumTerm {
    let dropped = labels.indices.filter { array.shape[$0] == 1 && lengths[labels[$0]] != 1 }
    guard !dropped.isEmpty else { return self }
    return EinsumTerm(
      try array.squeeze(axis: dropped),
      known: labels.indices.filter { !dropped.contains($0) }.map { labels[$0] })
  }

  /// Summed over all axes but those that are still needed.
  func summed(keeping needed: Set<Label>) throws -> EinsumTerm {
    let axes = labels.indices.filter { !needed.contains(labels[$0]) }
    guard !axes.isEmpty else { return self }
    let sum =
      array.dtype == .bool
      ? try array.any(axis: axes) : try array.sum(axis: axes, dtype: array.dtype)
    return EinsumTerm(sum, known: labels.filter { needed.contains($0) })
  }

  func ordered(_ wanted: [Label]) throws -> NDArray {
    try array.transposed(wanted.map { labels.firstIndex(of: $0)! })
  }

  /// The product of two operands, summed over what is not kept.
  func times(_ other: EinsumTerm, keeping kept: Set<Label>) throws -> EinsumTerm {
    let shared = labels.filter { other.labels.contains($0) }
    let stack = shared.filter { kept.contains($0) }
    let summed = shared.filter { !kept.contains($0) }
    let (left, right) = (labels.filter { !shared.contains($0) }, other.labels.filter { !shared.contains($0) })
    if summed.isEmpty || left.isEmpty && right.isEmpty {
      return try elementwise(other, stack + left + right, summed)
    }
    let (first, second) = (try ordered(stack + left + summed), try other.ordered(stack + summed + right))
    let lengths = first.shape.dimensions
    let (rows, columns) = (
      Array(lengths[stack.count..<stack.count + left.count]),
      Array(second.shape.dimensions.suffix(right.count))
    )
    let stacked = Array(lengths[..<stack.count])
    let depth = lengths.suffix(summed.count).saturatingProduct()
    let product = try matmul(
      first.reshape(stacked + [rows.saturatingProduct(), depth]),
      second.reshape(stacked + [depth, columns.saturatingProduct()]))
    return EinsumTerm(try product.reshape(stacked + rows + columns), known: stack + left + right)
  }

  private func elementwise(_ other: EinsumTerm, _ result: [Label], _ summed: [Label]) throws -> EinsumTerm {
    let all = result + summed
    let (first, second) = (try spread(all), try other.spread(all))
    if summed.isEmpty { return EinsumTerm(try first * second, known: result) }
    return EinsumTerm(
      try sumOfProducts(first, second, axes: Axes(Array(result.count..<all.count))), known: result)
  }

  /// Axes in the order of all labels, of length 1 where there is none.
  private func spread(_ all: [Label]) throws -> NDArray {
    let own = all.filter { labels.contains($0) }
    let missing = all.indices.filter { !labels.contains(all[$0]) }
    let ordered = try ordered(own)
    return missing.isEmpty ? ordered : try ordered.expandDims(axis: missing)
  }
}
