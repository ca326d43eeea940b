import CTesseraKernels

/// The counter-based generator Philox 4x64 with 10 rounds, seeded as `numpy.random.Philox(seed)` is.
///
/// Draws are numbered from 0, and every draw is a function of the key and its number alone (Salmon et al.,
/// "Parallel random numbers: as easy as 1, 2, 3", 2011, https://doi.org/10.1145/2063384.2063405), so any
/// part of the stream can be made by itself. Draw i is what NumPy's `random_raw` gives after i others.
package struct Philox4x64: Sendable, Hashable {
  private let key: (UInt64, UInt64)

  package init(seed: UInt128) {
    let state = SeedSequence(seed).state(count: 2)
    key = (state[0], state[1])
  }

  /// Writes draws number `first` ..< `first` + `count`.
  package func fill(_ first: UInt64, count: Int, into draws: UnsafeMutablePointer<UInt64>) {
    precondition(count >= 0)
    withKey { tessera_philox($0, first, count, draws) }
  }

  /// Lends the key's two words to a loop that makes its own draws.
  func withKey(_ body: (UnsafePointer<UInt64>) -> Void) {
    withUnsafeBytes(of: key) { body($0.bindMemory(to: UInt64.self).baseAddress!) }
  }

  package static func == (left: Philox4x64, right: Philox4x64) -> Bool { left.key == right.key }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(key.0)
    hasher.combine(key.1)
  }
}
