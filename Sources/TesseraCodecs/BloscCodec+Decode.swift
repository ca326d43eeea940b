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
