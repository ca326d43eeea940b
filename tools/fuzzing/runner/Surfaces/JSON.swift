import TesseraStorage

extension Surface {
  /// A JSON text.
  static let json = Surface("json") { bytes in
    let value = try JSONValue(parsing: bytes)
    for pretty in [false, true] {
      let again = must("JSON that was written") { try JSONValue(parsing: value.utf8(pretty: pretty)) }
      require(again == value, "\(value) is \(again) once it was written")
    }
    for number in numbers(in: value) {
      require(number.int.map { JSONNumber($0).int == $0 } ?? true, "the integer \(number.text)")
      require(number.text == "NaN" || !number.double.isNaN, "the number \(number.text)")
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
