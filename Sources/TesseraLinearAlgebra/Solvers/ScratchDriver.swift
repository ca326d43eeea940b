import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraKernels
import TesseraStorage

/// A matrix in a temporary file as something to read, by `pread` alone: mapped, rows of a file that lies by columns would
/// bring in many times what is asked for.
struct ScratchDriver<Scalar: LAPACKScalar>: ArrayDriver {
  let description: ArrayDescription
  private let matrix: ScratchMatrix<Scalar>

  private static var itemSize: Int { MemoryLayout<Scalar>.stride }
  /// What is read before it is copied to where it goes.
  private static var pieceBytes: Int { 512 << 10 }

  init(_ matrix: ScratchMatrix<Scalar>) throws {
    self.matrix = matrix
    description = ArrayDescription(
      path: "<temporary file>", format: .computed, shape: try Shape([matrix.rows, matrix.columns]),
      dtype: Scalar.dtype, dtypeName: Scalar.dtype.name, codec: "none", isFortranOrder: true)
  }

  /// Each column of a block takes a call.
  var granule: [Int] { [max(1, min(matrix.rows, 8192 / ScratchDriver.itemSize)), 1] }
  var scratchBytes: Int { ScratchDriver.pieceBytes }

  func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let size = ScratchDriver.itemSize
    let (rows, columns) = (selection.axes[0], selection.axes[1])
    let last = rows.start + (rows.count - 1) * rows.step
    let span = min(rows.start, last)..<max(rows.start, last) + 1
    guard span.count * size <= ScratchDriver.pieceBytes || rows.count == 1 else {
      return try readHalves(selection, into: target, strides: strides, scratch: scratch)
    }
    let wide = max(1, ScratchDriver.pieceBytes / (span.count * size))
    let piece = scratch.encoded.reserve(min(wide, columns.count) * span.count * size)
    let memory = piece.bindMemory(to: Scalar.self).baseAddress!
    for start in stride(from: 0, to: columns.count, by: wide) {
      let count = min(wide, columns.count - start)
      try load(columns, start..<start + count, rows: span, into: memory)
      StridedCopy.copy(
        shape: [rows.count, count], itemSize: size, swapUnit: 1, from: memory + rows.start - span.lowerBound,
        sourceStrides: [rows.step * size, span.count * size], to: target + start * strides[1],
        targetStrides: strides)
    }
  }

  private func readHalves(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    let middle = selection.axes[0].count / 2
    var (first, second) = (selection, selection)
    first.axes[0].count = middle
    second.axes[0].start += middle * selection.axes[0].step
    second.axes[0].count -= middle
    try read(first, into: target, strides: strides, scratch: scratch)
    try read(second, into: target + middle * strides[0], strides: strides, scratch: scratch)
  }

  /// Reads some of the selected columns, one after another where they are neighbours in the file.
  private func load(
    _ columns: StridedRegion.Axis, _ places: Range<Int>, rows: Range<Int>,
    into memory: UnsafeMutablePointer<Scalar>
  ) throws {
    if columns.step == 1 {
      let range = columns.start + places.lowerBound..<columns.start + places.upperBound
      return try matrix.read(rows: rows, columns: range, into: memory, rows.count)
    }
    for (number, place) in places.enumerated() {
      let column = columns.start + place * columns.step
      try matrix.read(
        rows: rows, columns: column..<column + 1, into: memory + number * rows.count, rows.count)
    }
  }

  func storedBytes() throws -> Int {
    ScratchMatrix<Scalar>.bytes(rows: matrix.rows, columns: matrix.columns)
  }

  /// No later run finds the file.
  func fingerprint() throws -> String { "temporary \(ProcessLimits.now)" }
}
