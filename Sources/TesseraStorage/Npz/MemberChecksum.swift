import TesseraCodecs
import TesseraCore
import TesseraIO

/// The CRC-32 of a stored archive member, gathered from the stretches that are read of it, in any order.
package final class MemberChecksum: Sendable {
  private struct Piece {
    var count: Int
    var crc: UInt32
  }

  private struct State {
    /// By their place in the elements.
    var pieces: [Int: Piece] = [:]
    var seen = 0
  }

  private let header: UInt32
  private let expected: UInt32
  private let count: Int
  private let state = Lock(State())

  /// - Parameters:
  ///   - header: the checksum of what stands before the elements.
  ///   - count: bytes of the elements.
  init(header: UInt32, count: Int, expected: UInt32) {
    self.header = header
    self.count = count
    self.expected = expected
  }

  /// Notes a stretch of the elements as it is in the file.
  ///
  /// - Throws: `.corrupt` after the last stretch, unless all of them together are what was archived.
  func add(_ bytes: UnsafeRawBufferPointer, at place: Int) throws {
    if bytes.isEmpty { return }
    let piece = Piece(count: bytes.count, crc: CRC32.checksum(bytes))
    let whole = state.withLock { state -> UInt32? in
      guard state.pieces.updateValue(piece, forKey: place) == nil else { return nil }
      state.seen += piece.count
      return state.seen == count ? combined(state.pieces) : nil
    }
    guard let whole, whole != expected else { return }
    throw TesseraError(.corrupt, "checksum of a member (CRC-32)", expected: hex(expected), got: hex(whole))
  }

  /// nil when the stretches overlap: they say nothing then.
  private func combined(_ pieces: [Int: Piece]) -> UInt32? {
    var (crc, end) = (header, 0)
    for (place, piece) in pieces.sorted(by: { $0.key < $1.key }) {
      guard place == end else { return nil }
      crc = CRC32.combine(crc, piece.crc, secondCount: piece.count)
      end += piece.count
    }
    return crc
  }
}
