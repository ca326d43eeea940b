import TesseraCore

// Whole buffers at once; the loops are for buffers beyond zlib's 32-bit counts.

extension Deflater {
  /// Deflates all of `source` as one stream and returns the bytes written; nil when `target` is too small.
  func deflateWhole(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws -> Int? {
    var consumed = 0
    var produced = 0
    while produced < target.count {
      let step = try deflate(
        UnsafeRawBufferPointer(rebasing: source[consumed...]), into: target.part(from: produced),
        finishing: true)
      consumed += step.consumed
      produced += step.produced
      if step.isFinished { return produced }
    }
    return nil
  }
}

extension Inflater {
  /// Inflates one whole stream from the beginning of `source`.
  ///
  /// A stream that ends early, or that holds more than fits `target`, is `.corrupt`.
  func inflateWhole(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws -> (consumed: Int, produced: Int) {
    var consumed = 0
    var produced = 0
    while true {
      let step = try inflate(
        UnsafeRawBufferPointer(rebasing: source[consumed...]), into: target.part(from: produced))
      consumed += step.consumed
      produced += step.produced
      if step.isFinished { return (consumed, produced) }
      guard step.consumed > 0 || step.produced > 0 else {
        if consumed == source.count {
          throw TesseraError(.corrupt, "deflated data ends early", got: "\(source.count) bytes")
        }
        throw TesseraError(
          .corrupt, "deflated data", expected: "at most \(target.count) bytes inflated", got: "more")
      }
    }
  }
}
