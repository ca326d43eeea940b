package import TesseraCore
package import TesseraIO

/// Arrays joined along the first axis, as one; nothing is copied.
package struct ConcatenatedDriver: ArrayDriver {
  package let description: ArrayDescription
  private let parts: [any ArrayDriver]
  /// Where each part begins along the first axis.
  private let starts: [Int]

  /// - Throws: `.usage` unless all parts have the first one's dtype and its shape but for the first axis.
  package init(_ parts: [any ArrayDriver]) throws {
    let first = parts[0].description
    var rows = 0
    var starts: [Int] = []
    for part in parts {
      let other = part.description
      guard other.shape.rank >= 1, other.shape.dimensions.dropFirst() == first.shape.dimensions.dropFirst()
      else {
        let rest = first.shape.dimensions.dropFirst().map(String.init)
        throw TesseraError(
          .usage, "shape of the rows", path: other.path,
          expected: "(\((["n"] + rest).joined(separator: ", ")))",
          got: "\(other.shape)")
      }
      guard try other.supportedDType() == first.supportedDType() else {
        throw TesseraError(
          .usage, "dtype of the rows", path: other.path, expected: first.dtypeName, got: other.dtypeName)
      }
      starts.append(rows)
      rows += other.shape[0]
    }
    self.parts = parts
    self.starts = starts
    var description = first
    description.shape = try Shape([rows] + first.shape.dimensions.dropFirst())
    self.description = description
  }

  package var isSequential: Bool { parts.contains(where: \.isSequential) }
  package var readingCost: Double { parts.map(\.readingCost).max() ?? 1 }
  package var keptBytes: Int { parts.reduce(0) { $0.saturatingAdd($1.keptBytes) } }
  /// Parts are read one after another with the same scratch.
  package var scratchBytes: Int {
    keptBytes.saturatingAdd(parts.map { $0.scratchBytes - $0.keptBytes }.max() ?? 0)
  }

  package var granule: [Int] {
    description.shape.indices.map { axis in parts.map { $0.granule[axis] }.max() ?? 1 }
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    var place = 0
    let rows = selection.axes[0]
    while place < rows.count {
      let row = rows.start + place * rows.step
      let part = (starts.lastIndex { $0 <= row }) ?? 0
      let within = row - starts[part]
      let room =
        rows.step > 0
        ? (parts[part].description.shape[0] - 1 - within) / rows.step : within / -rows.step
      var piece = selection
      piece.axes[0] = .init(start: within, step: rows.step, count: min(room + 1, rows.count - place))
      try parts[part].read(piece, into: target + place * strides[0], strides: strides, scratch: scratch)
      place += piece.axes[0].count
    }
  }

  package func place(of selection: StridedRegion, strides: [Int]) throws -> MappedBytes? {
    guard !selection.isEmpty, let part = starts.lastIndex(where: { $0 <= selection.axes[0].start }) else {
      return nil
    }
    var inner = selection
    inner.axes[0].start -= starts[part]
    let last = inner.axes[0].start + (inner.axes[0].count - 1) * inner.axes[0].step
    guard (0..<parts[part].description.shape[0]).contains(last) else { return nil }
    return try parts[part].place(of: inner, strides: strides)
  }

  package func finishReading() { for part in parts { part.finishReading() } }

  package func storedBytes() throws -> Int { try parts.reduce(0) { try $0 + $1.storedBytes() } }

  package func fingerprint() throws -> String {
    try parts.map { try $0.fingerprint() }.joined(separator: "; ")
  }
}
