import TesseraCodecs
import TesseraCore

/// How a new array is laid out on disk. What is left out is chosen from shape, dtype and codec.
///
/// `.npy` and `.npz` destinations have no chunks, and no codec but `gzip` for the members of a `.npz`; asking for more there
/// is an error.
public struct ArrayLayout: Sendable, Hashable {
  /// Compression of a Zarr store's chunks, or of an archive's members, by the names of the command line.
  public enum Codec: String, Sendable, Hashable, CaseIterable {
    case none
    /// Blosc-1 frames of byte-shuffled LZ4; every Zarr reader has it.
    case lz4
    case zstd
    /// DEFLATE, at levels 0 to 9 (6). Of a `.npz`, its members are deflated, as by NumPy's `savez_compressed`.
    case gzip
    /// One LZ4 block after its size; zarr-python reads it, others may not.
    case numcodecsLZ4 = "numcodecs.lz4"
  }

  /// How chunks are put into files. Zarr format 2 has a file per chunk in any case, and refuses a shape.
  public enum Shards: Sendable, Hashable {
    case automatic
    /// One file per chunk.
    case none
    case shape([Int])
  }

  /// Compression of the chunks, or of an archive's members.
  public var codec: Codec
  /// The codec's own scale; nil for its default.
  public var level: Int?
  /// The box that is decoded on its own; nil for the default rule.
  public var chunks: [Int]?
  /// The box one file holds, a multiple of `chunks`.
  public var shards: Shards
  /// 3, or 2 (which has no shards); nil for that of the group which the array is put in, and for 3 where there is none.
  public var zarrFormat: Int?
  /// Whether every chunk has a CRC-32C. That of a raw chunk in a shard is looked at by `Verification` alone.
  /// Not for Zarr format 2.
  public var checksum: Bool

  public init(
    codec: Codec = .none, level: Int? = nil, chunks: [Int]? = nil, shards: Shards = .automatic,
    zarrFormat: Int? = nil, checksum: Bool = false
  ) {
    self.codec = codec
    self.level = level
    self.chunks = chunks
    self.shards = shards
    self.zarrFormat = zarrFormat
    self.checksum = checksum
  }

  /// For destinations that are no Zarr stores.
  ///
  /// - Throws: `.usage` unless everything is left to the defaults.
  package func requireDefaults(for path: String, expected: String) throws {
    guard self == ArrayLayout() else {
      throw TesseraError(
        .usage, "codec, chunks, shards and checksums are for Zarr stores", path: path, expected: expected)
    }
  }

  /// For archives: what deflates the members; nil where they are stored.
  ///
  /// - Throws: `.usage` for chunks, shards, checksums, a Zarr format, and codecs or levels that members cannot have;
  ///   `.unsupported` without zlib.
  func deflater(forArchive path: String) throws -> StretchDeflater? {
    var rest = self
    (rest.codec, rest.level) = (.none, nil)
    try rest.requireDefaults(for: path, expected: "a destination ending in .zarr")
    guard codec == .none || codec == .gzip else {
      throw TesseraError(
        .usage, "codec of an archive's members", path: path, expected: "none, or gzip to deflate them",
        got: codec.rawValue)
    }
    return try naming(path) {
      _ = try CodecRegistry.named(codec.rawValue, level: level, elementSize: 1)
      return try codec == .none ? nil : StretchDeflater(level: level ?? 6)
    }
  }

  /// What is written where no group has a say.
  var format: Int { zarrFormat ?? 3 }
}
