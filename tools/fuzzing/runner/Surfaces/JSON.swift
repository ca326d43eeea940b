import TesseraStorage

extension Surface {
  /// A JSON text.
  static let json = Surface("json") { bytes in
    let value = try JSONValue(parsing: bytes)
    for pretty in [false, true] {
      let again = must("JSON that was written") { try JSONValue(parsing: value.utf8(pretty: pretty)) }
      require(again == value, "\(value) is \(again) once it was written")
    }
    checkOmission(value)
    for number in numbers(in: value) {
      require(number.int.map { JSONNumber($0).int == $0 } ?? true, "the integer \(number.text)")
      require(number.text == "NaN" || !number.double.isNaN, "the number \(number.text)")
    }
  }

  /// Passing over one member leaves the others as they are.
  private static func checkOmission(_ value: JSONValue) {
    guard let members = value.object else { return }
    for (key, member) in members.prefix(8) {
      var expected = members
      if member.object != nil || member.array != nil { expected[key] = .null }
      let text = value.utf8(pretty: true)
      let rest = must("JSON without a part") { try JSONValue(parsing: text, omitting: [key]) }
      require(rest == .object(expected), "\(value) without '\(key)' is \(rest)")
    }
  }

  private static func numbers(in value: JSONValue) -> [JSONNumber] {
    switch value {
    case .number(let number): [number]
    case .array(let elements): elements.flatMap(numbers)
    case .object(let members): members.values.flatMap(numbers)
    default: []
    }
  }
}
