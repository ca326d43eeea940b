import TesseraCore

extension CodecRegistry {
  /// The names of `--codec`.
  package static let commandLineNames = ["none", "lz4", "zstd", "gzip", "numcodecs.lz4"]

  /// The codecs that a command-line name stands for, ready to encode elements of `elementSize` bytes.
  ///
  /// `lz4` at level 9 is the slow search of lz4hc, whose files are as fast to read. Throws `.usage`
  /// for an unknown name or a level out of range, `.unsupported` when this build lacks the library.
  package static func named(_ name: String, level: Int?, elementSize: Int) throws -> [any ByteCodec] {
    let codecs: [any ByteCodec]
    switch name {
    case "none":
      try refuseLevel(level, of: name)
      codecs = []
    case "lz4":
      let level = try check(level ?? 5, of: name, in: 1...9)
      codecs = [BloscCodec(level < 9 ? .lz4 : .lz4hc, level: level, elementSize: elementSize)]
    case "zstd":
      codecs = [ZstdCodec(level: try check(level ?? 3, of: name, in: -7...22))]
    case "gzip":
      codecs = [GzipCodec(level: try check(level ?? 6, of: name, in: 0...9))]
    case "numcodecs.lz4":
      try refuseLevel(level, of: name)
      codecs = [LZ4BlockCodec()]
    default:
      throw TesseraError(
        .usage, "unknown codec", expected: "one of \(commandLineNames.joined(separator: ", "))",
        got: "\"\(name)\"")
    }
    for codec in codecs { try codec.requireAvailable() }
    return codecs
  }

  private static func check(_ level: Int, of name: String, in range: ClosedRange<Int>) throws -> Int {
    guard range.contains(level) else {
      throw TesseraError(
        .usage, "level of codec \(name)", expected: "\(range.lowerBound) to \(range.upperBound)",
        got: "\(level)")
    }
    return level
  }

  private static func refuseLevel(_ level: Int?, of name: String) throws {
    guard let level else { return }
    throw TesseraError(.usage, "codec \(name) has no levels", got: "level \(level)")
  }
}
