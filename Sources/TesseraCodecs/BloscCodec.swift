import TesseraCore

/// Blosc-1 frames: a chunk in blocks that fit the cache, their bytes reordered and then compressed.
///
/// The layout stands in `BloscHeader.swift`. Metadata: Zarr v3 codec `blosc`, version 1.0; numcodecs
/// `blosc` in v2. Frames describe themselves, so decoding heeds none of the parameters.
package struct BloscCodec: ByteCodec {
  package let compressor: BloscCompressor
  /// 0 (stored) to 9 (smallest).
  package let level: Int
  package let shuffle: BloscShuffle
  /// The size of an element, 1 to 255.
  package let typesize: Int
  /// Bytes per block; 0 leaves it to the encoder.
  package let blockSize: Int

  /// A block; what other writers chose is not known without the frame, and is seldom larger.
  package var partialDecodeCount: Int? { blockSize > 0 ? blockSize : (128 << 10) * max(4, typesize) }

  /// Elements beyond 255 bytes count as single bytes, as in c-blosc.
  package init(
    _ compressor: BloscCompressor = .lz4, level: Int = 5, shuffle: BloscShuffle = .byte,
    elementSize: Int, blockSize: Int = 0
  ) {
    precondition((0...9).contains(level) && elementSize > 0 && blockSize >= 0)
    self.compressor = compressor
    self.level = level
    self.shuffle = shuffle
    self.typesize = elementSize <= 255 ? elementSize : 1
    self.blockSize = blockSize
  }

  package func requireAvailable() throws { try compressor.requireAvailable() }

  /// What does not shrink is stored behind the header.
  package func maximumEncodedCount(_ count: Int) -> Int { count + BloscHeader.count }
}

// MARK: - Metadata

extension BloscCodec {
  init(_ configuration: inout CodecConfiguration, elementSize: Int) throws {
    let name = try configuration.string("cname", default: "lz4")
    guard let compressor = BloscCompressor(rawValue: name) else {
      throw configuration.invalid(
        "cname", expected: BloscCompressor.allCases.map(\.rawValue).joined(separator: ", "), .string(name))
    }
    // numcodecs' -1 means: bits for single bytes, bytes for the rest.
    let automatic: BloscShuffle = elementSize == 1 ? .bit : .byte
    let value = configuration.take("shuffle")
    guard let shuffle = Self.shuffle(value, automatic: automatic) else {
      throw configuration.invalid(
        "shuffle", expected: "noshuffle, shuffle, bitshuffle or -1 to 2", value ?? .other("nothing"))
    }
    self.init(
      compressor, level: try configuration.int("clevel", in: 0...9, default: 5), shuffle: shuffle,
      elementSize: try configuration.int("typesize", in: 1...Int(Int32.max), default: max(1, elementSize)),
      blockSize: try configuration.int("blocksize", in: 0...Int(Int32.max), default: 0))
  }

  private static func shuffle(_ value: CodecDescription.Value?, automatic: BloscShuffle) -> BloscShuffle? {
    switch value {
    case nil, .int(-1): automatic
    case .int(let number): BloscShuffle.allCases.first { $0.number == number }
    case .string(let name): BloscShuffle(rawValue: name)
    default: nil
    }
  }

  package var v3: CodecDescription {
    CodecDescription(
      name: "blosc",
      configuration: [
        "cname": .string(compressor.rawValue), "clevel": .int(level), "shuffle": .string(shuffle.rawValue),
        "typesize": .int(typesize), "blocksize": .int(blockSize),
      ])
  }

  package var v2: CodecDescription? {
    CodecDescription(
      name: "blosc",
      configuration: [
        "cname": .string(compressor.rawValue), "clevel": .int(level), "shuffle": .int(shuffle.number),
        "blocksize": .int(blockSize),
      ])
  }
}
