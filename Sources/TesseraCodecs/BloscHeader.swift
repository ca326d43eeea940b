import TesseraCore

// Blosc-1 frame, little-endian (c-blosc, README_CHUNK_FORMAT.rst, and what its encoder does):
//
//   0      version of the format, 2
//   1      version of the compressor's format, 1
//   2      flags: 0x01 byte shuffle, 0x02 stored, 0x04 bit shuffle, 0x08 reserved,
//          0x10 blocks not split, bits 5-7 compressor (see BloscFormat)
//   3      typesize, 1...255
//   4..7   nbytes: size decoded
//   8..11  blocksize: every block but the last decodes to this many bytes
//   12..15 cbytes: size of the frame, these 16 bytes included
//   16..   stored: the nbytes bytes. Otherwise one int32 per block, its offset from the start of the
//          frame, and then the blocks, each its splits in a row: an int32 size and the payload, where
//          a size equal to the split's decoded length means stored.

/// What compressed the splits.
enum BloscFormat: UInt8 {
  case blosclz = 0
  /// lz4hc writes the same format.
  case lz4 = 1
  case snappy = 2
  case zlib = 3
  case zstd = 4
}

/// The first 16 bytes of a Blosc frame.
struct BloscHeader: Equatable {
  static let count = 16
  /// int32 sizes that include the header.
  static let maximumDecodedCount = Int(Int32.max) - count
  /// Blocks are split only when each split has at least this many bytes (MIN_BUFFERSIZE) and there are at
  /// most that many of them (MAX_SPLITS).
  static let minimumSplit = 128
  static let maximumSplits = 16

  var format: BloscFormat
  var shuffle: BloscShuffle
  var isStored = false
  var isSplit = false
  var typesize: Int
  var decodedCount: Int
  var blockSize: Int
  var encodedCount: Int

  var blockCount: Int { decodedCount == 0 ? 0 : (decodedCount - 1) / blockSize + 1 }

  /// Splits per block of `length` bytes; a short last block is never split.
  func splits(ofBlock length: Int) -> Int { isSplit && length == blockSize ? typesize : 1 }

  /// Whether a frame with these sizes may be split at all.
  static func canSplit(blockSize: Int, typesize: Int) -> Bool {
    typesize <= maximumSplits && blockSize / typesize >= minimumSplit
  }
}

extension BloscHeader {
  /// Reads the header of a frame that is all of `frame`; every number is checked against its size.
  init(_ frame: UnsafeRawBufferPointer) throws {
    guard frame.count >= Self.count else {
      throw Self.corrupt("size", expected: "at least \(Self.count) bytes", got: frame.count)
    }
    guard frame[0] == 2, frame[1] == 1, frame[2] & 0x08 == 0,
      let format = BloscFormat(rawValue: frame[2] >> 5)
    else {
      throw TesseraError(
        .unsupported, "Blosc frame", expected: "version 2, compressor version 1",
        got: "version \(frame[0]), compressor version \(frame[1]), flags \(frame[2])")
    }
    self.format = format
    shuffle = frame[2] & 0x01 != 0 ? .byte : frame[2] & 0x04 != 0 ? .bit : .none
    isStored = frame[2] & 0x02 != 0
    typesize = Int(frame[3])
    func field(_ offset: Int) -> Int { Int(frame.littleEndianUInt32(at: offset) ?? .max) }
    decodedCount = field(4)
    blockSize = field(8)
    encodedCount = field(12)
    guard typesize > 0 else { throw Self.corrupt("typesize", expected: "at least 1", got: 0) }
    guard encodedCount == frame.count else {
      throw Self.corrupt("size", expected: "\(encodedCount) bytes", got: frame.count)
    }
    guard encodedCount <= Int(Int32.max) else {
      throw Self.corrupt("size", expected: "at most \(Int32.max)", got: encodedCount)
    }
    guard decodedCount <= Self.maximumDecodedCount else {
      throw Self.corrupt("decoded size", expected: "at most \(Self.maximumDecodedCount)", got: decodedCount)
    }
    guard decodedCount == 0 || (1...decodedCount).contains(blockSize) else {
      throw Self.corrupt("block size", expected: "1 to \(decodedCount)", got: blockSize)
    }
    isSplit = frame[2] & 0x10 == 0 && Self.canSplit(blockSize: blockSize, typesize: typesize)
    let least = Self.count + (isStored ? decodedCount : 4 * blockCount)
    guard encodedCount >= least, !isStored || encodedCount == least else {
      throw Self.corrupt("size", expected: "\(isStored ? "" : "at least ")\(least) bytes", got: encodedCount)
    }
  }

  func write(to target: UnsafeMutableRawBufferPointer) {
    var flags = format.rawValue << 5
    flags |= shuffle == .byte ? 0x01 : shuffle == .bit ? 0x04 : 0
    flags |= isStored ? 0x02 : 0
    flags |= isSplit ? 0 : 0x10
    target[0] = 2
    target[1] = 1
    target[2] = flags
    target[3] = UInt8(typesize)
    target.storeLittleEndian(UInt32(decodedCount), at: 4)
    target.storeLittleEndian(UInt32(blockSize), at: 8)
    target.storeLittleEndian(UInt32(encodedCount), at: 12)
  }

  static func corrupt(_ what: String, expected: String, got: Int) -> TesseraError {
    TesseraError(.corrupt, "Blosc frame: \(what)", expected: expected, got: "\(got)")
  }
}
