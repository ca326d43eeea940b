import TesseraIO

/// Starts writing a file to the disk while the rest of it is still being computed: stretch by stretch, each once it is
/// whole.
///
/// Of a block narrower than the array every row is a short run of its own. Runs of 8 KiB each would keep the disk busy
/// longer than the stretch that they make up with those of their neighbours, and pages that two of them share would be
/// written twice.
final class EarlyWriteback: Sendable {
  private let file: File
  /// Bytes written of stretches that are not whole yet, by where they begin.
  let begun = Lock([Int: Int]())

  private static let pieceBytes = 8 << 20

  init(_ file: File) { self.file = file }

  /// To be called when `count` more bytes of a stretch have been written; it begins at the same place each time.
  func add(_ count: Int, of stretch: Range<Int>) {
    let isShared = count < stretch.count
    let piece = EarlyWriteback.pieceBytes
    // A block may have a part in any number of short stretches, which are not worth remembering.
    if isShared, stretch.count < piece || !isWhole(stretch, adding: count) { return }
    let (first, end) = (stretch.lowerBound / piece, stretch.upperBound / piece)
    guard end != first else { return }
    if isShared {
      // Its pages are small, of which a call for a range writes few at a time: the thread would wait for the disk.
      file.startSync()
    } else {
      // What ended in the piece before was left for later.
      file.startWriteback(max(0, (first - 1) * piece)..<end * piece)
    }
  }

  private func isWhole(_ stretch: Range<Int>, adding count: Int) -> Bool {
    begun.withLock { begun in
      let written = begun[stretch.lowerBound, default: 0] + count
      begun[stretch.lowerBound] = written < stretch.count ? written : nil
      return written >= stretch.count
    }
  }
}
