package import TesseraCore
package import TesseraIO

/// A stored member of an archive, in C order and native-endian, whose checksum is checked when whole stretches of it
/// are read and make up all of it, as they do in a conversion. Other reads do without.
package struct CheckedDriver: ArrayDriver {
  private let base: FlatDriver
  private let checksum: MemberChecksum
  private let itemSize: Int

  init(_ base: FlatDriver, _ checksum: MemberChecksum, itemSize: Int) {
    self.base = base
    self.checksum = checksum
    self.itemSize = itemSize
  }

  package var description: ArrayDescription { base.description }
  package var granule: [Int] { base.granule }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    try base.read(selection, into: target, strides: strides, scratch: scratch)
    guard scratch.checks, let place = stretch(selection, strides) else { return }
    let bytes = UnsafeRawBufferPointer(start: target, count: selection.counts.reduce(itemSize, *))
    try naming(description.path) { try checksum.add(bytes, at: place) }
  }

  /// Where a selection begins that is one stretch in C order both in the file and in the target; nil for others.
  private func stretch(_ selection: StridedRegion, _ targetStrides: [Int]) -> Int? {
    let strides = description.shape.strides.map { $0 * itemSize }
    var expected = itemSize
    var place = 0
    for axis in selection.axes.indices.reversed() {
      let own = selection.axes[axis]
      place += own.start * strides[axis]
      guard own.count > 1 else { continue }
      guard own.step == 1, strides[axis] == expected, targetStrides[axis] == expected else { return nil }
      expected *= own.count
    }
    return place
  }

  package func place(of selection: StridedRegion, strides: [Int]) -> MappedBytes? {
    base.place(of: selection, strides: strides)
  }

  package func storedBytes() throws -> Int { try base.storedBytes() }
  package func fingerprint() throws -> String { try base.fingerprint() }
}
