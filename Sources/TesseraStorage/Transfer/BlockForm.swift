import TesseraCore

/// What blocks must be like so that all of several destinations, which are given the same ones, can take them.
struct BlockForm: Hashable {
  /// Blocks cover whole units, clipped at the array's edges.
  var unit: [Int]
  /// Boxes that no file of any destination reaches out of; nil when there is one file.
  var fileShape: [Int]?
  /// Whether blocks must be whole stretches of the array in C order.
  var isContiguous: Bool

  /// - Parameter sinks: of one shape, at least one.
  init(_ sinks: [SinkRequirements]) {
    let first = sinks[0]
    (unit, fileShape, isContiguous) = (first.unit, first.fileShape, sinks.contains(where: \.isContiguous))
    guard sinks.count > 1 else { return }
    let lengths = first.shape.dimensions.map { max($0, 1) }
    let fixed = BlockForm.common(sinks.filter { !$0.isDivisible }.map(\.unit), lengths)
    let advised = lengths.indices.map { axis in
      sinks.lazy.filter(\.isDivisible).map { $0.unit[axis] }.max() ?? 1
    }
    unit = lengths.indices.map {
      BlockForm.multiple(of: fixed[$0], atLeast: advised[$0], within: lengths[$0])
    }
    if isContiguous {
      makeContiguous(lengths)
    } else {
      fileShape = BlockForm.files(sinks.compactMap(\.fileShape), unit: unit, lengths)
    }
  }

  /// Stretches in C order are numbered in that order, whatever files there are.
  private mutating func makeContiguous(_ lengths: [Int]) {
    fileShape = nil
    guard let outermost = unit.firstIndex(where: { $0 > 1 }) else { return }
    for axis in unit.indices where axis > outermost { unit[axis] = lengths[axis] }
  }

  /// Whole files of every destination, in whole units; all of the array along axes where they have no less in common.
  private static func files(_ files: [[Int]], unit: [Int], _ lengths: [Int]) -> [Int]? {
    if files.isEmpty { return nil }
    let common = common(files + [unit], lengths)
    return lengths.indices.map { multiple(of: unit[$0], atLeast: common[$0], within: .max) }
  }

  /// The least common multiples of boxes, or the whole length where they are beyond it.
  private static func common(_ boxes: [[Int]], _ lengths: [Int]) -> [Int] {
    lengths.indices.map { axis in
      boxes.reduce(1) { common, box in
        let length = min(max(box[axis], 1), lengths[axis])
        return min((common / gcd(common, length)).saturatingMultiply(length), lengths[axis])
      }
    }
  }

  private static func multiple(of unit: Int, atLeast least: Int, within length: Int) -> Int {
    min(max(1, (least + unit - 1) / unit).saturatingMultiply(unit), length)
  }
}
