import Tessera

extension JSONValue {
  /// The document as the tool prints it: NaN and infinities are strings, which every JSON parser reads.
  var printed: String { withoutSpecials.text(pretty: true) + "\n" }

  private var withoutSpecials: JSONValue {
    switch self {
    case .number(let number) where !number.double.isFinite && JSONValue.specials.contains(number.text):
      .string(number.text)
    case .array(let elements): .array(elements.map(\.withoutSpecials))
    case .object(let members): .object(members.reduce(into: JSONObject()) { $0[$1.0] = $1.1.withoutSpecials })
    default: self
    }
  }

  private static let specials = ["NaN", "Infinity", "-Infinity"]
}
