import TesseraCore

/// A bytes-to-bytes codec with its parameters: compression or a checksum over one chunk.
///
/// Values are immutable and shared between threads; what a call needs to write lives in its `CodecScratch`.
package protocol ByteCodec: Sendable {
  /// How this codec and its parameters are written in Zarr v3 metadata.
  var v3: CodecDescription { get }

  /// The same for Zarr v2 (numcodecs' id and parameters); nil when v2 has no such codec.
  var v2: CodecDescription? { get }

  /// Throws `.unsupported`, naming the package to install, when this build lacks the library needed.
  ///
  /// `encode` and `decode` throw the same; asking first spares a job that would fail in its middle.
  func requireAvailable() throws

  /// An upper bound on what `encode` writes for `count` bytes.
  func maximumEncodedCount(_ count: Int) -> Int

  /// The size of the encoded form when it does not depend on the data; nil for compression.
  func fixedEncodedCount(_ count: Int) -> Int?

  /// Encodes all of `source` and returns the bytes written.
  ///
  /// `target` has at least `maximumEncodedCount(source.count)` bytes and does not overlap `source`.
  func encode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int

  /// Decodes all of `source` and returns the bytes written.
  ///
  /// Any input is safe: bad bytes, or more output than fits `target`, are a `TesseraError` of kind
  /// `.corrupt`. Never reads outside `source` nor writes outside `target`; does not overlap.
  func decode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int

  /// About how many bytes are decoded to get at one of them; nil when only all can be.
  var partialDecodeCount: Int? { get }

  /// How many bytes are decoded for a range of the decoded form of `source`; nil when only all can be.
  ///
  /// - Throws: `.corrupt` and `.unsupported` as decoding does.
  func decodedCount(for range: Range<Int>, in source: UnsafeRawBufferPointer) throws -> Int?

  /// Decodes bytes `range` of the decoded form, which has `decodedCount` bytes, into `target`
  /// (exactly `range.count` bytes), when that is less work than decoding everything.
  ///
  /// - Returns: false, with nothing written, when this codec cannot decode in part.
  func decode(
    range: Range<Int>, ofDecodedCount decodedCount: Int, from source: UnsafeRawBufferPointer,
    into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Bool

  /// The decoded bytes where they lie inside `source`, checked, for codecs that only add to them;
  /// nil for the others.
  func decodedInPlace(_ source: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer?
}

extension ByteCodec {
  package func requireAvailable() throws {}

  package func fixedEncodedCount(_ count: Int) -> Int? { nil }

  package var partialDecodeCount: Int? { nil }

  package func decodedCount(for range: Range<Int>, in source: UnsafeRawBufferPointer) throws -> Int? { nil }

  package func decode(
    range: Range<Int>, ofDecodedCount decodedCount: Int, from source: UnsafeRawBufferPointer,
    into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Bool { false }

  package func decodedInPlace(_ source: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer? { nil }
}
