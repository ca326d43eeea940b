/// A codec as array metadata names it: a name and its parameters, free of any JSON library.
package struct CodecDescription: Hashable, Sendable {
  package enum Value: Hashable, Sendable {
    case int(Int)
    case string(String)
    case bool(Bool)
    /// Anything no codec takes (null, a fraction, a list), as its text.
    case other(String)
  }

  package var name: String
  package var configuration: [String: Value]

  package init(name: String, configuration: [String: Value] = [:]) {
    self.name = name
    self.configuration = configuration
  }
}

extension CodecDescription.Value: CustomStringConvertible {
  package var description: String {
    switch self {
    case .int(let value): "\(value)"
    case .string(let value): "\"\(value)\""
    case .bool(let value): "\(value)"
    case .other(let text): text
    }
  }
}
