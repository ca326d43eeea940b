import Synchronization
public import TesseraCore
import TesseraIO

extension StoredArray {
  /// Copies a selection into the caller's memory, C-contiguous and native-endian.
  ///
  /// - Parameters:
  ///   - selection: NumPy's basic indexing; `.all` for everything.
  ///   - target: exactly `count * dtype.itemSize` bytes of the result.
  ///   - threads: how many to use; nil for all cores when there is enough to do.
  /// - Throws: `.usage` for a selection that does not fit the shape or a target of another size; `.corrupt`
  ///   for bytes that do not decode.
  /// - Complexity: each chunk the selection touches is decoded once, or in part where that saves an eighth and the codec
  ///   can.
  public func read(
    _ selection: Selection = .all, into target: UnsafeMutableRawBufferPointer, threads: Int? = nil
  ) throws {
    let resolved = try selection.resolve(shape)
    try read(resolved, into: target, threads: threads)
  }

  /// Copies a box into the caller's memory; otherwise as reading a selection.
  public func read(
    _ region: Region, into target: UnsafeMutableRawBufferPointer, threads: Int? = nil
  ) throws {
    guard region.fits(shape) else {
      throw TesseraError(.usage, "region", expected: "a box within \(shape)", got: "\(region)")
    }
    try read(StridedRegion(region), into: target, threads: threads)
  }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawBufferPointer, threads: Int? = nil
  ) throws {
    let counts = selection.counts
    let bytes = counts.reduce(dtype.itemSize, *)
    guard target.count == bytes else {
      throw TesseraError(
        .usage, "buffer for \(selection.resultShape) of \(dtype)", expected: "\(bytes) bytes",
        got: "\(target.count)")
    }
    if bytes == 0 { return }
    if bytes >= StoredArray.hugePageBytes { Syscalls.adviseHugePages(target) }
    let strides = Shape.strides(of: counts).map { $0 * dtype.itemSize }
    let parts = driver.isSequential ? 1 : parts(of: selection, bytes: bytes, threads: threads)
    guard parts > 1 else {
      return try withScratch {
        try driver.read(selection, into: target.baseAddress!, strides: strides, scratch: $0)
      }
    }
    try readInParallel(selection, into: target.baseAddress!, strides: strides, parts: parts, threads: threads)
  }

  /// From here on a target is filled faster in huge pages, for which NumPy asks too.
  private static var hugePageBytes: Int { 4 << 20 }

  /// The least work that is worth a thread.
  private static var bytesPerThread: Int { 1 << 20 }

  private func parts(of selection: StridedRegion, bytes: Int, threads: Int?) -> Int {
    let threads = threads ?? ProcessLimits.cores
    guard threads > 1, bytes >= 2 * StoredArray.bytesPerThread else { return 1 }
    return min(bytes / StoredArray.bytesPerThread, threads * 16)
  }

  /// Cuts the axis with the most chunks at chunk boundaries, and lets each thread take the next piece.
  private func readInParallel(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], parts: Int,
    threads: Int?
  ) throws {
    let granule = driver.granule
    let axis =
      selection.axes.indices.max { first, second in
        selection.axes[first].count / granule[first] < selection.axes[second].count / granule[second]
      } ?? 0
    let pieces = StoredArray.pieces(of: selection.axes[axis], granule: granule[axis], parts: parts)
    let next = Atomic<Int>(0)
    nonisolated(unsafe) let target = target
    try WorkerTeam.run(threads: min(threads ?? ProcessLimits.cores, pieces.count)) { _ in
      try withScratch { scratch in
        while true {
          let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard number < pieces.count else { return }
          var piece = selection
          let range = pieces[number]
          piece.axes[axis].start += range.lowerBound * piece.axes[axis].step
          piece.axes[axis].count = range.count
          try driver.read(
            piece, into: target + range.lowerBound * strides[axis], strides: strides, scratch: scratch)
        }
      }
    }
  }

  /// Ranges of an axis of a selection, about `parts` of them, that end where a granule does.
  private static func pieces(of axis: StridedRegion.Axis, granule: Int, parts: Int) -> [Range<Int>] {
    let step = axis.step.magnitude
    var pieces: [Range<Int>] = []
    var start = 0
    let wanted = max(1, axis.count / parts)
    while start < axis.count {
      var end = min(axis.count, start + wanted)
      if axis.step > 0, end < axis.count {
        let position = axis.start + end * axis.step
        let boundary = (position + granule - 1) / granule * granule
        end = min(axis.count, end + (boundary - position + Int(step) - 1) / Int(step))
      }
      pieces.append(start..<end)
      start = end
    }
    return pieces
  }

  /// The elements of a selection as Swift values, in C order.
  ///
  /// - Throws: `.usage` when `Element` is not the array's dtype, and as `read`.
  /// - Complexity: memory for the result; see `read`.
  public func elements<T: Element>(_ selection: Selection = .all, as type: T.Type = T.self) throws -> [T] {
    guard T.dtype == dtype else {
      throw TesseraError(
        .usage, "element type", path: driver.description.path, expected: "\(dtype)", got: "\(T.dtype)")
    }
    let resolved = try selection.resolve(shape)
    let count = resolved.resultShape.count
    try MemoryModel.requireAvailable(
      count.saturatingMultiply(dtype.itemSize), for: "\(resolved.resultShape) elements of \(dtype)")
    return try [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      let bytes = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      try read(resolved, into: bytes)
      // Any byte but 0 is true in a file; a Swift Bool must be 0 or 1.
      if dtype == .bool { for index in bytes.indices { bytes[index] = bytes[index] == 0 ? 0 : 1 } }
      initialized = count
    }
  }

  /// Lends the bytes of a region without copying, where they lie in the file as they would in memory:
  /// uncompressed, native-endian, contiguous in C order, and within one chunk.
  ///
  /// - Returns: what `body` returns; nil, without calling it, when the layout does not permit.
  /// - Throws: `.usage` for a region outside the array.
  /// - Complexity: no copy; pages are read as `body` touches them.
  public func withContiguousBytes<Result>(
    _ region: Region, _ body: (RawSpan) throws -> Result
  ) throws -> Result? {
    guard region.fits(shape) else {
      throw TesseraError(.usage, "region", expected: "a box within \(shape)", got: "\(region)")
    }
    return try driver.withContiguous(region) { try body($0.bytes) }
  }
}
