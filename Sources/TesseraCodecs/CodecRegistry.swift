import TesseraCore

/// Every codec this library knows, by the names that metadata and the command line use.
package enum CodecRegistry {
  struct Registration: Sendable {
    let v3: [String]
    let v2: String
    let make:
      @Sendable (_ configuration: inout CodecConfiguration, _ elementSize: Int) throws -> any ByteCodec
  }

  /// One line per codec.
  static let registrations = [
    Registration(v3: ["blosc", "numcodecs.blosc"], v2: "blosc") { try BloscCodec(&$0, elementSize: $1) },
    Registration(v3: ["numcodecs.lz4"], v2: "lz4") { configuration, _ in try LZ4BlockCodec(&configuration) },
    Registration(v3: ["gzip", "numcodecs.gzip"], v2: "gzip") { configuration, _ in
      try GzipCodec(&configuration)
    },
    Registration(v3: ["numcodecs.zlib"], v2: "zlib") { configuration, _ in try ZlibCodec(&configuration) },
    Registration(v3: ["zstd", "numcodecs.zstd"], v2: "zstd") { configuration, _ in
      try ZstdCodec(&configuration)
    },
    Registration(v3: ["crc32c", "numcodecs.crc32c"], v2: "crc32c") { configuration, _ in
      try CRC32CCodec(&configuration)
    },
  ]

  /// The codec a Zarr v3 array names; unknown names and parameters are `.unsupported`.
  package static func v3(_ description: CodecDescription, elementSize: Int) throws -> any ByteCodec {
    try make(
      description, elementSize, registrations.first { $0.v3.contains(description.name) },
      known: registrations.flatMap(\.v3))
  }

  /// The codec a Zarr v2 array names (a numcodecs id); unknown names and parameters are `.unsupported`.
  package static func v2(_ description: CodecDescription, elementSize: Int) throws -> any ByteCodec {
    try make(
      description, elementSize, registrations.first { $0.v2 == description.name },
      known: registrations.map(\.v2))
  }

  private static func make(
    _ description: CodecDescription, _ elementSize: Int, _ registration: Registration?, known: [String]
  ) throws -> any ByteCodec {
    guard let registration else {
      throw TesseraError(
        .unsupported, "codec", expected: "one of \(known.joined(separator: ", "))",
        got: "\"\(description.name)\"")
    }
    var configuration = CodecConfiguration(description)
    let codec = try registration.make(&configuration, elementSize)
    try configuration.finish()
    return codec
  }

  /// The optional libraries and whether this build has them.
  package static var features: [(name: String, isAvailable: Bool)] {
    [("lz4", true), ("zlib", Feature.zlib.isAvailable), ("zstd", Feature.zstd.isAvailable)]
  }
}
