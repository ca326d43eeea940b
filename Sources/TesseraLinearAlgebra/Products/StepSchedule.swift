import TesseraIO

/// Who does what of one step of a box: tiles to multiply, and pieces of the next step's panels to read meanwhile.
///
/// While there are tiles, one thread reads at a time, a piece between two tiles. Where it waits for a disk, the others go
/// on multiplying; where it does not, the small pieces let all threads be done at about the same time.
final class StepSchedule: Sendable {
  enum Job: Hashable {
    case tile(Int)
    case piece(Int)
  }

  private struct State {
    var tiles: Range<Int>
    var pieces: Range<Int>
    var readers = 0
  }

  private let state: Lock<State>

  init(tiles: Int, pieces: Int) { state = Lock(State(tiles: 0..<tiles, pieces: 0..<pieces)) }

  /// Gives out nothing more.
  func close() {
    state.withLock { ($0.tiles, $0.pieces) = (0..<0, 0..<0) }
  }

  /// A thread's next job; nil when all are given out.
  ///
  /// - Parameter job: the one that it has done.
  func next(after job: Job?) -> Job? {
    state.withLock { state in
      if case .piece = job { state.readers -= 1 }
      var isItsTurn = false
      if case .tile = job { isItsTurn = state.readers == 0 }
      if isItsTurn || state.tiles.isEmpty, let piece = state.pieces.popFirst() {
        state.readers += 1
        return .piece(piece)
      }
      return state.tiles.popFirst().map { .tile($0) }
    }
  }
}
