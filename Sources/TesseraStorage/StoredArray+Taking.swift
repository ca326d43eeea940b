import Synchronization
import TesseraCore
import TesseraIO

extension StoredArray {
  /// Copies rows, positions along the first axis, in the order asked for: NumPy's `take(indices, axis=0)`.
  ///
  /// - Parameters:
  ///   - rows: positions, negative ones from the end, in any order and with repeats.
  ///   - target: exactly the bytes of the result, of shape `[rows.count] + shape[1...]`.
  ///   - threads: how many to use; nil for all cores when there is enough to do.
  /// - Throws: `.usage` for a scalar, a position out of bounds or a target of another size; `.corrupt`.
  /// - Complexity: a chunk is decoded once where that is less work than decoding what each row needs of it; of others rows
  ///   are decoded one by one, in part where the codec can; memory for the list.
  public func take(
    _ rows: [Int], into target: UnsafeMutableRawBufferPointer, threads: Int? = nil
  ) throws {
    guard let length = shape.dimensions.first else {
      throw TesseraError(.usage, "cannot take rows of a scalar")
    }
    let lengths = [rows.count] + shape.dimensions.dropFirst()
    let strides = Shape.strides(of: lengths).map { $0 * dtype.itemSize }
    let bytes = lengths.saturatingProduct(dtype.itemSize)
    guard target.count == bytes else {
      throw TesseraError(
        .usage, "buffer for \(rows.count) rows", expected: "\(bytes) bytes", got: "\(target.count)")
    }
    var wanted: [RowPlace] = []
    wanted.reserveCapacity(rows.count)
    for (place, row) in rows.enumerated() {
      guard row < length, row >= -length else {
        throw TesseraError(.usage, "index \(row) is out of bounds for axis 0 with size \(length)")
      }
      wanted.append(RowPlace(row: row < 0 ? row + length : row, place: place))
    }
    if bytes == 0 { return }
    wanted.sort { ($0.row, $0.place) < ($1.row, $1.place) }
    try take(sorted: wanted, into: target.baseAddress!, strides: strides, threads: threads)
  }

  /// Each thread takes the next group of rows; groups end where chunks do.
  private func take(
    sorted rows: [RowPlace], into target: UnsafeMutableRawPointer, strides: [Int], threads: Int?
  ) throws {
    let threads = driver.isSequential ? 1 : max(1, threads ?? ProcessLimits.cores)
    let length = driver.granule[0]
    let wanted = max(1, rows.count / (threads * 16))
    var groups: [Range<Int>] = []
    var start = 0
    while start < rows.count {
      var end = min(rows.count, start + wanted)
      while end < rows.count, rows[end].row / length == rows[end - 1].row / length { end += 1 }
      groups.append(start..<end)
      start = end
    }
    let next = Atomic<Int>(0)
    let list = groups
    nonisolated(unsafe) let target = target
    try WorkerTeam.run(threads: min(threads, list.count)) { _ in
      try withScratch { scratch in
        while true {
          let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard number < list.count else { return }
          try driver.readRows(rows[list[number]], into: target, strides: strides, scratch: scratch)
        }
      }
    }
  }
}
