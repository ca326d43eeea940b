import TesseraCore

/// Elements by their positions, one after another: what views and walks are compared with.
struct NaiveArray {
  var shape: [Int]
  /// In C order.
  var elements: [Int]

  init(_ shape: [Int]) {
    self.shape = shape
    elements = Array(0..<shape.reduce(1, *))
  }

  init(_ shape: [Int], _ element: ([Int]) -> Int) {
    self.shape = shape
    elements = []
    Region(shape.map { 0..<$0 }).forEachIndex { elements.append(element($0)) }
  }

  subscript(_ index: [Int]) -> Int { elements[zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }] }

  /// Of the array's own axes: none dropped or added.
  func taking(_ region: StridedRegion) -> NaiveArray {
    NaiveArray(region.counts) { index in self[zip(region.axes, index).map { $0.start + $0.step * $1 }] }
  }

  func selecting(_ selection: StridedRegion) -> NaiveArray {
    NaiveArray(selection.resultShape.dimensions) { index in
      var base = selection.axes.map(\.start)
      for (place, axis) in selection.resultAxes.enumerated() {
        if let axis { base[axis] += selection.axes[axis].step * index[place] }
      }
      return self[base]
    }
  }

  func transposed(_ order: [Int]) -> NaiveArray {
    NaiveArray(order.map { shape[$0] }) { index in
      var base = [Int](repeating: 0, count: shape.count)
      for (place, axis) in order.enumerated() { base[axis] = index[place] }
      return self[base]
    }
  }

  func broadcast(_ target: [Int]) -> NaiveArray {
    NaiveArray(target) { index in
      self[zip(index.suffix(shape.count), shape).map { $1 == 1 ? 0 : $0 }]
    }
  }
}

extension RandomNumberGenerator {
  mutating func shape(rank: ClosedRange<Int> = 0...4, longest: Int = 5) -> [Int] {
    (0..<Int.random(in: rank, using: &self)).map { _ in Int.random(in: 1...longest, using: &self) }
  }

  /// Random positions of every axis, walked in either direction.
  mutating func selection(of shape: [Int]) -> StridedRegion {
    StridedRegion(
      axes: shape.map { length in
        if length == 0 { return .init(start: 0, step: 1, count: 0) }
        let start = Int.random(in: 0..<length, using: &self)
        let step = [1, 1, 2, 3, -1, -2].randomElement(using: &self)!
        let room = step > 0 ? (length - 1 - start) / step : start / -step
        return .init(start: start, step: step, count: Int.random(in: 0...room + 1, using: &self))
      })
  }
}
