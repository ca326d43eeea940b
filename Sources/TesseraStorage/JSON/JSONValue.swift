/// A JSON document, or a part of one.
///
/// Numbers keep their text and objects their order, so that metadata written by other software can be
/// changed in one place and stay as it was in all others.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue {
  public var isNull: Bool { self == .null }

  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  public var number: JSONNumber? {
    if case .number(let value) = self { value } else { nil }
  }

  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  public var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  public var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The value of a number written as an integer that fits; nil for anything else.
  public var int: Int? { number?.int }
  public var uint64: UInt64? { number?.uint64 }
  /// The nearest `Double` of a number; nil for anything else.
  public var double: Double? { number?.double }

  /// The array of integers that shapes and chunk shapes are; nil when any element is something else.
  public var ints: [Int]? {
    guard let array else { return nil }
    let ints = array.compactMap(\.int)
    return ints.count == array.count ? ints : nil
  }

  /// The member `key` of an object; nil for a missing one, and for anything that is no object.
  ///
  /// Assigning makes an object of a value that is none.
  public subscript(key: String) -> JSONValue? {
    get { object?[key] }
    set {
      var members = object ?? JSONObject()
      members[key] = newValue
      self = .object(members)
    }
  }

  /// The element at `index` of an array; nil when it is out of range, and for anything that is no array.
  public subscript(index: Int) -> JSONValue? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }

  /// What kind of value this is, for messages: `a number`, `an object`.
  package var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
