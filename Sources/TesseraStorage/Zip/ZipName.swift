import TesseraCore
import TesseraIO

/// Names of members: their encodings, and the tricks that are refused.
enum ZipName {
  /// IBM code page 437 from 0x80 on, which names without the UTF-8 flag are in.
  private static let upperHalf = Array(
    """
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}
    """.unicodeScalars)

  /// Decodes and checks a name.
  ///
  /// - Throws: for names that are not UTF-8 where they claim to be, and those `check` refuses.
  static func decode(_ bytes: ArraySlice<UInt8>, isUTF8: Bool) throws -> String {
    let name: String
    if isUTF8 {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw TesseraError(.corrupt, "invalid member name", expected: "UTF-8", got: "other bytes")
      }
      name = text
    } else {
      var scalars = String.UnicodeScalarView()
      for byte in bytes { scalars.append(byte < 0x80 ? Unicode.Scalar(byte) : upperHalf[Int(byte) - 0x80]) }
      name = String(scalars)
    }
    try check(name)
    return name
  }

  /// Refuses names that, used as paths below a folder, could mean anything outside of it or one another.
  ///
  /// - Parameter kind: of the error; `.usage` for a name that somebody asks for.
  static func check(_ name: String, otherwise kind: TesseraError.Kind = .corrupt) throws {
    let scalars = name.unicodeScalars
    var components = name.split(separator: "/", omittingEmptySubsequences: false)
    if components.count > 1, components.last == "" { components.removeLast() }
    let isDrive = scalars.count > 1 && scalars.dropFirst().first == ":" && scalars.first?.isASCII == true
    guard !isDrive, !scalars.contains(where: { $0 == "\\" || $0.value < 0x20 || $0.value == 0x7F }),
      components.allSatisfy({ $0 != "" && $0 != "." && $0 != ".." }), Path.hasPlainSlashes(name)
    else {
      throw TesseraError(
        kind, "unsafe member name", expected: "a relative path without '..', '\\' or control characters",
        got: "'\(name.prefix(200))'")
    }
  }
}
