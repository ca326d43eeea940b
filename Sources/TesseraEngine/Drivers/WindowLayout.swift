import TesseraCore

/// The boxes in which windows are worth reading: all of each window, and so many windows along an axis that neighbouring
/// boxes have not much of the base in common.
struct WindowLayout {
  let granule: [Int]
  /// How often an element of the base is then read, on average.
  let rereads: Double

  /// What windows are cut to, and up to which more of them are taken together.
  private static let bytes = 4 << 20
  /// What granules of the base may make of it.
  private static let most = 16 << 20

  /// - Parameters:
  ///   - base: the base's granule.
  ///   - shape: of the windows.
  ///   - followers: by axis of the base, the axes of `shape` that move along it.
  init(base: [Int], _ shape: Shape, followers: [[Int]], itemSize: Int) {
    var granule = shape.dimensions.map { max($0, 1) }
    var room = max(1, WindowLayout.bytes / itemSize)
    for axis in (base.count..<shape.rank).reversed() {
      granule[axis] = min(granule[axis], room)
      room = max(1, room / granule[axis])
    }
    for axis in base.indices.reversed() {
      granule[axis] = max(1, min(granule[axis], base[axis]))
      if followers[axis].count > 1 { continue }
      granule[axis] = min(granule[axis], room)
      room = max(1, room / granule[axis])
    }
    var rereads = 1.0
    for axis in base.indices where followers[axis].count > 1 {
      let span = followers[axis].dropFirst().reduce(0) { $0 + shape[$1] - 1 }
      let others = granule.indices.reduce(itemSize) {
        $1 == axis ? $0 : $0.saturatingMultiply(granule[$1])
      }
      granule[axis] = WindowLayout.count(max(1, base[axis]), span: span, others: others, of: shape[axis])
      let boxes = (shape[axis] + granule[axis] - 1) / granule[axis]
      rereads *= Double(shape[axis] + boxes * span) / Double(shape[axis] + span)
    }
    self.granule = granule
    self.rereads = rereads
  }

  /// How many windows along an axis are read together: as many whole granules of the base as hold two of them, if there is
  /// room, but a granule that is not too large by itself is not cut.
  ///
  /// - Parameters:
  ///   - span: from the first element of a window to its last.
  ///   - others: bytes of each of them.
  private static func count(_ granule: Int, span: Int, others: Int, of length: Int) -> Int {
    let room = max(1, WindowLayout.bytes / max(1, others))
    let most = max(1, WindowLayout.most / max(1, others))
    let wanted = min(span.saturatingMultiply(2).saturatingAdd(granule), room) / granule * granule
    return max(1, min(max(granule, wanted), most, length))
  }
}
