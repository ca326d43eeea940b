import TesseraCore

extension BloscCodec {
  package func decode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    let header = try BloscHeader(source)
    guard header.decodedCount <= target.count else {
      throw BloscHeader.corrupt(
        "decoded size", expected: "at most \(target.count)", got: header.decodedCount)
    }
    let reader = BloscReader(frame: source, header: header, scratch: scratch)
    try reader.read(0..<header.decodedCount, into: target.part(0, header.decodedCount))
    return header.decodedCount
  }

  package func decodedCount(for range: Range<Int>, in source: UnsafeRawBufferPointer) throws -> Int? {
    let header = try BloscHeader(source)
    if header.isStored || range.isEmpty { return range.count }
    let size = max(1, header.blockSize)
    let first = range.lowerBound / size * size
    // LZ4 stops where the range ends; others decode the rest of its last block too.
    let last = header.format == .lz4 ? range.upperBound : (range.upperBound + size - 1) / size * size
    return min(last, header.decodedCount) - first
  }

  package func decode(
    range: Range<Int>, ofDecodedCount decodedCount: Int, from source: UnsafeRawBufferPointer,
    into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Bool {
    let header = try BloscHeader(source)
    guard header.decodedCount == decodedCount else {
      throw BloscHeader.corrupt("decoded size", expected: "\(decodedCount)", got: header.decodedCount)
    }
    try BloscReader(frame: source, header: header, scratch: scratch).read(range, into: target)
    return true
  }
}
