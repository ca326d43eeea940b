import TesseraIO

/// The kinds of bytes every codec is tried on.
enum SampleData: String, CaseIterable, Sendable {
  case zeros, ramp, noise, floats, rows

  private struct Key: Hashable {
    let kind: SampleData
    let count: Int
    let seed: UInt64
  }

  private static let made = Lock<[Key: [UInt8]]>([:])

  /// The same bytes for the same arguments; kept, because every codec asks for the same.
  func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    let key = Key(kind: self, count: count, seed: seed)
    if let bytes = Self.made.withLock({ $0[key] }) { return bytes }
    let bytes = generate(count, seed: seed)
    Self.made.withLock { $0[key] = bytes }
    return bytes
  }

  private func generate(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    switch self {
    case .zeros: return [UInt8](repeating: 0, count: count)
    case .ramp: return (0..<count).map { UInt8(truncatingIfNeeded: $0 / 5) }
    case .noise: return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    case .floats:
      var bytes: [UInt8] = []
      bytes.reserveCapacity(count + 4)
      while bytes.count < count {
        let value = Float.random(in: -1...1, using: &generator)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
      return Array(bytes.prefix(count))
    case .rows:
      // The same noise again and again, too far apart for a short sample to see.
      let row = SampleData.noise.bytes(12000, seed: seed)
      return (0..<count).map { row[$0 % row.count] }
    }
  }
}
