import TesseraCore

// The part of Python's literal syntax that NumPy writes, or has written, into `.npy` headers:
//
//   value = None | True | False | integer | string | tuple | list | dictionary
//   integer = [-] digits [L]                  the L is Python 2's
//   string = [u | b] '…' | "…"                with backslash escapes
//   tuple = () | (value ,) | (value, value …[,])        (value) alone is the value itself
//
// Python reference, "Lexical analysis": https://docs.python.org/3/reference/lexical_analysis.html

/// A recursive-descent parser over the decoded header text.
struct PythonLiteralParser {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var depth = 0

  /// Nested structured dtypes are a few levels deep; the parser recurses, so there must be a limit.
  private static let maximumDepth = 32

  init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

  /// The one value of the whole text.
  mutating func document() throws -> PythonLiteral {
    let value = try self.value()
    skipWhitespace()
    guard position == scalars.count else { throw unexpected("the end") }
    return value
  }

  private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func skipWhitespace() {
    while let scalar = current, scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r" {
      position += 1
    }
  }

  /// Moves past white space and `scalar`; false when something else follows.
  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    skipWhitespace()
    guard current == scalar else { return false }
    position += 1
    return true
  }

  private mutating func value() throws -> PythonLiteral {
    skipWhitespace()
    switch current {
    case "{": return try nested { try $0.dictionary() }
    case "(": return try nested { try $0.tuple() }
    case "[": return try nested { .list(try $0.elements(until: "]").values) }
    case "'", "\"": return .string(try string())
    case "-", .some("0"..."9"): return .integer(try integer())
    default: return try word()
    }
  }

  private mutating func nested(_ body: (inout PythonLiteralParser) throws -> PythonLiteral) throws
    -> PythonLiteral
  {
    guard depth < PythonLiteralParser.maximumDepth else {
      throw TesseraError(
        .corrupt, "header is nested too deeply",
        expected: "at most \(PythonLiteralParser.maximumDepth) levels", got: "more")
    }
    depth += 1
    position += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func tuple() throws -> PythonLiteral {
    let (values, endsInComma) = try elements(until: ")")
    return values.count == 1 && !endsInComma ? values[0] : .tuple(values)
  }

  private mutating func elements(
    until closing: Unicode.Scalar
  ) throws -> (values: [PythonLiteral], endsInComma: Bool) {
    var values: [PythonLiteral] = []
    while true {
      if skip(closing) { return (values, !values.isEmpty) }
      values.append(try value())
      if skip(closing) { return (values, false) }
      guard skip(",") else { throw unexpected("',' or '\(closing)'") }
    }
  }

  private mutating func dictionary() throws -> PythonLiteral {
    var pairs: [PythonLiteral.Pair] = []
    while true {
      if skip("}") { return .dictionary(pairs) }
      let key = try value()
      guard skip(":") else { throw unexpected("':'") }
      pairs.append(PythonLiteral.Pair(key: key, value: try value()))
      if skip("}") { return .dictionary(pairs) }
      guard skip(",") else { throw unexpected("',' or '}'") }
    }
  }

  private mutating func integer() throws -> String {
    var digits = String.UnicodeScalarView()
    if current == "-" {
      digits.append("-")
      position += 1
    }
    let start = position
    while let scalar = current, ("0"..."9").contains(scalar) {
      digits.append(scalar)
      position += 1
    }
    guard position > start else { throw unexpected("a digit") }
    if current == "L" || current == "l" { position += 1 }
    return String(digits)
  }

  private mutating func word() throws -> PythonLiteral {
    let start = position
    while let scalar = current, ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) { position += 1 }
    var name = String.UnicodeScalarView()
    name.append(contentsOf: scalars[start..<position])
    switch String(name) {
    case "None": return .none
    case "True": return .bool(true)
    case "False": return .bool(false)
    case "u", "b", "U", "B":
      if current == "'" || current == "\"" { return .string(try string()) }
    default: break
    }
    position = start
    throw unexpected("a value")
  }

  private mutating func string() throws -> String {
    let quote = current
    position += 1
    var text = String.UnicodeScalarView()
    while let scalar = current, scalar != "\n" {
      position += 1
      if scalar == quote { return String(text) }
      text.append(scalar == "\\" ? try escape() : scalar)
    }
    throw unexpected("the string's closing quote")
  }

  /// What stands after a backslash.
  private mutating func escape() throws -> Unicode.Scalar {
    guard let scalar = current else { throw unexpected("an escaped character") }
    position += 1
    switch scalar {
    case "\\", "'", "\"": return scalar
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "x": return try hexadecimal(2)
    case "u": return try hexadecimal(4)
    case "U": return try hexadecimal(8)
    default:
      position -= 1
      throw unexpected("an escape that repr() writes")
    }
  }

  private mutating func hexadecimal(_ count: Int) throws -> Unicode.Scalar {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let scalar = current, scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
        throw unexpected("\(count) hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    guard let scalar = Unicode.Scalar(value) else { throw unexpected("a Unicode character") }
    return scalar
  }

  private func unexpected(_ expected: String) -> TesseraError {
    TesseraError(
      .corrupt, "invalid .npy header at character \(position + 1)", expected: expected,
      got: current.map { "'\($0)'" } ?? "the end")
  }
}
