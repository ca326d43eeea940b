package import TesseraCore
package import TesseraIO
import TesseraKernels

/// Writes the elements of one array in C order into a file, from a given offset on: the body of a `.npy` file.
package final class NpySink: ArraySink {
  package let requirements: SinkRequirements
  private let file: File
  private let dataOffset: Int
  private let writeback: EarlyWriteback

  /// The stretch that is worth a write call of its own.
  private static let runBytes = 64 << 10

  /// Writes the header of a new `.npy` file.
  package convenience init(_ shape: Shape, dtype: DType, file: File) throws {
    let header = try NpyHeader.bytes(dtype: dtype, fortranOrder: false, shape: shape)
    let (size, overflow) = header.count.addingReportingOverflow(shape.count * dtype.itemSize)
    guard !overflow else {
      throw TesseraError(.usage, "shape \(shape) is too large for a file", path: file.path)
    }
    try file.write(header, at: 0)
    self.init(shape, dtype: dtype, file: file, dataOffset: header.count)
    // Its full size now, so that a resumed file has it whatever was written last.
    try file.truncate(to: size)
  }

  init(_ shape: Shape, dtype: DType, file: File, dataOffset: Int) {
    requirements = NpySink.requirements(shape, dtype: dtype)
    self.file = file
    self.dataOffset = dataOffset
    writeback = EarlyWriteback(file)
  }

  package static func requirements(_ shape: Shape, dtype: DType) -> SinkRequirements {
    SinkRequirements(
      shape: shape, dtype: dtype, unit: unit(shape, itemSize: dtype.itemSize), isDivisible: true)
  }

  /// Part of a row, or whole rows when they are short.
  private static func unit(_ shape: Shape, itemSize: Int) -> [Int] {
    var unit = [Int](repeating: 1, count: shape.rank)
    var bytes = itemSize
    for axis in shape.indices.reversed() {
      let length = max(shape[axis], 1)
      unit[axis] = min(length, max(1, runBytes / bytes))
      bytes *= unit[axis]
      if unit[axis] < length { break }
    }
    return unit
  }

  package func isStored(_ block: Region) throws -> Bool { false }

  package func store(
    _ block: Region, turn: Int, from source: UnsafeRawBufferPointer, gate: OrderedGate,
    scratch: WriteScratch
  ) throws {
    try gate.pass(turn) {}
    try write(block, from: source)
  }

  /// Writes a block, given C-contiguous, to its place.
  package func write(_ block: Region, from source: UnsafeRawBufferPointer) throws {
    if block.isEmpty { return }
    let runs = BlockRuns(of: block, in: requirements.shape)
    let itemSize = requirements.dtype.itemSize
    func bytes(_ elements: Range<Int>, from start: Int = 0) -> Range<Int> {
      start + elements.lowerBound * itemSize..<start + elements.upperBound * itemSize
    }
    try runs.forEachRun { place, elements in
      let part = UnsafeRawBufferPointer(rebasing: source[bytes(elements)])
      try file.write(part, at: dataOffset + place * itemSize)
    }
    runs.forEachStretch { stretch, filled in
      writeback.add(filled * itemSize, of: bytes(stretch, from: dataOffset))
    }
  }

  package func sync() throws { try file.sync() }
}
