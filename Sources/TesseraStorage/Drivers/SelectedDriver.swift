package import TesseraCore

/// A selection of an array, as an array of its own; nothing is copied.
package struct SelectedDriver: ArrayDriver {
  package let description: ArrayDescription
  private let base: any ArrayDriver
  private let selection: StridedRegion

  package init(_ base: any ArrayDriver, _ selection: StridedRegion) {
    self.base = base
    self.selection = selection
    var description = base.description
    description.shape = selection.resultShape
    description.chunks = nil
    description.shards = nil
    if let names = description.dimensionNames {
      description.dimensionNames = selection.resultAxes.map { axis in axis.flatMap { names[$0] } }
    }
    self.description = description
  }

  package var isSequential: Bool { base.isSequential }
  package var readingCost: Double { base.readingCost }
  package var scratchBytes: Int { base.scratchBytes }

  package var granule: [Int] { selected(base.granule) }
  package var leastRead: [Int] { selected(base.leastRead) }

  /// A box of the base, in positions of the selection.
  private func selected(_ granule: [Int]) -> [Int] {
    selection.resultAxes.map { axis in
      guard let axis else { return 1 }
      return max(1, granule[axis] / Int(selection.axes[axis].step.magnitude))
    }
  }

  package func read(
    _ part: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    var axes = selection.axes
    var baseStrides = [Int](repeating: 0, count: axes.count)
    for (number, axis) in selection.resultAxes.enumerated() {
      guard let axis else { continue }
      let own = axes[axis]
      axes[axis] = StridedRegion.Axis(
        start: own.start + part.axes[number].start * own.step, step: own.step * part.axes[number].step,
        count: part.axes[number].count)
      baseStrides[axis] = strides[number]
    }
    try base.read(StridedRegion(axes: axes), into: target, strides: baseStrides, scratch: scratch)
  }

  package func finishReading() { base.finishReading() }

  package func storedBytes() throws -> Int { try base.storedBytes() }

  package func fingerprint() throws -> String { "\(try base.fingerprint()) \(selection.axes)" }
}
