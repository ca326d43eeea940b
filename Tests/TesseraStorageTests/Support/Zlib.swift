import TesseraCodecs

/// Whether this build has zlib.
let hasZlib = CodecRegistry.features.contains { $0.name == "zlib" && $0.isAvailable }
