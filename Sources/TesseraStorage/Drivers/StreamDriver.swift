package import TesseraCore
package import TesseraIO
import TesseraKernels

/// An array whose bytes come from a compressed stream: the body of a deflated `.npz` member.
package struct StreamDriver: ArrayDriver {
  package let description: ArrayDescription
  private let stream: InflateStream
  private let file: File
  private let dataOffset: Int
  private let dtype: DType
  private let swapUnit: Int
  private let strides: [Int]
  private let identity: String

  /// What is inflated at one go.
  private static let spanBytes = 2 << 20

  package init(
    _ description: ArrayDescription, stream: InflateStream, file: File, dataOffset: Int, order: ByteOrder,
    identity: String
  ) throws {
    self.description = description
    self.stream = stream
    self.file = file
    self.dataOffset = dataOffset
    self.identity = identity
    dtype = try description.supportedDType()
    swapUnit = order == .native ? 1 : dtype.swapUnit
    let shape = description.shape
    let itemSize = dtype.itemSize
    let elements =
      description.isFortranOrder
      ? Array(Shape.strides(of: shape.dimensions.reversed()).reversed()) : shape.strides
    strides = elements.map { $0 * itemSize }
  }

  package var isSequential: Bool { true }

  /// Inflating, on one core.
  package var readingCost: Double { 24 }

  package var keptBytes: Int { InflateStream.scratchBytes }

  package var scratchBytes: Int {
    min(StreamDriver.spanBytes, description.logicalBytes ?? StreamDriver.spanBytes) + keptBytes
  }

  /// Skipping costs as much as reading: everything but the slowest axis.
  package var granule: [Int] {
    var granule = description.shape.dimensions.map { max($0, 1) }
    if !granule.isEmpty { granule[description.isFortranOrder ? granule.count - 1 : 0] = 1 }
    return granule
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides targetStrides: [Int],
    scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let bounds = selection.bounds
    let first = zip(bounds.lower, strides).reduce(0) { $0 + $1.0 * $1.1 }
    let last = bounds.lower.indices.reduce(0) {
      $0 + (bounds.lower[$1] + bounds.lengths[$1] - 1) * strides[$1]
    }
    let count = last + dtype.itemSize - first
    let order = strides.indices.sorted { strides[$0] > strides[$1] }
    if count > StreamDriver.spanBytes, let axis = order.first(where: { selection.axes[$0].count > 1 }) {
      return try selection.forEachHalf(axis) { half, place in
        try read(half, into: target + place * targetStrides[axis], strides: targetStrides, scratch: scratch)
      }
    }
    let bytes = scratch.encoded.reserve(count)
    try naming(description.path) { try stream.read(at: dataOffset + first, into: bytes) }
    let start = zip(selection.axes, strides).reduce(-first) { $0 + $1.0.start * $1.1 }
    StridedCopy.copy(
      shape: selection.counts, itemSize: dtype.itemSize, swapUnit: swapUnit,
      from: UnsafeRawPointer(bytes.baseAddress!) + start,
      sourceStrides: zip(selection.axes, strides).map { $0.step * $1 }, to: target,
      targetStrides: targetStrides)
  }

  package func finishReading() { stream.rest() }

  package func storedBytes() throws -> Int { try file.size() }

  package func fingerprint() throws -> String {
    let stamp = try file.stamp()
    return "\(stamp.size) \(stamp.modified) \(stamp.inode) \(identity)"
  }
}
