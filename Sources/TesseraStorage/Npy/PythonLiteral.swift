/// The Python literals that `.npy` headers are made of.
enum PythonLiteral: Hashable {
  case none
  case bool(Bool)
  /// The digits, with a minus sign where there is one; of any length.
  case integer(String)
  case string(String)
  case tuple([PythonLiteral])
  case list([PythonLiteral])
  case dictionary([Pair])

  struct Pair: Hashable {
    let key: PythonLiteral
    let value: PythonLiteral
  }
}

extension PythonLiteral: CustomStringConvertible {
  /// As Python's `repr` writes it, except that strings that hold both kinds of quotes are not escaped.
  var description: String {
    switch self {
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let digits): digits
    case .string(let text): text.contains("'") ? "\"\(text)\"" : "'\(text)'"
    case .tuple(let elements): elements.count == 1 ? "(\(elements[0]),)" : "(\(Self.joined(elements)))"
    case .list(let elements): "[\(Self.joined(elements))]"
    case .dictionary(let pairs): "{" + pairs.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    }
  }

  private static func joined(_ elements: [PythonLiteral]) -> String {
    elements.map(\.description).joined(separator: ", ")
  }
}
