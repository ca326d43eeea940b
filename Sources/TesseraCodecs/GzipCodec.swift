import TesseraCore

/// A gzip file in a chunk: one member written, any number read.
///
/// Spec: RFC 1952; Zarr v3 codec `gzip`, version 1.0; numcodecs `gzip`.
package struct GzipCodec: ByteCodec {
  /// 0 (stored) to 9 (smallest).
  package let level: Int

  package init(level: Int = 6) {
    precondition((0...9).contains(level), "gzip has levels 0 to 9")
    self.level = level
  }

  init(_ configuration: inout CodecConfiguration) throws {
    self.init(level: try configuration.int("level", in: 0...9, default: 6))
  }

  package var v3: CodecDescription { CodecDescription(name: "gzip", configuration: ["level": .int(level)]) }
  package var v2: CodecDescription? { v3 }

  package func requireAvailable() throws { try Feature.zlib.require() }

  package func maximumEncodedCount(_ count: Int) -> Int { DeflateFormat.maximumEncodedCount(count) }

  package func encode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    let deflater = try scratch.contexts.deflater(.gzip, level: level)
    guard let count = try deflater.deflateWhole(source, into: target) else {
      throw TesseraError(.unsupported, "gzip: no room for the encoded form", got: "\(target.count) bytes")
    }
    return count
  }

  package func decode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, scratch: CodecScratch
  ) throws -> Int {
    var rest = source
    var produced = 0
    repeat {
      let inflater = try scratch.contexts.inflater(.gzip)
      let member = try inflater.inflateWhole(rest, into: target.part(from: produced))
      produced += member.produced
      rest = UnsafeRawBufferPointer(rebasing: rest[member.consumed...])
      // Tapes and block devices pad with zeros; every gzip reader skips them.
    } while !rest.allSatisfy { $0 == 0 }
    return produced
  }
}
