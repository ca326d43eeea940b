package import TesseraCore
package import TesseraStorage

/// Arrays of one dtype joined along an axis, as one; nothing is copied.
package struct JoinedDriver: ComputedDriver {
  package let description: ArrayDescription
  private let parts: [any ArrayDriver]
  private let axis: Int
  /// Where each part begins along the axis; one more for the end.
  private let starts: [Int]

  /// - Parameter parts: at least one; shapes agree but for the axis, which was checked.
  package init(_ parts: [any ArrayDriver], axis: Int) throws {
    self.parts = parts
    self.axis = axis
    var starts = [0]
    for part in parts { starts.append(starts.last! + part.description.shape[axis]) }
    self.starts = starts
    var dimensions = parts[0].description.shape.dimensions
    dimensions[axis] = starts.last!
    description = ArrayDescription(
      computed: try Shape(dimensions), dtype: try parts[0].description.supportedDType())
  }

  package var isSequential: Bool { parts.contains(where: \.isSequential) }
  package var keptBytes: Int { parts.reduce(0) { $0.saturatingAdd($1.keptBytes) } }

  package var passingBytes: Int { parts.map(\.passingBytes).max() ?? 0 }

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
    if selection.isEmpty { return }
    for (number, part) in parts.enumerated() {
      let range = starts[number]..<starts[number + 1]
      let within = selection.axes[axis].within(range)
      if within.count == 0 { continue }
      var piece = selection
      piece.axes[axis] = .init(
        start: within.start - range.lowerBound, step: selection.axes[axis].step, count: within.count)
      try part.read(
        StridedRegion(axes: piece.axes), into: target + within.place * strides[axis], strides: strides,
        scratch: scratch)
    }
  }

  package func finishReading() { for part in parts { part.finishReading() } }
  package var storedBytesRead: Int { parts.reduce(0) { $0.saturatingAdd($1.wholeStoredBytes) } }
  package var sourceNames: [String] { parts.flatMap(\.knownNames) }
  package func storedBytes() throws -> Int { try parts.reduce(0) { try $0 + $1.storedBytes() } }

  package func fingerprint() throws -> String {
    "joined \(axis) " + (try parts.map { try $0.fingerprint() }.joined(separator: "; "))
  }
}
