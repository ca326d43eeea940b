// A call of pread for each stretch, or the mapping? A mapping has a fault for each of them, and the kernel maps up to a
// folio around it, which counts as resident; releasing and faulting anew is what strided reads of cached files mostly
// cost. From a few kilobytes on a call costs less.

import TesseraCore
import TesseraIO

extension StridedFile {
  /// The least stretch that is worth a call.
  private static let stretchBytes = 2 << 10

  /// An axis along which stretches repeat: how many, and the bytes from one to the next.
  private struct Walk {
    var count: Int
    var step: Int
    var targetStep: Int
  }

  /// Reads a selection of long stretches that lie in the target as they lie in the file, one by one.
  ///
  /// - Returns: false, with nothing read, for any other selection.
  func readStretches(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides targetStrides: [Int]
  ) throws -> Bool {
    guard swapUnit == 1 else { return false }
    var walks = selection.axes.indices.filter { selection.axes[$0].count > 1 }.map { axis in
      Walk(
        count: selection.axes[axis].count, step: selection.axes[axis].step * strides[axis],
        targetStep: targetStrides[axis])
    }
    walks.sort { $0.step.magnitude < $1.step.magnitude }
    var stretch = itemSize
    while let walk = walks.first, walk.step == stretch, walk.targetStep == stretch {
      stretch *= walk.count
      walks.removeFirst()
    }
    guard stretch >= StridedFile.stretchBytes else { return false }
    try readStretches(stretch, along: walks[...], from: start(selection), into: target)
    return true
  }

  private func readStretches(
    _ stretch: Int, along walks: ArraySlice<Walk>, from offset: Int, into target: UnsafeMutableRawPointer
  ) throws {
    guard let walk = walks.last else {
      return try mapping.file.read(
        at: offset, into: UnsafeMutableRawBufferPointer(start: target, count: stretch))
    }
    for position in 0..<walk.count {
      try readStretches(
        stretch, along: walks.dropLast(), from: offset + position * walk.step,
        into: target + position * walk.targetStep)
    }
  }
}
