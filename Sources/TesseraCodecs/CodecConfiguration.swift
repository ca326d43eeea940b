import TesseraCore

/// Reads a codec's parameters one by one and then insists that none is left over.
struct CodecConfiguration {
  let name: String
  private var remaining: [String: CodecDescription.Value]

  init(_ description: CodecDescription) {
    name = description.name
    remaining = description.configuration
  }

  /// The raw value of `key`, which then counts as understood; `null` is as good as absent.
  mutating func take(_ key: String) -> CodecDescription.Value? {
    let value = remaining.removeValue(forKey: key)
    return value == .other("null") ? nil : value
  }

  mutating func int(_ key: String, in range: ClosedRange<Int>, default fallback: Int) throws -> Int {
    guard let value = take(key) else { return fallback }
    guard case .int(let number) = value, range.contains(number) else {
      throw invalid(key, expected: "\(range.lowerBound) to \(range.upperBound)", value)
    }
    return number
  }

  mutating func bool(_ key: String, default fallback: Bool) throws -> Bool {
    guard let value = take(key) else { return fallback }
    guard case .bool(let flag) = value else { throw invalid(key, expected: "true or false", value) }
    return flag
  }

  mutating func string(_ key: String, default fallback: String) throws -> String {
    guard let value = take(key) else { return fallback }
    guard case .string(let text) = value else { throw invalid(key, expected: "a string", value) }
    return text
  }

  /// What is not understood might change the bytes, so it is refused.
  func finish() throws {
    guard let (key, value) = remaining.min(by: { $0.key < $1.key }) else { return }
    throw TesseraError(.unsupported, "codec \"\(name)\": unknown parameter \"\(key)\"", got: "\(value)")
  }

  func invalid(_ key: String, expected: String, _ got: CodecDescription.Value) -> TesseraError {
    TesseraError(.unsupported, "codec \"\(name)\": parameter \"\(key)\"", expected: expected, got: "\(got)")
  }
}
