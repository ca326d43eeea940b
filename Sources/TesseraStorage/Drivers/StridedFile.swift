// Whether to read by mmap or pread was measured (1 GiB warm, 1 thread, sum of what was read): pread into a buffer
// that stays in L2 13.8 GB/s, mapping and releasing pages behind 7.3, MADV_POPULATE_READ 6.7. So gapless
// stretches are read by pread, long ones with gaps by a call each (`StridedFile+Stretches.swift`); mapping is for
// short ones with gaps, and for lending bytes.

package import TesseraCore
package import TesseraIO
import TesseraKernels

/// Elements that lie in a file at fixed strides: a flat file's body, or a raw chunk in a shard.
package struct StridedFile: Sendable {
  package let mapping: Mapping
  /// Where the element at position 0, 0, … lies.
  package let offset: Int
  /// Bytes between neighbours along the axes.
  package let strides: [Int]
  package let itemSize: Int
  package let swapUnit: Int

  /// Fits L2 beside what is made of it.
  private static let pieceBytes = 256 << 10

  package init(_ mapping: Mapping, offset: Int, strides: [Int], itemSize: Int, swapUnit: Int) {
    self.mapping = mapping
    self.offset = offset
    self.strides = strides
    self.itemSize = itemSize
    self.swapUnit = swapUnit
  }

  /// Copies a selection, whose bounds were checked, into `target`, native-endian.
  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides targetStrides: [Int],
    scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    if isGapless(selection.axes, strides) {
      return try readStretch(selection, into: target, strides: targetStrides, scratch: scratch)
    }
    if try readStretches(selection, into: target, strides: targetStrides) { return }
    let (bytes, runs) = touched(selection)
    guard Mapping.residentCost(bytes, runs: runs) <= mapping.readLimit else {
      return try forEachHalf(selection) { half, place, axis in
        try read(half, into: target + place * targetStrides[axis], strides: targetStrides, scratch: scratch)
      }
    }
    mapping.willTouch(bytes, runs: runs)
    try mapping.whole {
      copy(selection, from: mapping.bytes.baseAddress! + start(selection), to: target, targetStrides)
    }
  }

  func start(_ selection: StridedRegion) -> Int {
    zip(selection.axes, strides).reduce(offset) { $0 + $1.0.start * $1.1 }
  }

  private func copy(
    _ selection: StridedRegion, from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer,
    _ targetStrides: [Int]
  ) {
    StridedCopy.copy(
      shape: selection.counts, itemSize: itemSize, swapUnit: swapUnit, from: source,
      sourceStrides: zip(selection.axes, strides).map { $0.step * $1 }, to: target,
      targetStrides: targetStrides)
  }

  /// Whether the elements follow one another without a gap, whatever the order of the axes.
  private func isGapless(_ axes: [StridedRegion.Axis], _ strides: [Int]) -> Bool {
    var expected = itemSize
    let steps = zip(axes, strides).filter { $0.0.count > 1 }.map { ($0.0.step * $0.1, $0.0.count) }
    for (step, count) in steps.sorted(by: { $0.0 < $1.0 }) {
      guard step == expected else { return false }
      expected *= count
    }
    return true
  }

  /// Whether neighbours of a selection without gaps are as far apart in the target as in the file.
  private func isInOrder(_ selection: StridedRegion, _ targetStrides: [Int]) -> Bool {
    zip(selection.axes, zip(strides, targetStrides)).allSatisfy { $0.count <= 1 || $1.0 == $1.1 }
  }

  private func readStretch(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides targetStrides: [Int],
    scratch: ReadScratch
  ) throws {
    let bytes = selection.counts.reduce(itemSize, *)
    if isInOrder(selection, targetStrides), swapUnit == 1 {
      try mapping.file.read(
        at: start(selection), into: UnsafeMutableRawBufferPointer(start: target, count: bytes))
      return forget(bytes, from: start(selection), scratch)
    }
    if bytes > StridedFile.pieceBytes, selection.axes.contains(where: { $0.count > 1 }) {
      return try forEachHalf(selection) { half, place, axis in
        try readStretch(
          half, into: target + place * targetStrides[axis], strides: targetStrides, scratch: scratch)
      }
    }
    let piece = scratch.encoded.reserve(bytes)
    try mapping.file.read(at: start(selection), into: piece)
    forget(bytes, from: start(selection), scratch)
    copy(selection, from: UnsafeRawPointer(piece.baseAddress!), to: target, targetStrides)
  }

  private func forget(_ count: Int, from start: Int, _ scratch: ReadScratch) {
    if scratch.forgets { mapping.file.forget(start..<start + count) }
  }

  /// Splits along the axis that is slowest in the file, so that each part touches few pages.
  private func forEachHalf(
    _ selection: StridedRegion, _ body: (StridedRegion, _ place: Int, _ axis: Int) throws -> Void
  ) throws {
    let slowest = strides.indices.filter { selection.axes[$0].count > 1 }.max { strides[$0] < strides[$1] }
    guard let axis = slowest else { return }
    try selection.forEachHalf(axis) { try body($0, $1, axis) }
  }

  /// Bytes of the file that become resident with the selection's elements, and the stretches they are in: what lies
  /// between neighbours comes with them, unless they are further apart than a fault reaches.
  private func touched(_ selection: StridedRegion) -> (bytes: Int, runs: Int) {
    let axes = zip(selection.axes, strides).filter { $0.0.count > 1 }
      .map { (stride: abs($0.0.step * $0.1), count: $0.0.count) }.sorted { $0.stride < $1.stride }
    var (stretch, runs) = (itemSize, 1)
    for (stride, count) in axes {
      if runs == 1, stride <= stretch + Mapping.faultAround {
        stretch = (count - 1).saturatingMultiply(stride).saturatingAdd(stretch)
      } else {
        runs = runs.saturatingMultiply(count)
      }
    }
    return (stretch.saturatingMultiply(runs), runs)
  }

  /// The mapped bytes of a selection, whose bounds were checked, that lie in the file just as `read` would put them into
  /// memory with these strides; nil for any other.
  package func place(of selection: StridedRegion, strides targetStrides: [Int]) -> MappedBytes? {
    guard swapUnit == 1, !selection.isEmpty, isGapless(selection.axes, strides),
      isInOrder(selection, targetStrides)
    else { return nil }
    let start = start(selection)
    return MappedBytes(mapping, start..<start + selection.counts.reduce(itemSize, *))
  }
}
