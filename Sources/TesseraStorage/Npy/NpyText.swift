import TesseraCore

// A single string as NumPy saves `np.array("…")`: descr `<Un` and shape (), then n code points of four bytes each,
// filled up with zeros. NumPy has no string of length 0 on disk: `<U1` with a zero is the empty one.

/// Strings of shape `()` in the `.npy` format: names and settings beside arrays in an archive.
package enum NpyText {
  /// Bytes of a whole `.npy` file with a string: a few words are meant, not documents.
  package static let maximumByteCount = 64 << 10

  /// The whole `.npy` file that NumPy writes for a string, to the byte.
  package static func bytes(_ text: String) -> [UInt8] {
    let scalars = Array(text.unicodeScalars)
    var bytes = NpyHeader.bytes(textLength: max(1, scalars.count))
    for scalar in scalars {
      for shift in stride(from: 0, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value >> shift))
      }
    }
    if scalars.isEmpty { bytes += [0, 0, 0, 0] }
    return bytes
  }

  /// The string that a whole `.npy` file holds.
  ///
  /// - Throws: `.usage` for arrays that are no single string; `.corrupt`.
  package static func parse(_ file: UnsafeRawBufferPointer) throws -> String {
    let header = try NpyHeader.parse(file, fileSize: file.count)
    let type = header.descr.drop { "<>=|".contains($0) }
    guard type.first == "U", let length = Int(type.dropFirst()), header.shape.rank == 0 else {
      throw TesseraError(
        .usage, "not a string", expected: "dtype '<U…' and shape ()",
        got: "dtype '\(header.descr.prefix(40))' and shape \(header.shape)")
    }
    let body = file[header.dataOffset...]
    guard length >= 0, length <= maximumByteCount, body.count >= length * 4 else {
      throw TesseraError(
        .corrupt, "truncated string", expected: "\(length) characters of 4 bytes", got: "\(body.count) bytes")
    }
    return try scalars(file, at: header.dataOffset, count: length, isBigEndian: header.descr.first == ">")
  }

  private static func scalars(
    _ file: UnsafeRawBufferPointer, at offset: Int, count: Int, isBigEndian: Bool
  ) throws -> String {
    var text = String.UnicodeScalarView()
    var values = (0..<count).map { index in
      let value = file.loadUnaligned(fromByteOffset: offset + 4 * index, as: UInt32.self)
      return isBigEndian ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
    }
    while values.last == 0 { values.removeLast() }
    for value in values {
      guard let scalar = Unicode.Scalar(value) else {
        throw TesseraError(.corrupt, "invalid string", expected: "Unicode characters", got: "code \(value)")
      }
      text.append(scalar)
    }
    return String(text)
  }
}
