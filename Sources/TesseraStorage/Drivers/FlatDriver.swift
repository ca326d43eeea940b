package import TesseraCore
package import TesseraIO
import TesseraKernels

/// An array whose elements lie one after another in a file, in C or Fortran order: the body of a `.npy` file
/// or of a stored `.npz` member. Read straight from the mapping.
package struct FlatDriver: ArrayDriver {
  package let description: ArrayDescription
  private let mapping: Mapping
  private let dataOffset: Int
  private let dtype: DType
  private let swapUnit: Int
  /// Byte strides along the array's axes.
  private let strides: [Int]
  private let identity: String

  /// - Parameter identity: what tells this version of the data from another, beside the file's stamp.
  /// - Throws: `.corrupt` when the file ends before the elements do.
  package init(
    _ description: ArrayDescription, mapping: Mapping, dataOffset: Int, order: ByteOrder, identity: String = ""
  ) throws {
    dtype = try description.supportedDType()
    let shape = description.shape
    let bytes = shape.count * dtype.itemSize
    guard dataOffset >= 0, mapping.count >= dataOffset, mapping.count - dataOffset >= bytes else {
      throw TesseraError(
        .corrupt, "truncated file", path: description.path, expected: "\(dataOffset + bytes) bytes",
        got: "\(mapping.count)")
    }
    self.description = description
    self.mapping = mapping
    self.dataOffset = dataOffset
    self.identity = identity
    swapUnit = order == .native ? 1 : dtype.swapUnit
    let itemSize = dtype.itemSize
    let elements = description.isFortranOrder
      ? Array(Shape.strides(of: shape.dimensions.reversed()).reversed()) : shape.strides
    strides = elements.map { $0 * itemSize }
  }

  /// A page's worth along the fastest axis: what lies beside an element comes with it.
  package var granule: [Int] {
    var granule = [Int](repeating: 1, count: description.shape.rank)
    let fastest = description.isFortranOrder ? 0 : granule.count - 1
    if granule.indices.contains(fastest) {
      granule[fastest] = max(1, min(4096 / dtype.itemSize, description.shape[fastest]))
    }
    return granule
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides targetStrides: [Int],
    scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    guard Mapping.residentCost(selection.counts.reduce(dtype.itemSize, *), runs: runs(selection)) <= mapping.readLimit
    else { return try readInHalves(selection, into: target, strides: targetStrides, scratch: scratch) }
    mapping.willTouch(selection.counts.reduce(dtype.itemSize, *), runs: runs(selection))
    let start = zip(selection.axes, strides).reduce(dataOffset) { $0 + $1.0.start * $1.1 }
    StridedCopy.copy(
      shape: selection.counts, itemSize: dtype.itemSize, swapUnit: swapUnit,
      from: mapping.bytes.baseAddress! + start,
      sourceStrides: zip(selection.axes, strides).map { $0.step * $1 }, to: target,
      targetStrides: targetStrides)
  }

  /// Stretches of the file that the selection's elements lie in.
  private func runs(_ selection: StridedRegion) -> Int {
    var runs = 1
    let slowestFirst = description.isFortranOrder ? Array(strides.indices.reversed()) : Array(strides.indices)
    for axis in slowestFirst.dropLast() where selection.axes[axis].count > 1 {
      let inner = slowestFirst[(slowestFirst.firstIndex(of: axis)! + 1)...]
      let isWhole = inner.allSatisfy { selection.axes[$0].count == description.shape[$0] }
      // Rows next to one another, or within what a fault brings in, are one stretch.
      let gap = strides[axis].magnitude * selection.axes[axis].step.magnitude
      if !(isWhole && selection.axes[axis].step.magnitude == 1) && gap > Mapping.faultAround {
        runs = runs.multipliedReportingOverflow(by: selection.axes[axis].count).partialValue
      } else {
        break
      }
    }
    return max(runs, 1)
  }

  /// Splits along the axis that is slowest in the file, so that each part touches few pages.
  private func readInHalves(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides targetStrides: [Int],
    scratch: ReadScratch
  ) throws {
    let order = strides.indices.sorted { strides[$0] > strides[$1] }
    guard let axis = order.first(where: { selection.axes[$0].count > 1 }) else { return }
    try selection.forEachHalf(axis) { half, place in
      try read(half, into: target + place * targetStrides[axis], strides: targetStrides, scratch: scratch)
    }
  }

  package func withContiguous<Result>(
    _ region: Region, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    guard swapUnit == 1, !region.isEmpty, isContiguous(region) else { return nil }
    let start = zip(region.lower, strides).reduce(dataOffset) { $0 + $1.0 * $1.1 }
    let count = region.count * dtype.itemSize
    mapping.willTouch(count)
    return try body(UnsafeRawBufferPointer(rebasing: mapping.bytes[start..<start + count]))
  }

  /// Whether C order over the region is one stretch of the file.
  private func isContiguous(_ region: Region) -> Bool {
    var expected = dtype.itemSize
    for axis in strides.indices.reversed() where region.lengths[axis] > 1 {
      guard strides[axis] == expected else { return false }
      expected *= region.lengths[axis]
    }
    return true
  }

  package func storedBytes() throws -> Int { try mapping.file.size() }

  package func fingerprint() throws -> String {
    let stamp = try mapping.file.stamp()
    return "\(stamp.size) \(stamp.modified) \(stamp.inode) \(identity)"
  }
}
