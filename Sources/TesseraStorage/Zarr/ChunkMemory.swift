import TesseraCore

/// Memory for one decoded chunk, which knows what it holds: who reads a chunk part by part has it decoded once.
///
/// Used by one thread at a time.
package final class ChunkMemory: @unchecked Sendable {
  private let buffer = Buffer()
  private var index: [Int] = []
  /// Weak, so that a file that others have replaced is not kept for its sake; one opened anew is another entry.
  private weak var file: ChunkFiles.Entry?

  package init() {}

  /// The first `count` bytes; what was in them before is lost.
  package func reserve(_ count: Int) -> UnsafeMutableRawBufferPointer {
    file = nil
    return buffer.reserve(count)
  }

  /// Says what was decoded into the bytes reserved last.
  func hold(_ index: [Int], of file: ChunkFiles.Entry) { (self.index, self.file) = (index, file) }

  /// The bytes of a chunk of a file, if they are what was decoded last.
  func bytes(_ index: [Int], of file: ChunkFiles.Entry) -> UnsafeRawPointer? {
    self.file === file && self.index == index ? UnsafeRawPointer(buffer.bytes.baseAddress!) : nil
  }
}
