package import TesseraCore
package import TesseraIO
import TesseraKernels

/// Writes the elements of one array in C order into a file, from a given offset on: the body of a `.npy` file.
package final class NpySink: ArraySink {
  package let requirements: SinkRequirements
  private let file: File
  private let dataOffset: Int

  /// The stretch that is worth a write call of its own.
  private static let runBytes = 64 << 10
  private static let writebackBytes = 8 << 20

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
    try forEachRun(of: block) { place, range in
      try file.write(UnsafeRawBufferPointer(rebasing: source[range]), at: place)
      let piece = NpySink.writebackBytes
      let end = place + range.count
      if end / piece != place / piece {
        file.startWriteback(max(0, (place / piece - 1) * piece)..<end / piece * piece)
      }
    }
  }

  /// Calls `body` for each stretch of the file that a block covers: its offset, and its bytes in the block.
  private func forEachRun(of block: Region, _ body: (Int, Range<Int>) throws -> Void) throws {
    if block.isEmpty { return }
    // Axes that the block covers whole run on into the next outer one.
    let (shape, itemSize) = (requirements.shape, requirements.dtype.itemSize)
    var inner = block.rank
    var run = itemSize
    while inner > 0 {
      inner -= 1
      run *= block.lengths[inner]
      if block.lengths[inner] != shape[inner] { break }
    }
    let outer = Region(lower: Array(block.lower[..<inner]), lengths: Array(block.lengths[..<inner]))
    let strides = shape.strides
    var start = 0
    try outer.forEachIndex { index in
      let position = zip(index + block.lower[inner...], strides).reduce(0) { $0 + $1.0 * $1.1 }
      try body(dataOffset + position * itemSize, start..<start + run)
      start += run
    }
  }

  package func sync() throws { try file.sync() }
}
