import TesseraCore

extension Surface {
  /// A byte for the number of axes (0 to 7), a byte for the length of each (those from 240 on are huge), and a selection.
  static let slice = Surface("slice") { bytes in
    guard let first = bytes.first else { return }
    let rank = Int(first & 7)
    let lengths = bytes.dropFirst().prefix(rank).map { $0 < 240 ? Int($0) : (1 << 58) - Int(255 - $0) }
    let text = String(decoding: bytes.dropFirst(1 + rank), as: UTF8.self)
    let selection = try Selection(parsing: text)
    let shape = try Shape(lengths)
    let region = try selection.resolve(shape)
    require(region.axes.count == shape.rank, "axes of the array")
    for (axis, length) in zip(region.axes, shape.dimensions) where axis.count > 0 {
      let (span, overflow) = axis.step.multipliedReportingOverflow(by: axis.count - 1)
      require(!overflow && axis.step != 0, "the step of \(text)")
      require((0..<length).contains(axis.start), "the start of \(text) in \(length)")
      require((0..<length).contains(axis.start + span), "the end of \(text) in \(length)")
    }
    require(region.resultShape.count == region.counts.saturatingProduct(), "the shape of \(text)")
    require(region.bounds.fits(shape) || region.isEmpty, "the bounds of \(text)")
    checkSlices(selection, region, shape)
  }

  /// What Python's rules give, in numbers that cannot overflow.
  private static func checkSlices(_ selection: Selection, _ region: StridedRegion, _ shape: Shape) {
    guard !selection.items.contains(.ellipsis) else { return }
    for (item, (axis, length)) in zip(
      selection.items.filter({ $0 != .newAxis }), zip(region.axes, shape.dimensions))
    {
      guard case .slice(let start, let stop, let step) = item else { continue }
      let stride = Int128(step ?? 1)
      let least: Int128 = stride > 0 ? 0 : -1
      let most = Int128(length) + least
      func bound(_ value: Int?, _ missing: Int128) -> Int128 {
        guard let value else { return missing }
        return min(max(value < 0 ? Int128(value) + Int128(length) : Int128(value), least), most)
      }
      let from = bound(start, stride > 0 ? least : most)
      let to = bound(stop, stride > 0 ? most : least)
      let span = stride > 0 ? to - from : from - to
      let count = span <= 0 ? 0 : (span - 1) / Int128(stride.magnitude) + 1
      require(Int128(axis.count) == count, "\(item) of \(length) has \(axis.count) elements")
      if axis.count > 0 {
        require(Int128(axis.start) == from, "\(item) of \(length) starts at \(axis.start)")
      }
      if axis.count > 1 { require(Int128(axis.step) == stride, "\(item) of \(length) steps by \(axis.step)") }
    }
  }
}
