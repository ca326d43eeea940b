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

  /// - Parameter memory: what may be used, in bytes.
  /// - Throws: `.memory` when there are too many NaNs for that.
  init(of array: NDArray, memory: Int, _ options: TransferOptions) throws {
    self.array = array
    self.options = options
    try SeparateNaNs.requireRoom(for: array, memory, options)
    positions = try isnan(array).flatnonzero(options: options)
    guard array.dtype.kind == .complex else {
      (order, elements) = (nil, nil)
      return
    }
    let found = try array.ravel().take(positions, axis: 0).evaluated(options: options)
    let order = try SeparateNaNs.order(found)
    self.order = order
    elements = try found.take(order, axis: 0)
  }

  /// What each takes while they are sorted: 8 bytes for its position, its rank and their places, as much for each result,
  /// and of complex numbers its element, its key, and that as wide as the widest.
  private static func requireRoom(for array: NDArray, _ memory: Int, _ options: TransferOptions) throws {
    let keys = array.dtype.kind == .complex ? SetKeys.width(array.dtype) + 16 : 0
    let each = 2 * array.itemsize + keys + 8 * 8
    let count = try Int(isnan(array).countNonzero().item(as: Int64.self, options: options))
    guard count <= memory / each else {
      throw TesseraError(
        .memory, "NaNs that are not equal",
        expected: "at most \(memory / each), \(each) bytes each in a part of --memory",
        got: "\(count); a larger --memory would do")
    }
  }

  /// The places of computed elements in the order of their keys.
  private static func order(_ found: NDArray) throws -> [Int] {
    guard case .source(let source) = found.node.operation else { return [] }
    let (dtype, count) = (found.dtype, found.size)
    let width = SetKeys.width(dtype)
    let own = try Buffer.withTemporary(count * dtype.itemSize) { values in
      try StoredArray(source.driver).read(into: values)
      return Buffer.withTemporary(count * width) { keys in
        SetKeys.keys(
          dtype, count: count, values: UnsafeRawPointer(values.baseAddress!), into: keys.baseAddress!)
        return (0..<count).map { keys.baseAddress!.loadKey(width, $0) }
      }
    }
    return own.indices.sorted { (own[$0], $0) < (own[$1], $1) }
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
