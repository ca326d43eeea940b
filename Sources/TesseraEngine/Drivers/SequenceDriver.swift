package import TesseraCore
import TesseraKernels
package import TesseraStorage

/// An array whose element number i, in C order, is a function of i: whichever part is read is made for the reader.
package protocol SequenceDriver: ComputedDriver {
  /// Writes elements `first` ..< `first` + `count` of the C order at any address.
  func fill(first: Int, count: Int, into target: UnsafeMutableRawPointer)
}

/// Elements made beyond those that are wanted cost less than starting anew, up to this distance.
private let farthestStep = 16
/// Elements made at a time where they are not to lie one after another; they stay in the first-level cache.
private let tileCount = 1024

extension SequenceDriver {
  package var granule: [Int] {
    var granule = [Int](repeating: 1, count: description.shape.rank)
    if let last = granule.indices.last { granule[last] = max(1, min(tileCount, description.shape[last])) }
    return granule
  }

  package var leastRead: [Int] { granule.map { min($0, farthestStep) } }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    let shape = description.shape
    let own = shape.strides
    let itemSize = try description.supportedDType().itemSize
    // Trailing axes that are taken whole, and lie one after another in the target, form one run with the axis before.
    var outer = shape.rank
    var run = 1
    while outer > 0 {
      let part = selection.axes[outer - 1]
      guard part.count == 1 || (part.step == 1 && strides[outer - 1] == run * itemSize) else { break }
      outer -= 1
      run *= part.count
      if part.count != shape[outer] { break }
    }
    // An axis that is no such run is walked with its steps.
    let walked = run == 1 && outer > 0 ? outer - 1 : nil
    Region(selection.axes[..<(walked ?? outer)].map { 0..<$0.count }).forEachIndex { index in
      var first = 0
      var place = 0
      for (number, part) in selection.axes.enumerated() {
        let position = number < index.count ? index[number] : 0
        first += (part.start + position * part.step) * own[number]
        place += position * strides[number]
      }
      if let walked {
        let part = selection.axes[walked]
        walk(
          first, by: part.step * own[walked], part.count, itemSize, into: target + place, strides[walked])
      } else {
        fill(first: first, count: run, into: target + place)
      }
    }
  }

  /// Elements number `first`, `first + step` and so on, `stride` bytes apart.
  private func walk(
    _ first: Int, by step: Int, _ count: Int, _ itemSize: Int, into target: UnsafeMutableRawPointer,
    _ stride: Int
  ) {
    let distance = Int(step.magnitude)
    guard distance <= farthestStep else {
      for number in 0..<count { fill(first: first + number * step, count: 1, into: target + number * stride) }
      return
    }
    let most = (tileCount - 1) / distance + 1
    withUnsafeTemporaryAllocation(byteCount: tileCount * itemSize, alignment: 16) { tile in
      let made = tile.baseAddress!
      for start in Swift.stride(from: 0, to: count, by: most) {
        let piece = min(most, count - start)
        let begin = first + start * step
        let span = (piece - 1) * distance
        fill(first: step < 0 ? begin - span : begin, count: span + 1, into: made)
        StridedCopy.copy(
          shape: [piece], itemSize: itemSize, swapUnit: 1, from: made + (step < 0 ? span * itemSize : 0),
          sourceStrides: [step * itemSize], to: target + start * stride, targetStrides: [stride])
      }
    }
  }

  package var storedBytesRead: Int { 0 }
  package var sourceNames: [String] { [description.path] }
  package func storedBytes() throws -> Int { 0 }
}
