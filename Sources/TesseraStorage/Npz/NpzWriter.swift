import TesseraCodecs
package import TesseraCore
package import TesseraIO

/// Writes a `.npz` archive of stored members: their sizes are known, so their places are before they are written, and
/// several can be written at the same time.
package final class NpzWriter: NpzWriting, Sendable {
  private let file: File
  private let state = Lock((records: [ZipRecord](), end: 0))

  package init(_ file: File) { self.file = file }

  /// Far beyond any file, and so far from the largest number that places behind it can still be computed.
  static let mostBytes = 1 << 62

  /// Takes the next member's place; its elements are written through the sink, then `finish` is called on it.
  package func member(_ name: String, shape: Shape, dtype: DType) throws -> NpzSink {
    let header = try NpyHeader.bytes(dtype: dtype, fortranOrder: false, shape: shape)
    let offset = state.withLock { $0.end }
    var record = try ZipRecord(
      name: name + ".npy", method: .stored, headerOffset: offset, leading: header.count, alignment: 64)
    let dataOffset = offset + record.localHeader().count + header.count
    let elements = shape.count.saturatingMultiply(dtype.itemSize)
    guard dataOffset.saturatingAdd(elements) < NpzWriter.mostBytes else {
      throw TesseraError(.usage, "shape \(shape) is too large for a file", path: file.path)
    }
    record.uncompressedSize = header.count + elements
    record.compressedSize = record.uncompressedSize
    state.withLock { $0.end = dataOffset + elements }
    try file.write(header, at: dataOffset - header.count)
    return NpzSink(
      self, NpySink(shape, dtype: dtype, file: file, dataOffset: dataOffset), record,
      headerChecksum: header.withUnsafeBytes { CRC32.checksum($0) })
  }

  /// Adds a string, which `numpy.load` gives as an array of shape `()`.
  package func add(_ name: String, text: String) throws {
    let bytes = NpyText.bytes(text)
    let offset = state.withLock { $0.end }
    var record = try ZipRecord(name: name + ".npy", method: .stored, headerOffset: offset)
    record.uncompressedSize = bytes.count
    record.compressedSize = bytes.count
    record.crc32 = bytes.withUnsafeBytes { CRC32.checksum($0) }
    let dataOffset = offset + record.localHeader().count
    state.withLock { $0.end = dataOffset + bytes.count }
    try file.write(bytes, at: dataOffset)
    try finish(record)
  }

  fileprivate func finish(_ record: ZipRecord) throws {
    try file.write(record.localHeader(), at: record.headerOffset)
    state.withLock { $0.records.append(record) }
  }

  /// Writes the directory, of the members in the order of their places, and syncs; the archive is complete.
  package func close() throws {
    let (records, end) = state.withLock { ($0.records, $0.end) }
    try ZipRecord.writeDirectory(of: records, at: end, to: file)
  }
}

/// One member of a `.npz` that is being written.
package final class NpzSink: ArraySink {
  private let archive: NpzWriter
  private let body: NpySink
  private let record: ZipRecord
  /// CRC-32 of the header and of the blocks that have passed the gate.
  private let checksum: Lock<UInt32>

  fileprivate init(_ archive: NpzWriter, _ body: NpySink, _ record: ZipRecord, headerChecksum: UInt32) {
    self.archive = archive
    self.body = body
    self.record = record
    checksum = Lock(headerChecksum)
  }

  package static func requirements(_ shape: Shape, dtype: DType) -> SinkRequirements {
    var requirements = NpySink.requirements(shape, dtype: dtype)
    // The checksum of the whole is made of those of its stretches.
    requirements.isContiguous = true
    return requirements
  }

  package var requirements: SinkRequirements {
    NpzSink.requirements(body.requirements.shape, dtype: body.requirements.dtype)
  }

  package func store(
    _ block: Region, turn: Int, from source: UnsafeRawBufferPointer, gate: OrderedGate,
    scratch: WriteScratch
  ) throws {
    let own = CRC32.checksum(source)
    try gate.pass(turn) {
      checksum.withLock { $0 = CRC32.combine($0, own, secondCount: source.count) }
    }
    try body.write(block, from: source)
  }

  package func isStored(_ block: Region) throws -> Bool { false }

  package func sync() throws {}

  /// Writes the member's header, with its checksum.
  package func finish() throws {
    var record = record
    record.crc32 = checksum.withLock { $0 }
    try archive.finish(record)
  }
}
