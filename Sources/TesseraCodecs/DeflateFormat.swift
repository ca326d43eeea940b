/// What surrounds a deflate stream (RFC 1951).
package enum DeflateFormat: Sendable, Hashable {
  /// Nothing, as in ZIP archives.
  case raw
  /// A 2-byte header and an Adler-32 (RFC 1950).
  case zlib
  /// A header of at least 10 bytes, a CRC-32 and the size (RFC 1952).
  case gzip

  /// zlib's `windowBits` for the largest window.
  var windowBits: Int32 {
    switch self {
    case .raw: -15
    case .zlib: 15
    case .gzip: 15 + 16
    }
  }

  /// An upper bound on the deflated size of `count` bytes with any header and trailer.
  ///
  /// zlib's own bound for its default window and memory is below count + count / 2^11 + 32.
  static func maximumEncodedCount(_ count: Int) -> Int { count + count >> 10 + 128 }
}
