import TesseraCore

extension NpyHeader {
  /// How many first bytes of a file `byteCount(of:fileSize:)` looks at.
  package static let prefixByteCount = 12

  /// The length of the header that begins with `prefix`, which is where the elements begin.
  ///
  /// - Parameter prefix: the first 12 bytes, or the whole file when it is shorter.
  package static func byteCount(of prefix: UnsafeRawBufferPointer, fileSize: Int) throws -> Int {
    guard prefix.count >= magic.count, prefix[..<magic.count].elementsEqual(magic) else {
      throw TesseraError(
        .corrupt, "not a .npy file", expected: "it to begin with \\x93NUMPY", got: "other bytes")
    }
    guard prefix.count >= 10 else { throw truncated(expected: "at least 10 bytes", fileSize) }
    let (major, minor) = (prefix[6], prefix[7])
    guard (1...3).contains(major), minor == 0 else {
      throw TesseraError(
        .unsupported, "unknown .npy version", expected: "1.0, 2.0 or 3.0", got: "\(major).\(minor)")
    }
    guard major == 1 || prefix.count >= 12 else { throw truncated(expected: "at least 12 bytes", fileSize) }
    let lengthBytes = major == 1 ? 2 : 4
    let length = (0..<lengthBytes).reversed().reduce(0) { $0 << 8 | Int(prefix[8 + $1]) }
    let total = 8 + lengthBytes + length
    guard total <= maximumByteCount else {
      throw TesseraError(
        .unsupported, ".npy header is too large", expected: "at most \(maximumByteCount) bytes",
        got: "\(total)")
    }
    guard total <= fileSize else { throw truncated(expected: "\(total) bytes", fileSize) }
    return total
  }

  private static func truncated(expected: String, _ fileSize: Int) -> TesseraError {
    TesseraError(.corrupt, "truncated .npy header", expected: expected, got: "\(fileSize)")
  }

  /// Parses the header, and checks that the elements it promises fit the file; bytes after them are allowed.
  ///
  /// - Parameters:
  ///   - prefix: at least the whole header, whose length `byteCount(of:fileSize:)` tells.
  ///   - fileSize: bytes of the whole file, or of the archive member.
  package static func parse(_ prefix: UnsafeRawBufferPointer, fileSize: Int) throws -> NpyHeader {
    let dataOffset = try byteCount(of: prefix, fileSize: fileSize)
    guard prefix.count >= dataOffset else { throw truncated(expected: "\(dataOffset) bytes", prefix.count) }
    let version = prefix[6]
    let body = UnsafeRawBufferPointer(rebasing: prefix[(version == 1 ? 10 : 12)..<dataOffset])
    var parser = PythonLiteralParser(try text(body, isUTF8: version == 3))
    let fields = try Fields(try parser.document())
    let shape = try Shape(stored: fields.shape)
    let header = NpyHeader(
      dtype: fields.type?.dtype, descr: fields.descr, order: fields.type?.order ?? .native,
      fortranOrder: fields.fortranOrder, shape: shape, dataOffset: dataOffset, version: version)
    try header.checkBody(fileSize: fileSize)
    return header
  }

  private static func text(_ bytes: UnsafeRawBufferPointer, isUTF8: Bool) throws -> [Unicode.Scalar] {
    guard isUTF8 else { return bytes.map { Unicode.Scalar($0) } }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TesseraError(.corrupt, "invalid .npy header", expected: "UTF-8", got: "other bytes")
    }
    return Array(text.unicodeScalars)
  }

  private func checkBody(fileSize: Int) throws {
    guard let expected = bodyByteCount else { return }
    guard expected <= fileSize - dataOffset else {
      throw TesseraError(
        .corrupt, "truncated .npy file",
        expected: "\(expected) bytes of elements for shape \(shape) of \(descr)",
        got: "\(fileSize - dataOffset)")
    }
  }

  /// The three entries of the dictionary.
  private struct Fields {
    let descr: String
    let type: (dtype: DType, order: ByteOrder)?
    let fortranOrder: Bool
    let shape: [Int]

    init(_ literal: PythonLiteral) throws {
      let entries = try Fields.entries(literal)
      switch entries[0] {
      case .string(let text):
        descr = text
        type = NpyDescr.parse(text)
      case .list, .tuple:
        descr = entries[0].description
        type = nil
      default: throw Fields.invalid("descr", expected: "a type string or a list of fields", got: entries[0])
      }
      guard case .bool(let fortranOrder) = entries[1] else {
        throw Fields.invalid("fortran_order", expected: "True or False", got: entries[1])
      }
      self.fortranOrder = fortranOrder
      guard case .tuple(let lengths) = entries[2] else {
        throw Fields.invalid("shape", expected: "a tuple of integers", got: entries[2])
      }
      shape = try lengths.map {
        guard case .integer(let digits) = $0, let length = Int(digits) else {
          throw Fields.invalid("shape", expected: "a tuple of 64-bit integers", got: entries[2])
        }
        return length
      }
    }

    /// The values of descr, fortran_order and shape, in this order.
    private static func entries(_ literal: PythonLiteral) throws -> [PythonLiteral] {
      let keys = ["descr", "fortran_order", "shape"]
      let expected = "a dictionary with the keys 'descr', 'fortran_order' and 'shape'"
      guard case .dictionary(let pairs) = literal else {
        throw TesseraError(.corrupt, "invalid .npy header", expected: expected, got: shortened(literal))
      }
      let values = keys.compactMap { key in pairs.first { $0.key == .string(key) }?.value }
      guard values.count == keys.count, pairs.count == keys.count else {
        let found = pairs.map(\.key.description).joined(separator: ", ")
        throw TesseraError(.corrupt, "invalid .npy header", expected: expected, got: "\(found.prefix(200))")
      }
      return values
    }

    private static func invalid(_ key: String, expected: String, got: PythonLiteral) -> TesseraError {
      TesseraError(.corrupt, "invalid \(key) in .npy header", expected: expected, got: shortened(got))
    }

    private static func shortened(_ literal: PythonLiteral) -> String {
      let text = literal.description
      return text.utf8.count > 200 ? "\(text.prefix(200))…" : text
    }
  }
}
