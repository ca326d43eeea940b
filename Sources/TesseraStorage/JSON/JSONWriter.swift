import TesseraCore

/// Appends JSON text to a byte array.
struct JSONWriter {
  let isPretty: Bool
  private(set) var bytes: [UInt8] = []
  /// How many values were written, and how many arrays and objects are within one another.
  private(set) var values = 0
  private(set) var depth = 0
  private var indentation = 0
  /// How many members the object that is being written has so far.
  private var members = 0

  init(isPretty: Bool) { self.isPretty = isPretty }

  mutating func write(_ value: JSONValue) {
    if case .object(let members) = value { return write(members) }
    values += 1
    switch value {
    case .null: write("null")
    case .bool(let value): write(value ? "true" : "false")
    case .number(let number): write(number.text)
    case .string(let text): writeString(text)
    case .array(let elements): write(elements)
    case .object: break
    }
  }

  private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Arrays of scalars (shapes, above all) stay on one line.
  private mutating func write(_ elements: [JSONValue]) {
    let isFlat = !elements.contains { $0.isContainer }
    enclose("[", "]", isEmpty: elements.isEmpty || isFlat) { writer in
      for (index, element) in elements.enumerated() {
        if index > 0 { writer.separate(onOneLine: isFlat) }
        writer.write(element)
      }
    }
  }

  mutating func write(_ members: JSONObject) {
    object { writer in
      for (key, value) in members { writer.member(key) { $0.write(value) } }
    }
  }

  /// Writes an object whose members come one at a time, each by `member`, as there may be more than are to be kept.
  mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    let outer = members
    members = 0
    values += 1
    write("{")
    indent()
    try body(&self)
    indentation -= 1
    if members > 0 { startLine() }
    write("}")
    members = outer
  }

  /// Writes a member of an object: its key, and the value that `body` writes.
  mutating func member(_ key: String, _ body: (inout JSONWriter) throws -> Void) rethrows {
    if members > 0 { write(",") }
    startLine()
    writeString(key)
    write(isPretty ? ": " : ":")
    try body(&self)
    members += 1
  }

  /// Writes an object, but for the value at `path`, which `body` writes; the path is there.
  mutating func write(
    _ document: JSONObject, at path: ArraySlice<String>, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    try object { writer in
      for (key, value) in document {
        try writer.member(key) { writer in
          guard key == path.first else { return writer.write(value) }
          let rest = path.dropFirst()
          if rest.isEmpty { try body(&writer) } else { try writer.write(value.object ?? [:], at: rest, body) }
        }
      }
    }
  }

  private mutating func enclose(
    _ opening: String, _ closing: String, isEmpty: Bool, _ body: (inout JSONWriter) -> Void
  ) {
    write(opening)
    indent()
    if !isEmpty { startLine() }
    body(&self)
    indentation -= 1
    if !isEmpty { startLine() }
    write(closing)
  }

  private mutating func separate(onOneLine: Bool) {
    write(onOneLine && isPretty ? ", " : ",")
    if !onOneLine { startLine() }
  }

  private mutating func indent() {
    indentation += 1
    depth = max(depth, indentation)
  }

  private mutating func startLine() {
    guard isPretty else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: 2 * indentation))
  }

  private mutating func writeString(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): write("\\\"")
      case UInt8(ascii: "\\"): write("\\\\")
      case 0x08: write("\\b")
      case 0x09: write("\\t")
      case 0x0A: write("\\n")
      case 0x0C: write("\\f")
      case 0x0D: write("\\r")
      case 0..<0x20:
        write(byte < 0x10 ? "\\u000\(String(byte, radix: 16))" : "\\u00\(String(byte, radix: 16))")
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSONValue {
  fileprivate var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }

  /// The document as UTF-8: `pretty` with two spaces of indentation, or without any white space.
  public func utf8(pretty: Bool = false) -> [UInt8] {
    var writer = JSONWriter(isPretty: pretty)
    writer.write(self)
    return writer.bytes
  }

  /// The memory that it takes while it is kept, and read and written once more: values with their places in arrays and
  /// objects, and the text in several forms.
  var heldBytes: Int {
    var writer = JSONWriter(isPretty: false)
    writer.write(self)
    return writer.values.saturatingMultiply(160).saturatingAdd(writer.bytes.count.saturatingMultiply(4))
  }

  /// The document as text; see `utf8(pretty:)`.
  public func text(pretty: Bool = false) -> String {
    String(decoding: utf8(pretty: pretty), as: UTF8.self)
  }
}

extension JSONValue: CustomStringConvertible {
  public var description: String { text() }
}
