import TesseraCodecs
import TesseraCore
package import TesseraIO

/// Random access to a deflated stream in bounded memory.
///
/// Inflating goes forward only, so the state is copied now and then (`inflateCopy`, 40 KB each) and a
/// jump back starts from the nearest copy. Their number is bounded: when there are too many, every
/// second one goes and the spacing doubles.
///
/// What is wrong with the stream is said without a path: only the caller knows which member of the file it is.
package final class InflateStream: Sendable {
  private struct Checkpoint {
    /// nil at the beginning, until somebody reads.
    var inflater: Inflater?
    /// Bytes of the member consumed and produced so far.
    var consumed: Int
    var produced: Int
  }

  private struct State: ~Copyable {
    var current = Checkpoint(consumed: 0, produced: 0)
    var checkpoints: [Checkpoint] = []
    var spacing = 4 << 20
    var input = Buffer()
    var buffered = 0..<0
    /// The CRC-32 of the first `checked` bytes.
    var crc: UInt32 = 0
    var checked = 0
  }

  private let file: File
  private let compressed: Range<Int>
  private let count: Int
  private let crc: UInt32
  private let state: Lock<State>
  private static let maximumCheckpoints = 32
  private static let inputBytes = 256 << 10
  private static let skipBytes = 256 << 10

  /// - Parameters:
  ///   - compressed: where the stream lies in `file`.
  ///   - count: bytes it inflates to.
  ///   - crc: CRC-32 of those bytes, checked when the stream has been read through in order.
  /// - Throws: `.unsupported` without zlib.
  package init(_ file: File, compressed: Range<Int>, count: Int, crc: UInt32) throws {
    self.file = file
    self.compressed = compressed
    self.count = count
    self.crc = crc
    _ = try Inflater()
    state = Lock(State())
  }

  /// Memory the checkpoints and buffers may take.
  package static var scratchBytes: Int { maximumCheckpoints * 48 << 10 + inputBytes + skipBytes }

  /// Fills `target` with the inflated bytes from `offset`.
  package func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
    guard offset >= 0, target.count <= count - offset else {
      throw TesseraError(.corrupt, "read beyond a deflated member")
    }
    try state.withLock { state in
      do {
        try seek(to: offset, &state)
        try produce(into: target, &state)
      } catch {
        // The inflater may have stopped anywhere; the next read starts over.
        state.current = Checkpoint(consumed: 0, produced: 0)
        state.buffered = 0..<0
        throw error
      }
    }
  }

  /// Gives back what is kept for the next read: an archive may have many members. The next one starts over.
  package func rest() {
    state.withLock { state in
      state.current = Checkpoint(consumed: 0, produced: 0)
      state.checkpoints = []
      state.input = Buffer()
      state.buffered = 0..<0
    }
  }

  private func seek(to offset: Int, _ state: inout State) throws {
    let best = state.checkpoints.last { $0.produced <= offset }
    if state.current.produced > offset || (best?.produced ?? 0) > state.current.produced {
      state.current = Checkpoint(
        inflater: try best?.inflater?.copy(), consumed: best?.consumed ?? 0, produced: best?.produced ?? 0)
      state.buffered = 0..<0
    }
    while state.current.produced < offset {
      try Buffer.withTemporary(min(InflateStream.skipBytes, offset - state.current.produced)) {
        try produce(into: $0, &state)
      }
    }
  }

  private func produce(into target: UnsafeMutableRawBufferPointer, _ state: inout State) throws {
    var done = 0
    while done < target.count {
      try refill(&state)
      let input = UnsafeRawBufferPointer(rebasing: state.input.bytes[state.buffered])
      let rest = UnsafeMutableRawBufferPointer(
        rebasing: target[done..<min(target.count, done + state.spacing)])
      let inflater = try state.current.inflater ?? Inflater()
      state.current.inflater = inflater
      let step = try inflater.inflate(input, into: rest)
      state.buffered = state.buffered.lowerBound + step.consumed..<state.buffered.upperBound
      state.current.consumed += step.consumed
      check(UnsafeRawBufferPointer(rebasing: rest[..<step.produced]), &state)
      state.current.produced += step.produced
      done += step.produced
      guard done == target.count || step.produced > 0 || (step.consumed > 0 && !step.isFinished) else {
        throw TesseraError(
          .corrupt, "deflated member ends early", expected: "\(count) bytes", got: "\(state.current.produced)"
        )
      }
      try keepCheckpoint(&state)
    }
    if state.checked == count, state.crc != crc {
      throw TesseraError(.corrupt, "checksum of a member (CRC-32)", expected: hex(crc), got: hex(state.crc))
    }
  }

  private func refill(_ state: inout State) throws {
    guard state.buffered.isEmpty else { return }
    let rest = compressed.count - state.current.consumed
    let next = state.input.reserve(min(rest, InflateStream.inputBytes))
    try file.read(at: compressed.lowerBound + state.current.consumed, into: next)
    state.buffered = 0..<next.count
  }

  private func check(_ bytes: UnsafeRawBufferPointer, _ state: inout State) {
    // A read that starts again, as those of headers do, passes over what was checked before.
    let known = state.checked - state.current.produced
    guard known >= 0, known < bytes.count else { return }
    state.crc = CRC32.update(state.crc, UnsafeRawBufferPointer(rebasing: bytes[known...]))
    state.checked += bytes.count - known
  }

  private func keepCheckpoint(_ state: inout State) throws {
    guard state.current.produced >= (state.checkpoints.last?.produced ?? 0) + state.spacing else { return }
    var copy = state.current
    copy.inflater = try state.current.inflater?.copy()
    state.checkpoints.append(copy)
    if state.checkpoints.count > InflateStream.maximumCheckpoints {
      state.checkpoints = state.checkpoints.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
      state.spacing *= 2
    }
  }
}
