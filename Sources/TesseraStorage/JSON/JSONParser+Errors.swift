import TesseraCore

extension JSONParser {
  /// An error about the byte at the position.
  func unexpected(_ expected: String) -> TesseraError {
    invalid("invalid JSON", expected: expected, got: found)
  }

  /// An error that says where, in lines and characters from 1; counted only now, so parsing stays linear.
  func invalid(_ what: String, expected: String, got: String) -> TesseraError {
    var line = 1
    var column = 1
    for byte in bytes[..<position] {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return TesseraError(
      .corrupt, "\(what) at line \(line), column \(column)", expected: expected, got: got)
  }

  private var found: String {
    guard let byte = current else { return "the end" }
    if (0x20..<0x7F).contains(byte) { return "'\(Character(Unicode.Scalar(byte)))'" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "byte 0x" + (digits.count == 1 ? "0" : "") + digits
  }
}
