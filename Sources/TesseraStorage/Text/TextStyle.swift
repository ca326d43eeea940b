package import TesseraCore

/// How an array is written as text: the arguments of NumPy's `savetxt`.
package struct TextStyle: Sendable {
  package let conversion: TextConversion
  let delimiter: [UInt8]
  let newline: [UInt8]
  /// Before the first row, and behind the last.
  let head: [UInt8]
  let tail: [UInt8]

  /// - Throws: `.usage` for a format that cannot be.
  package init(
    format: String, delimiter: String, newline: String, header: String, footer: String, comments: String
  ) throws {
    conversion = try TextConversion(format)
    (self.delimiter, self.newline) = (Array(delimiter.utf8), Array(newline.utf8))
    func comment(_ text: String) -> [UInt8] {
      if text.isEmpty { return [] }
      // By bytes: to Swift "\r\n" is one character, in which it finds no "\n".
      var bytes = Array(comments.utf8)
      for byte in text.utf8 {
        bytes.append(byte)
        if byte == UInt8(ascii: "\n") { bytes += comments.utf8 }
      }
      return bytes + newline.utf8
    }
    (head, tail) = (comment(header), comment(footer))
  }

  /// - Throws: `.usage` for arrays that are neither of one axis nor of two.
  package static func check(_ shape: Shape) throws {
    guard (1...2).contains(shape.rank) else {
      throw TesseraError(
        .usage, "shape of an array to be saved as text", expected: "one axis, or two", got: "\(shape)")
    }
  }

  /// Bytes that so many rows take at most.
  func longest(rows: Int, columns: Int, _ dtype: DType) -> Int {
    // A complex number is " (" re "+" im "j)".
    let number = conversion.longest(dtype)
    let field = (dtype.kind == .complex ? 2 * number + 5 : number) + delimiter.count
    return columns.saturatingMultiply(field).saturatingAdd(newline.count).saturatingMultiply(rows)
  }
}
