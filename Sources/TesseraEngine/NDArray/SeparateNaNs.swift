import TesseraCore
import TesseraKernels
import TesseraStorage

/// What `unique` gives when NaNs are not equal to one another: one value for each that there is, in the order in which a
/// stable sort puts them.
struct SeparateNaNs {
  private let array: NDArray
  private let options: TransferOptions
  /// Where they are in the array, in C order.
  private let positions: [Int]
  /// The places among `positions` in the order of the result; nil where that is the same, as for real numbers.
  private let order: [Int]?
  /// Complex numbers may have one part that is a number; nil for real ones.
  private let elements: NDArray?

  init(of array: NDArray, _ options: TransferOptions) throws {
    self.array = array
    self.options = options
    positions = try isnan(array).flatnonzero(options: options)
    guard array.dtype.kind == .complex else {
      (order, elements) = (nil, nil)
      return
    }
    let found = try array.ravel().take(positions, axis: 0).gathered(options)
    let order = SeparateNaNs.order(found, array.dtype)
    self.order = order
    elements = try NDArray(found).take(order, axis: 0)
  }

  private static func order(_ found: MemoryDriver, _ dtype: DType) -> [Int] {
    let count = found.description.shape.count
    let width = SetKeys.width(dtype)
    return Buffer.withTemporary(count * width) { keys in
      SetKeys.keys(
        dtype, count: count, values: UnsafeRawPointer(found.bytes.baseAddress!), into: keys.baseAddress!)
      let own = (0..<count).map { place in
        keys.baseAddress!.loadKey(width, place)
      }
      return own.indices.sorted { (own[$0], $0) < (own[$1], $1) }
    }
  }

  /// - Parameter result: with all NaNs as its last value.
  func applied(to result: Unique) throws -> Unique {
    let first = result.values.size - 1
    func replacingLast(_ part: NDArray?, _ last: NDArray) throws -> NDArray? {
      try part.map { try concatenate([$0[..<first], last]).evaluated(options: options) }
    }
    let last = try elements ?? result.values[first..<first + 1].broadcast(to: [positions.count])
    let places = order.map { $0.map { Int64(positions[$0]) } } ?? positions.map { Int64($0) }
    return Unique(
      values: try replacingLast(result.values, last)!,
      index: try replacingLast(result.index, NDArray(places)),
      inverse: try result.inverse.map { try inverse($0, first: first) },
      counts: try replacingLast(result.counts, .ones([positions.count], dtype: .int64)))
  }

  /// NaNs are numbered as they come.
  private func inverse(_ places: NDArray, first: Int) throws -> NDArray {
    let mask = try isnan(array)
    let numbers = try mask.astype(.int64).ravel().cumsum(axis: 0).reshape(array.shape.dimensions)
    let ranks = order.map { order in
      var ranks = order
      for (rank, place) in order.enumerated() { ranks[place] = rank }
      return ranks
    }
    let own = try numbers.map { (number: Int64) -> Int64 in
      let place = max(0, Int(number) - 1)
      return Int64(first + (ranks?[place] ?? place))
    }
    return try `where`(mask, own, places)
  }
}

extension UnsafeMutableRawPointer {
  fileprivate func loadKey(_ width: Int, _ place: Int) -> UInt128 {
    width == 8
      ? UInt128(load(fromByteOffset: place * 8, as: UInt64.self))
      : load(fromByteOffset: place * 16, as: UInt128.self)
  }
}

extension NDArray {
  /// The elements computed, in memory.
  func gathered(_ options: TransferOptions) throws -> MemoryDriver {
    var evaluation = Evaluation([node], options: options)
    try evaluation.run()
    return evaluation.source(of: node)!.driver as! MemoryDriver
  }
}
