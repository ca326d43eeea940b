import TesseraCore

// JSON as RFC 8259 has it: https://www.rfc-editor.org/rfc/rfc8259
//
//   value  = null | true | false | number | string | array | object      ws = space, tab, LF, CR
//   number = [-] (0 | 1-9 digits) [. digits] [(e | E) [+ | -] digits]
//   string = " (UTF-8 without control characters | \" \\ \/ \b \f \n \r \t | \uXXXX)* "
//
// Stricter than many readers: the UTF-8 must be valid, surrogates come in pairs, and a key that occurs twice
// is an error, for which of the two counts differs between readers. Laxer in one point: NaN, Infinity and
// -Infinity are numbers, since Python's json module writes them into Zarr attributes.

/// A recursive-descent parser over borrowed bytes, in time linear in their number.
struct JSONParser {
  let bytes: UnsafeRawBufferPointer
  let limits: JSONLimits
  /// From the object that is being parsed on, the keys that lead to a value which is passed over; empty for none.
  private var omitted: ArraySlice<String>
  var position = 0
  private var depth = 0
  private var values = 0

  init(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits, omitting path: [String] = []) {
    self.bytes = bytes
    self.limits = limits
    omitted = path[...]
  }

  /// The one value of the whole text.
  mutating func document() throws -> JSONValue {
    guard bytes.count <= limits.bytes else {
      throw TesseraError(
        .unsupported, "JSON text is too large", expected: "at most \(limits.bytes) bytes",
        got: "\(bytes.count)")
    }
    skipWhitespace()
    // A path leads through objects alone.
    if current != UInt8(ascii: "{") { omitted = [] }
    let value = try self.value()
    skipWhitespace()
    guard position == bytes.count else { throw unexpected("the end") }
    return value
  }

  /// The byte at the position, nil at the end.
  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipWhitespace() {
    while let byte = current, byte == 0x20 || (byte <= 0x0D && (byte == 0x0A || byte == 0x0D || byte == 0x09))
    {
      position += 1
    }
  }

  private mutating func value() throws -> JSONValue {
    skipWhitespace()
    values += 1
    guard values <= limits.values else {
      throw TesseraError(
        .unsupported, "JSON has too many values", expected: "at most \(limits.values)", got: "more")
    }
    switch current {
    case UInt8(ascii: "{"): return try nested { try $0.object() }
    case UInt8(ascii: "["): return try nested { try $0.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number(try number())
    case UInt8(ascii: "n"): return try keyword("null", .null)
    case UInt8(ascii: "t"): return try keyword("true", .bool(true))
    case UInt8(ascii: "f"): return try keyword("false", .bool(false))
    case UInt8(ascii: "N"): return try keyword("NaN", .number(JSONNumber(known: "NaN")))
    case UInt8(ascii: "I"): return try keyword("Infinity", .number(JSONNumber(known: "Infinity")))
    default: throw unexpected("a value")
    }
  }

  private mutating func nested(_ body: (inout JSONParser) throws -> JSONValue) throws -> JSONValue {
    guard depth < limits.depth else {
      throw invalid("JSON is nested too deeply", expected: "at most \(limits.depth) levels", got: "more")
    }
    depth += 1
    position += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func array() throws -> JSONValue {
    var elements: [JSONValue] = []
    if skip(UInt8(ascii: "]")) { return .array(elements) }
    while true {
      elements.append(try value())
      if skip(UInt8(ascii: "]")) { return .array(elements) }
      guard skip(UInt8(ascii: ",")) else { throw unexpected("',' or ']'") }
    }
  }

  private mutating func object() throws -> JSONValue {
    var members = JSONObject()
    if skip(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipWhitespace()
      let start = position
      guard current == UInt8(ascii: "\"") else { throw unexpected("a key") }
      let key = try string()
      guard skip(UInt8(ascii: ":")) else { throw unexpected("':'") }
      guard members.insert(key, try value(of: key)) else {
        position = start
        throw invalid("duplicate JSON key", expected: "each key once", got: "'\(key.prefix(64))' again")
      }
      if skip(UInt8(ascii: "}")) { return .object(members) }
      guard skip(UInt8(ascii: ",")) else { throw unexpected("',' or '}'") }
    }
  }

  /// The value of a member: null in place of an object or array that is to be passed over.
  private mutating func value(of key: String) throws -> JSONValue {
    let path = omitted
    let isOnPath = path.first.map { $0.utf8.elementsEqual(key.utf8) } ?? false
    skipWhitespace()
    let isObject = current == UInt8(ascii: "{")
    if isOnPath, path.count == 1, isObject || current == UInt8(ascii: "[") {
      try pass()
      return .null
    }
    omitted = isOnPath && isObject ? path.dropFirst() : []
    defer { omitted = path }
    return try value()
  }

  /// Moves past an object or array, of which nothing but brackets and strings is looked at.
  private mutating func pass() throws {
    var depth = 0
    repeat {
      switch current {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""): try passString()
      case nil: throw unexpected("'}' or ']'")
      default: break
      }
      position += 1
    } while depth > 0
  }

  /// Moves from the quote that opens a string to the one that closes it.
  private mutating func passString() throws {
    position += 1
    while let byte = current, byte != UInt8(ascii: "\"") {
      position = min(position + (byte == UInt8(ascii: "\\") ? 2 : 1), bytes.count)
    }
    guard current != nil else { throw unexpected("'\"'") }
  }

  /// Moves past white space and `byte`; false when something else follows.
  private mutating func skip(_ byte: UInt8) -> Bool {
    skipWhitespace()
    guard current == byte else { return false }
    position += 1
    return true
  }

  mutating func keyword(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
    let count = word.utf8CodeUnitCount
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: count)
    guard bytes.count - position >= count, bytes[position..<(position + count)].elementsEqual(letters) else {
      throw unexpected("'\(word)'")
    }
    position += count
    return value
  }
}
