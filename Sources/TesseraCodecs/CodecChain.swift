import TesseraCore

/// The bytes-to-bytes codecs of an array, in the order of encoding.
package struct CodecChain: Sendable {
  package let codecs: [any ByteCodec]

  package init(_ codecs: [any ByteCodec]) { self.codecs = codecs }

  /// Longer chains are refused where they are read: sizes grow with each codec.
  package static let maximumLength = 16

  /// Whether encoded bytes are the decoded bytes.
  package var isIdentity: Bool { codecs.isEmpty }

  package func requireAvailable() throws {
    for codec in codecs { try codec.requireAvailable() }
  }

  package func maximumEncodedCount(_ count: Int) -> Int {
    codecs.reduce(count) { $1.maximumEncodedCount($0) }
  }

  /// The most bytes that anybody's encoder makes. Compressors of others may do worse than our bounds, so there is slack;
  /// but what does not depend on the data is known.
  package func mostEncodedCount(_ count: Int) -> Int {
    fixedEncodedCount(count) ?? 2 * maximumEncodedCount(count) + 65536
  }

  /// The encoded size when it does not depend on the data; nil otherwise.
  package func fixedEncodedCount(_ count: Int) -> Int? {
    codecs.reduce(count) { count, codec in count.flatMap { codec.fixedEncodedCount($0) } }
  }
}

// MARK: - Encoding

extension CodecChain {
  /// Encodes all of `source` into `target`, which has at least `maximumEncodedCount(source.count)` bytes,
  /// and returns the bytes written.
  package func encode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    precondition(target.count >= maximumEncodedCount(source.count))
    guard let last = codecs.last else {
      target.copyMemory(from: source)
      return source.count
    }
    var bytes = source
    for (index, codec) in codecs.dropLast().enumerated() {
      let stage = scratch.stages[index % 2].reserve(codec.maximumEncodedCount(bytes.count))
      let count = try codec.encode(bytes, into: stage, scratch: scratch)
      bytes = UnsafeRawBufferPointer(stage.part(0, count))
    }
    return try last.encode(bytes, into: target, scratch: scratch)
  }
}

// MARK: - Decoding

extension CodecChain {
  /// Decodes all of `source`, which must fill `target` exactly.
  package func decode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws {
    if let expected = fixedEncodedCount(target.count), expected != source.count {
      throw TesseraError(.corrupt, "encoded chunk", expected: "\(expected) bytes", got: "\(source.count)")
    }
    let count = try decode(source, upTo: target, scratch: scratch)
    guard count == target.count else {
      throw TesseraError(.corrupt, "decoded chunk", expected: "\(target.count) bytes", got: "\(count)")
    }
  }

  /// Decodes all of `source`, whose decoded size is not known beforehand, and returns the bytes written.
  package func decode(
    _ source: UnsafeRawBufferPointer, upTo target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    var bytes = source
    for (index, codec) in codecs.enumerated().dropFirst().reversed() {
      if let inside = try codec.decodedInPlace(bytes) {
        bytes = inside
        continue
      }
      let before = CodecChain(Array(codecs[..<index]))
      let stage = scratch.stages[index % 2].reserve(before.mostEncodedCount(target.count))
      let count = try codec.decode(bytes, into: stage, scratch: scratch)
      bytes = UnsafeRawBufferPointer(stage.part(0, count))
    }
    if let first = codecs.first { return try first.decode(bytes, into: target, scratch: scratch) }
    guard bytes.count <= target.count else {
      throw TesseraError(
        .corrupt, "decoded chunk", expected: "at most \(target.count) bytes", got: "\(bytes.count)")
    }
    target.copyMemory(from: bytes)
    return bytes.count
  }

  /// How many bytes are decoded for a range of the decoded form; nil when the chain cannot decode in part.
  package func decodedCount(for range: Range<Int>, in source: UnsafeRawBufferPointer) throws -> Int? {
    codecs.count == 1 ? try codecs[0].decodedCount(for: range, in: source) : nil
  }

  /// Decodes bytes `range` of the decoded form, which has `decodedCount` bytes, into `target`, which has
  /// `range.count`, when that is less work than decoding everything.
  ///
  /// - Returns: false, with nothing written, when the chain cannot decode in part.
  package func decode(
    range: Range<Int>, ofDecodedCount decodedCount: Int, from source: UnsafeRawBufferPointer,
    into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= decodedCount && range.count == target.count)
    guard codecs.count <= 1 else { return false }
    if let codec = codecs.first {
      return try codec.decode(
        range: range, ofDecodedCount: decodedCount, from: source, into: target, scratch: scratch)
    }
    guard source.count == decodedCount else {
      throw TesseraError(
        .corrupt, "encoded chunk", expected: "\(decodedCount) bytes", got: "\(source.count)")
    }
    target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
    return true
  }
}
