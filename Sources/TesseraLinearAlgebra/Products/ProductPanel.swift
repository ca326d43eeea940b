import TesseraCore
import TesseraKernels
import TesseraStorage

/// A panel of an operand: how a kernel sees it, and what is to be read into it before.
///
/// Several threads may read its pieces, which do not overlap.
struct ProductPanel: @unchecked Sendable {
  /// Part of what is read.
  struct Piece {
    /// Of the operand's source.
    var selection: StridedRegion
    var target: UnsafeMutableRawPointer
  }

  let view: MatrixView
  /// Bytes from one matrix of a stack to the next one.
  var next = 0
  /// Nothing of what is in memory already.
  var pieces: [Piece] = []
  /// Bytes between neighbours along the source's axes.
  var strides: [Int] = []

  /// Cuts a range into about so many pieces of whole units; the first and the last may have parts of one.
  static func cuts(_ range: Range<Int>, into pieces: Int, every unit: Int) -> [Range<Int>] {
    let first = range.lowerBound / unit * unit
    let units = (range.upperBound - first + unit - 1) / unit
    let step = max(1, (units + pieces - 1) / pieces) * unit
    return stride(from: first, to: range.upperBound, by: step).map {
      max(range.lowerBound, $0)..<min(range.upperBound, $0 + step)
    }
  }
}
