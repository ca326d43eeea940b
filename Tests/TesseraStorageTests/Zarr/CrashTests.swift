import Glibc
import TesseraCodecs
import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Files that would stop the process: each is read in a process of its own, which must end well.
@Suite struct CrashTests {
  /// Metadata of a v3 array, with what the tests vary.
  static func metadata(
    shape: String, dtype: String = "uint8", file: String,
    codecs: String = #"{"name": "bytes", "configuration": {"endian": "little"}}"#
  ) -> String {
    """
    {"zarr_format": 3, "node_type": "array", "shape": \(shape), "data_type": "\(dtype)",
     "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": \(file)}},
     "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
     "fill_value": \(dtype.hasPrefix("complex") ? "[0, 0]" : "0"), "codecs": [\(codecs)], "attributes": {}}
    """
  }

  static func sharding(
    _ chunk: String, codecs: String = #"{"name": "bytes", "configuration": {"endian": "little"}}"#
  ) -> String {
    """
    {"name": "sharding_indexed", "configuration": {"chunk_shape": \(chunk), "codecs": [\(codecs)],
     "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}],
     "index_location": "end"}}
    """
  }

  /// Does everything there is to do with a store; errors are fine, traps are not.
  static func exercise(_ path: String) {
    _ = try? StoredArray.contents(of: path)
    guard let array = try? StoredArray.open(path) else { return }
    let first = Selection(array.shape.dimensions.map { .slice(start: 0, stop: min(2, $0)) })
    _ = try? ModelArray(reading: array, first)
    let box = Region(
      lower: array.shape.dimensions.map { _ in 0 }, lengths: array.shape.dimensions.map { min(2, $0) })
    _ = try? array.withContiguousBytes(box) { $0.byteCount }
    if array.shape.count < 1 << 20 { _ = try? ModelArray(reading: array) }
    guard let folder = try? TemporaryFolder() else { return }
    for name in ["out.npy", "out.zarr"] where array.shape.count < 1 << 20 || name == "plan" {
      _ = try? Conversion(from: path, to: folder.at(name), options: .init(memory: 64 << 20, threads: 2)).run()
    }
    // Plans only; a huge array is not written.
    _ = try? Conversion(from: path, to: folder.at("plan.zarr"), options: .init(memory: 64 << 20)).explanation
      .json
  }

  @Test func anEmptyRawChunkFile() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      try folder.write("x.zarr/zarr.json", text: CrashTests.metadata(shape: "[4]", file: "[4]"))
      try folder.write("x.zarr/c/0", [])
      CrashTests.exercise(folder.at("x.zarr"))
    }
  }

  @Test func aHugeChunkWithFewBytes() async {
    await withKnownIssue(
      "ChunkDecoder.decode and CodecChain reserve the claimed size of a chunk before the codec has looked at its bytes"
    ) {
      await #expect(processExitsWith: .success) {
        for codec in [
          #"{"name": "gzip", "configuration": {"level": 1}}"#,
          #"{"name": "zstd", "configuration": {"level": 1, "checksum": false}}"#,
          #"{"name": "numcodecs.lz4"}"#,
          #"{"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "shuffle": "noshuffle", "typesize": 1, "blocksize": 0}}"#,
          #"{"name": "crc32c"}"#,
        ] {
          let folder = try TemporaryFolder()
          let bytes = #"{"name": "bytes"}, "#
          try folder.write(
            "x.zarr/zarr.json",
            text: CrashTests.metadata(
              shape: "[1125899906842624]", file: "[1125899906842624]", codecs: bytes + codec))
          try folder.write(
            "x.zarr/c/0", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
          CrashTests.exercise(folder.at("x.zarr"))
        }
      }
    }
  }

  @Test func aHugeSparseChunkOfComplexNumbers() async {
    await withKnownIssue("ZarrDriver.scratchBytes overflows for chunks of 2^62 bytes") {
      await #expect(processExitsWith: .success) {
        for codec in ["", #", {"name": "gzip", "configuration": {"level": 1}}"#] {
          let folder = try TemporaryFolder()
          let bytes = #"{"name": "bytes", "configuration": {"endian": "little"}}"#
          try folder.write(
            "x.zarr/zarr.json",
            text: CrashTests.metadata(
              shape: "[288230376151711744]", dtype: "complex128", file: "[288230376151711744]",
              codecs: bytes + codec))
          CrashTests.exercise(folder.at("x.zarr"))
        }
      }
    }
  }

  @Test func aShardOfMoreChunksThanAnIndexCanHave() async {
    await #expect(processExitsWith: .success) {
      for length in ["576460752303423487", "288230376151711744", "4611686018427387904"] {
        let folder = try TemporaryFolder()
        try folder.write(
          "x.zarr/zarr.json",
          text: CrashTests.metadata(
            shape: "[\(length)]", file: "[\(length)]", codecs: CrashTests.sharding("[1]")))
        try folder.write("x.zarr/c/0", [UInt8](repeating: 255, count: 36))
        CrashTests.exercise(folder.at("x.zarr"))
      }
    }
  }

  /// The first inner shard begins where the outer one does, and is shorter than its index.
  @Test func anInnerShardShorterThanItsIndex() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let inner = CrashTests.sharding("[1]", codecs: #"{"name": "bytes"}"#)
      try folder.write(
        "x.zarr/zarr.json",
        text: CrashTests.metadata(
          shape: "[8]", file: "[8]", codecs: CrashTests.sharding("[4]", codecs: inner)))
      let format = Sharding(chunkShape: [4], pipeline: ChunkPipeline())
      try folder.write("x.zarr/c/0", [1, 2, 3] + ShardIndex.encode([0..<3, nil], format))
      CrashTests.exercise(folder.at("x.zarr"))
    }
  }

  @Test func aTransposedHugeShard() async {
    await withKnownIssue(
      "ChunkDecoder.decodeShard reserves the claimed size of a transposed shard before it has seen the index"
    ) {
      await #expect(processExitsWith: .success) {
        let folder = try TemporaryFolder()
        let codecs =
          #"{"name": "transpose", "configuration": {"order": [1, 0]}}, "# + CrashTests.sharding("[1, 1]")
        try folder.write(
          "x.zarr/zarr.json",
          text: CrashTests.metadata(
            shape: "[67108864, 67108864]", file: "[67108864, 67108864]", codecs: codecs))
        try folder.write("x.zarr/c/0/0", [UInt8](repeating: 255, count: 36))
        CrashTests.exercise(folder.at("x.zarr"))
      }
    }
  }

  /// More elements than any memory has, all of them the fill value.
  @Test func elementsOfAHugeSparseArray() async {
    await withKnownIssue("StoredArray.elements allocates without asking whether that much memory can be had")
    {
      await #expect(processExitsWith: .success) {
        let folder = try TemporaryFolder()
        try folder.write(
          "x.zarr/zarr.json", text: CrashTests.metadata(shape: "[288230376151711744]", file: "[1024]"))
        let array = try StoredArray.open(folder.at("x.zarr"))
        do {
          _ = try array.elements(as: UInt8.self)
          exit(1)
        } catch is TesseraError {}
      }
    }
  }

  /// A shard shape that somebody asks for, with more chunks than memory can list.
  @Test func askingForAShardOfTooManyChunks() async {
    await withKnownIssue(
      "ShardFileWriter allocates a place per chunk of a shard, however many were asked for, outside the budget"
    ) {
      await #expect(processExitsWith: .success) {
        let folder = try TemporaryFolder()
        let array = ModelArray(shape: [4], dtype: .uint8, bytes: [1, 2, 3, 4])
        try array.writeNpy(folder.at("x.npy"))
        let layout = ArrayLayout(chunks: [1], shards: .shape([1 << 50]))
        _ = try? Conversion(from: folder.at("x.npy"), to: folder.at("x.zarr"), layout: layout).run()
      }
    }
  }
}
