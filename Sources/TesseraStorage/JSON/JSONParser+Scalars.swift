import TesseraCore

extension JSONParser {
  mutating func number() throws -> JSONNumber {
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    if current == UInt8(ascii: "I") {
      position = start
      _ = try keyword("-Infinity", .null)
      return JSONNumber(known: "-Infinity")
    }
    if current == UInt8(ascii: "0") {
      position += 1
    } else {
      try digits()
    }
    if current == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return JSONNumber(known: String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits() throws {
    let start = position
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw unexpected("a digit") }
  }

  /// The string whose opening quote is at the position.
  mutating func string() throws -> String {
    let opening = position
    position += 1
    var start = position
    var unescaped: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        defer { position += 1 }
        if unescaped.isEmpty { return try text(bytes[start..<position], from: opening) }
        unescaped.append(contentsOf: bytes[start..<position])
        return try text(unescaped, from: opening)
      case UInt8(ascii: "\\"):
        unescaped.append(contentsOf: bytes[start..<position])
        position += 1
        try escape(into: &unescaped)
        start = position
      case 0..<0x20: throw unexpected("an escaped control character")
      default: position += 1
      }
    }
    throw unexpected("'\"'")
  }

  private mutating func text(_ utf8: some Collection<UInt8>, from opening: Int) throws -> String {
    guard let text = String(validating: utf8, as: UTF8.self) else {
      position = opening
      throw invalid("invalid JSON string", expected: "UTF-8", got: "other bytes")
    }
    return text
  }

  /// What stands after a backslash.
  private mutating func escape(into unescaped: inout [UInt8]) throws {
    guard let byte = current else { throw unexpected("an escaped character") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
    case UInt8(ascii: "b"): unescaped.append(0x08)
    case UInt8(ascii: "f"): unescaped.append(0x0C)
    case UInt8(ascii: "n"): unescaped.append(0x0A)
    case UInt8(ascii: "r"): unescaped.append(0x0D)
    case UInt8(ascii: "t"): unescaped.append(0x09)
    case UInt8(ascii: "u"): unescaped.append(contentsOf: String(try escapedScalar()).utf8)
    default:
      position -= 1
      throw unexpected("one of '\"\\/bfnrtu' after a backslash")
    }
  }

  /// One code point: four hexadecimal digits, or a pair of surrogates.
  private mutating func escapedScalar() throws -> Character {
    let start = position
    let unit = try codeUnit()
    if let scalar = Unicode.Scalar(unit) { return Character(scalar) }
    if unit < 0xDC00, current == UInt8(ascii: "\\") {
      position += 1
      if current == UInt8(ascii: "u") {
        position += 1
        let low = try codeUnit()
        if (0xDC00...0xDFFF).contains(low),
          let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        {
          return Character(scalar)
        }
      }
    }
    position = start
    throw invalid("invalid JSON escape", expected: "surrogates in pairs", got: "a lone surrogate")
  }

  private mutating func codeUnit() throws -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw unexpected("four hexadecimal digits")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
