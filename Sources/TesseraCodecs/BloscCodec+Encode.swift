import TesseraCore

extension BloscCodec {
  package func encode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    try requireAvailable()
    guard source.count <= BloscHeader.maximumDecodedCount else {
      throw TesseraError(
        .unsupported, "chunk too large for a Blosc frame",
        expected: "at most \(BloscHeader.maximumDecodedCount) bytes", got: "\(source.count)")
    }
    let blockSize = BloscBlockSize.choose(for: self, count: source.count)
    var header = BloscHeader(
      format: compressor.format, shuffle: shuffle, typesize: typesize, decodedCount: source.count,
      blockSize: blockSize, encodedCount: 0)
    header.isSplit = splits(blockSize)
    if level > 0, source.count >= BloscHeader.minimumSplit {
      let writer = BloscWriter(codec: self, header: header, scratch: scratch)
      let room = target.part(0, min(target.count, maximumEncodedCount(source.count)))
      if let count = try writer.write(source, into: room) { return count }
    }
    header.isStored = true
    header.isSplit = false
    header.encodedCount = BloscHeader.count + source.count
    header.write(to: target)
    target.part(from: BloscHeader.count).copyMemory(from: source)
    return header.encodedCount
  }

  /// Whether blocks are compressed plane by plane.
  private func splits(_ blockSize: Int) -> Bool {
    shuffle == .byte && typesize > 1 && blockSize % typesize == 0
      && BloscHeader.canSplit(blockSize: blockSize, typesize: typesize)
  }
}
