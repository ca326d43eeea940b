/// The members of a JSON object, in the order they were written or added.
///
/// Keys are told apart by their code points, as JSON does: two spellings of `é` are two keys.
public struct JSONObject: Sendable {
  public private(set) var keys: [String] = []
  public private(set) var values: [JSONValue] = []
  /// Where each key is; left empty while a linear search is faster.
  private var positions: [ExactString: Int] = [:]

  private static let indexedFrom = 16

  public init() {}

  public var count: Int { keys.count }
  public var isEmpty: Bool { keys.isEmpty }

  /// The value of `key`; assigning to a new key appends it, assigning nil removes it.
  ///
  /// Removal moves everything after the key, O(count).
  public subscript(key: String) -> JSONValue? {
    get { position(of: key).map { values[$0] } }
    set {
      guard let newValue else { return remove(key) }
      if let position = position(of: key) {
        values[position] = newValue
      } else {
        append(key, newValue)
      }
    }
  }

  /// Adds a member unless there is one of that name; false when there is.
  mutating func insert(_ key: String, _ value: JSONValue) -> Bool {
    if position(of: key) != nil { return false }
    append(key, value)
    return true
  }

  private func position(of key: String) -> Int? {
    if positions.isEmpty { return keys.firstIndex { ExactString($0) == ExactString(key) } }
    return positions[ExactString(key)]
  }

  private mutating func append(_ key: String, _ value: JSONValue) {
    keys.append(key)
    values.append(value)
    if !positions.isEmpty {
      positions[ExactString(key)] = keys.count - 1
    } else if keys.count >= JSONObject.indexedFrom {
      index()
    }
  }

  private mutating func remove(_ key: String) {
    guard let position = position(of: key) else { return }
    keys.remove(at: position)
    values.remove(at: position)
    positions = [:]
    if keys.count >= JSONObject.indexedFrom { index() }
  }

  private mutating func index() {
    positions.reserveCapacity(keys.count)
    for (position, key) in keys.enumerated() { positions[ExactString(key)] = position }
  }
}

extension JSONObject: Hashable {
  /// Equal members in the same order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.values == right.values
      && left.keys.elementsEqual(right.keys) { ExactString($0) == ExactString($1) }
  }

  public func hash(into hasher: inout Hasher) {
    for key in keys { hasher.combine(ExactString(key)) }
    hasher.combine(values)
  }
}

extension JSONObject: Sequence {
  public func makeIterator() -> Zip2Sequence<[String], [JSONValue]>.Iterator {
    zip(keys, values).makeIterator()
  }
}

/// A string compared by its bytes; Swift's own comparison takes canonically equivalent texts for equal.
private struct ExactString: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ExactString, right: ExactString) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
