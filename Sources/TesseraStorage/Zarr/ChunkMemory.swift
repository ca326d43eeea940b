import TesseraCore

/// Memory for one decoded chunk, or a part of one, which knows what it holds: who reads a chunk part by part has it decoded
/// once, or twice where the first parts were decoded on their own.
///
/// Used by one thread at a time.
package final class ChunkMemory: @unchecked Sendable {
  private let buffer = Buffer()
  private var index: [Int] = []
  /// Weak, so that a file that others have replaced is not kept for its sake; one opened anew is another entry.
  private weak var file: ChunkFiles.Entry?
  /// Bytes that were decoded for parts of the chunk before it is decoded whole; nil when it is here.
  private var spent: Int?

  package init() {}

  /// The first `count` bytes; what was in them before is lost.
  package func reserve(_ count: Int) -> UnsafeMutableRawBufferPointer {
    file = nil
    return buffer.reserve(count)
  }

  /// Says what was decoded into the bytes reserved last.
  func hold(_ index: [Int], of file: ChunkFiles.Entry) { (self.index, self.file, spent) = (index, file, nil) }

  /// Says that a part of a chunk was decoded there, and what decoding took since another chunk was.
  func note(partOf index: [Int], of file: ChunkFiles.Entry, spent: Int) {
    (self.index, self.file, self.spent) = (index, file, spent)
  }

  /// The bytes of a chunk of a file, if they are what was decoded last.
  func bytes(_ index: [Int], of file: ChunkFiles.Entry) -> UnsafeRawPointer? {
    isLast(index, of: file) && spent == nil ? UnsafeRawPointer(buffer.bytes.baseAddress!) : nil
  }

  /// Bytes that were decoded for parts of a chunk, if it was the last of which any were.
  func spent(onPartsOf index: [Int], of file: ChunkFiles.Entry) -> Int {
    isLast(index, of: file) ? spent ?? 0 : 0
  }

  private func isLast(_ index: [Int], of file: ChunkFiles.Entry) -> Bool {
    self.file === file && self.index == index
  }
}
