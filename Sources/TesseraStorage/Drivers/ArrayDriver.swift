package import TesseraCodecs
package import TesseraCore
package import TesseraIO

/// What every stored form offers to readers: a description, and any strided box of its elements.
///
/// Drivers are immutable and shared between threads; what a read needs to write lives in its `ReadScratch`.
package protocol ArrayDriver: Sendable {
  var description: ArrayDescription { get }

  /// The least box worth reading at once: a chunk, or a stretch of a flat file. Reading less costs
  /// as much as reading all of it.
  var granule: [Int] { get }

  /// Whether reading in storage order is much cheaper than jumping about (a compressed stream).
  var isSequential: Bool { get }

  /// The least box that is read on its own, where a granule can be read in part at some cost.
  var leastRead: [Int] { get }

  /// About how many of those boxes one of these lengths touches.
  func leastReads(of lengths: [Int]) -> Int

  /// What reading takes, decoding included, as a multiple of copying as many bytes from the page cache.
  var readingCost: Double { get }

  /// Bytes that one reader needs beyond the target while it reads.
  var scratchBytes: Int { get }

  /// Those of them that stay with the driver after the read; others stay with the reader's scratch.
  var keptBytes: Int { get }

  /// Those of them that are given back after each read.
  var passingBytes: Int { get }

  /// Copies `selection` into `target`, native-endian, with the given byte strides along the array's axes.
  func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws

  /// Copies whole rows, positions along the first axis, to their places.
  ///
  /// - Parameters:
  ///   - rows: ascending in `row`; `place` is the position in `target`, in rows.
  ///   - strides: byte strides of `target`.
  func readRows(
    _ rows: ArraySlice<RowPlace>, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws

  /// Whether `readRows` reads what several rows share once; otherwise it reads row by row.
  var readsRowsTogether: Bool { get }

  /// Where the elements of a selection are mapped just as `read` would put them into memory with these strides; nothing is
  /// read.
  ///
  /// - Returns: nil when they do not lie like that.
  func place(of selection: StridedRegion, strides: [Int]) throws -> MappedBytes?

  /// The bytes of an element that was never written; nil where there is no such thing.
  var fill: [UInt8]? { get }

  /// Bytes the array takes on disk.
  func storedBytes() throws -> Int

  /// What identifies this version of the data, for resuming.
  func fingerprint() throws -> String

  /// Called when nobody reads for now: memory that was kept for readers may go.
  func finishReading()
}

extension ArrayDriver {
  package var isSequential: Bool { false }
  package var leastRead: [Int] { granule }
  package var readingCost: Double { 1 }
  package var readsRowsTogether: Bool { false }
  package var fill: [UInt8]? { nil }
  package var scratchBytes: Int { 0 }
  package var keptBytes: Int { 0 }
  package var passingBytes: Int { 0 }

  package func leastReads(of lengths: [Int]) -> Int {
    zip(lengths, leastRead).reduce(1) { $0.saturatingMultiply(($1.0 + $1.1 - 1) / $1.1) }
  }

  package func finishReading() {}
  package func place(of selection: StridedRegion, strides: [Int]) throws -> MappedBytes? { nil }

  /// Calls `body` with the elements of `region` where they are mapped, contiguous, in C order and native-endian.
  ///
  /// - Returns: nil, without calling `body`, when they do not lie like that.
  /// - Throws: `.corrupt` when the file was truncated meanwhile.
  package func withContiguous<Result>(
    _ region: Region, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    let itemSize = try description.supportedDType().itemSize
    let strides = Shape.strides(of: region.lengths).map { $0 * itemSize }
    guard let place = try place(of: StridedRegion(region), strides: strides) else { return nil }
    place.mapping.willTouch(place.range.count)
    return try place.mapping.whole {
      try body(UnsafeRawBufferPointer(rebasing: place.mapping.bytes[place.range]))
    }
  }

  package func readRows(
    _ rows: ArraySlice<RowPlace>, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    var one = StridedRegion(Region(description.shape))
    one.axes[0].count = 1
    for entry in rows {
      one.axes[0].start = entry.row
      try read(one, into: target + entry.place * strides[0], strides: strides, scratch: scratch)
    }
  }
}

/// A row that is wanted, and where it goes.
package struct RowPlace: Sendable {
  package var row: Int
  package var place: Int

  package init(row: Int, place: Int) {
    self.row = row
    self.place = place
  }
}

/// The memory one thread lends to reads, reused from read to read.
package final class ReadScratch: Sendable {
  package let codec = CodecScratch()
  /// One decoded chunk.
  package let chunk = ChunkMemory()
  /// One encoded chunk, or part of a stream.
  package let encoded = Buffer()
  /// Whether what was read leaves the page cache: for one scan of more than memory holds, which would
  /// drive everybody else's files out of it and find nothing of its own there the next time.
  package let forgets: Bool

  /// Whether what is read is all there is, each element once, so that a checksum of the whole can be checked.
  package let checks: Bool

  /// Throws when the work was asked to stop; for reads that take long by themselves. Changed by the thread alone whose
  /// memory it is.
  package nonisolated(unsafe) var interruption: @Sendable () throws -> Void

  package init(
    forgets: Bool = false, checks: Bool = false, interruption: @escaping @Sendable () throws -> Void = {}
  ) {
    self.forgets = forgets
    self.checks = checks
    self.interruption = interruption
  }
}
