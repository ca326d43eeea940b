import TesseraCore

/// Makes a raw deflate stream (RFC 1951) of stretches, each of which is deflated on its own and ends on a whole byte.
///
/// One after another, with `end` behind the last, they are one stream that any inflater reads; so several threads can make
/// them at the same time, as `pigz --independent` does. The bytes follow from the stretches and the level alone.
package struct StretchDeflater: Sendable {
  /// 0 (stored) to 9 (smallest).
  package let level: Int

  /// - Throws: `.unsupported` without zlib.
  package init(level: Int = 6) throws {
    precondition((0...9).contains(level), "deflate has levels 0 to 9")
    try Feature.zlib.require()
    self.level = level
  }

  /// A last block that holds nothing.
  package static let end: [UInt8] = [0x03, 0x00]

  /// Memory of zlib's state, for the window and the memory it has by default: 256 KiB and what goes with them.
  package static let stateBytes = 320 << 10

  /// An upper bound on the bytes of so many stretches of `count` bytes together, of which the flushes take six each.
  package static func maximumEncodedCount(_ count: Int, stretches: Int = 1) -> Int {
    count.saturatingAdd(count >> 10).saturatingAdd(
      stretches.saturatingMultiply(DeflateFormat.maximumEncodedCount(0)))
  }

  /// - Parameters:
  ///   - source: one stretch, of less than 4 GiB.
  ///   - target: with room for `maximumEncodedCount`.
  /// - Returns: the bytes written.
  package func encode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    let deflater = try scratch.contexts.deflater(.raw, level: level)
    guard let count = try deflater.deflateFlushing(source, into: target) else {
      throw TesseraError(.unsupported, "deflate: no room for the encoded form", got: "\(target.count) bytes")
    }
    return count
  }
}
