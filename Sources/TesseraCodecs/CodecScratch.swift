package import TesseraCore

/// The memory one thread lends to codecs, reused from chunk to chunk.
///
/// Not shared between threads at the same time.
package final class CodecScratch: @unchecked Sendable {
  /// For a codec's own use within one call (shuffled blocks, for instance).
  package let work = Buffer()
  /// For a chain of codecs: what passes between two stages.
  package let stages = [Buffer(), Buffer()]
  /// The compression libraries' own states.
  let contexts = CodecContexts()

  package init() {}
}
