package import TesseraCodecs
package import TesseraCore
package import TesseraIO

/// Writes a `.npz` archive of deflated members: NumPy's `savez_compressed`.
///
/// How long a member is shows when it is complete. So only the first that is not can be written to its place: those that
/// are written in step with it go to files of their own meanwhile, and are copied behind it. The archive has the same
/// bytes either way, and so for any number of threads and any blocks.
package final class DeflatedNpzWriter: NpzWriting, Sendable {
  private struct Member {
    let name: String
    let uncompressed: Int
    /// Of what has been deflated.
    var crc: UInt32
    /// Bytes that have been taken, the header's included.
    var compressed: Int
    /// Where they begin; nil before the first is written.
    var start: Place?
    /// Of its local header in the archive.
    var headerOffset = 0
    var isComplete = false
  }

  /// A place for bytes of a member.
  struct Place: Sendable {
    /// The file that the member waits in; nil for the archive.
    var waiting: String?
    var offset: Int

    func moved(by count: Int) -> Place { Place(waiting: waiting, offset: offset + count) }
  }

  private struct State {
    var members: [Member] = []
    /// How many of them are in the archive; all of those are before the others.
    var placed = 0
    var records: [ZipRecord] = []
    /// Of the last member that is in the archive.
    var end = 0

    /// The next member for the archive; nil when it is still being written, or there is none.
    func next() throws -> Settling? {
      guard placed < members.count, members[placed].isComplete else { return nil }
      let member = members[placed]
      let waitedIn = member.start?.waiting
      var record = try ZipRecord(
        name: member.name, method: .deflated, headerOffset: waitedIn == nil ? member.headerOffset : end)
      record.crc32 = member.crc
      record.compressedSize = member.compressed
      record.uncompressedSize = member.uncompressed
      return Settling(record: record, waitedIn: waitedIn)
    }
  }

  /// A member that is complete, as all before it are.
  private struct Settling: Sendable {
    let record: ZipRecord
    /// The file that it has waited in; nil when it is in its place already.
    let waitedIn: String?
  }

  let deflater: StretchDeflater
  private let file: File
  private let writeback: EarlyWriteback
  private let folder: String
  private let interruption: @Sendable () throws -> Void
  private let state = Lock(State())

  private static let copiedBytes = 256 << 10

  /// - Parameters:
  ///   - folder: where members wait for those before them; nobody else has files in it of the names that they get.
  ///   - interruption: throws when the work was asked to stop; copying what waited may take long.
  package init(
    _ file: File, deflater: StretchDeflater, waitingIn folder: String,
    interruption: @escaping @Sendable () throws -> Void = {}
  ) {
    (self.file, self.deflater, self.folder, self.interruption) = (file, deflater, folder, interruption)
    writeback = EarlyWriteback(file)
  }

  /// Adds a member behind those there are; its elements are written through the sink, then `sync` is called on it.
  ///
  /// - Throws: `.usage` for names and shapes that cannot be; `.unsupported` for bfloat16.
  package func member(_ name: String, shape: Shape, dtype: DType) throws -> DeflatedNpzSink {
    let header = try NpyHeader.bytes(dtype: dtype, fortranOrder: false, shape: shape)
    let count = header.count.saturatingAdd(shape.count.saturatingMultiply(dtype.itemSize))
    guard count < NpzWriter.mostBytes else {
      throw TesseraError(.usage, "shape \(shape) is too large for a file", path: file.path)
    }
    let leading = try deflated(header)
    // Refuses names; the place is not known yet.
    let record = try ZipRecord(name: name + ".npy", method: .deflated, headerOffset: 0)
    let member = Member(
      name: record.name, uncompressed: count, crc: header.withUnsafeBytes { CRC32.checksum($0) },
      compressed: leading.count)
    let number = state.withLock { state in
      state.members.append(member)
      return state.members.count - 1
    }
    return DeflatedNpzSink(self, number, leading: leading, shape, dtype: dtype)
  }

  /// - Precondition: all members are complete.
  package func add(_ name: String, text: String) throws {
    let bytes = NpyText.bytes(text)
    let whole = try deflated(bytes) + StretchDeflater.end
    let offset = end()
    var record = try ZipRecord(name: name + ".npy", method: .deflated, headerOffset: offset)
    record.uncompressedSize = bytes.count
    record.compressedSize = whole.count
    record.crc32 = bytes.withUnsafeBytes { CRC32.checksum($0) }
    try file.write(record.localHeader() + whole, at: offset)
    let settled = record
    state.withLock { state in
      state.records.append(settled)
      state.end = offset + settled.localHeader().count + whole.count
    }
  }

  package func close() throws {
    try ZipRecord.writeDirectory(of: state.withLock { $0.records }, at: end(), to: file)
  }

  private func end() -> Int {
    state.withLock { state in
      precondition(state.placed == state.members.count, "members are complete before what goes behind them")
      return state.end
    }
  }

  private func deflated(_ bytes: [UInt8]) throws -> [UInt8] {
    let most = StretchDeflater.maximumEncodedCount(bytes.count)
    return try [UInt8](unsafeUninitializedCapacity: most) { target, count in
      count = try bytes.withUnsafeBytes { source in
        try deflater.encode(source, into: UnsafeMutableRawBufferPointer(target), scratch: CodecScratch())
      }
    }
  }
}

// MARK: Members

extension DeflatedNpzWriter {
  /// Takes the next bytes of a member, which go to the place that is returned.
  ///
  /// - Parameters:
  ///   - checksum: of the elements that they were deflated from, of which there are `length` bytes.
  func take(_ count: Int, of number: Int, checksum: UInt32, length: Int) throws -> Place {
    try state.withLock { state in
      let start = try begin(number, &state)
      let place = start.moved(by: state.members[number].compressed)
      state.members[number].compressed += count
      state.members[number].crc = CRC32.combine(
        state.members[number].crc, checksum, secondCount: length)
      return place
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at place: Place) throws {
    if let path = place.waiting {
      // Opened each time: descriptors are limited, members that wait are not.
      return try File(path, .create).write(bytes, at: place.offset)
    }
    try file.write(bytes, at: place.offset)
    writeback.add(bytes.count, of: place.offset..<place.offset + bytes.count)
  }

  /// Ends a member, all of whose elements are written, and puts it into the archive once those before it are there; once.
  ///
  /// - Parameter leading: its deflated header.
  func complete(_ number: Int, leading: [UInt8]) throws {
    let ending = try state.withLock { state -> (start: Place, compressed: Int)? in
      if state.members[number].isComplete { return nil }
      return (try begin(number, &state), state.members[number].compressed)
    }
    guard let ending else { return }
    try leading.withUnsafeBytes { try write($0, at: ending.start) }
    try StretchDeflater.end.withUnsafeBytes { try write($0, at: ending.start.moved(by: ending.compressed)) }
    state.withLock { state in
      state.members[number].compressed += StretchDeflater.end.count
      state.members[number].isComplete = true
    }
    while let next = try state.withLock({ try $0.next() }) { try settle(next) }
  }

  /// Where a member begins: in the archive if all before it are there.
  private func begin(_ number: Int, _ state: inout State) throws -> Place {
    if let start = state.members[number].start { return start }
    let start: Place
    if number == state.placed {
      let record = try ZipRecord(
        name: state.members[number].name, method: .deflated, headerOffset: state.end)
      state.members[number].headerOffset = state.end
      start = Place(offset: state.end + record.localHeader().count)
    } else {
      start = Place(waiting: Path.join(folder, "member-\(number)"), offset: 0)
    }
    state.members[number].start = start
    return start
  }

  /// Copies a member if it has waited, and writes its local header.
  private func settle(_ member: Settling) throws {
    let header = member.record.localHeader()
    let offset = member.record.headerOffset + header.count
    if let path = member.waitedIn {
      try copy(path, member.record.compressedSize, to: offset)
      try Directory.remove(path)
    }
    try file.write(header, at: member.record.headerOffset)
    state.withLock { state in
      state.records.append(member.record)
      state.placed += 1
      state.end = offset + member.record.compressedSize
    }
  }

  private func copy(_ path: String, _ count: Int, to offset: Int) throws {
    let source = try File(path)
    try Buffer.withTemporary(min(count, DeflatedNpzWriter.copiedBytes)) { bytes in
      var done = 0
      while done < count {
        try interruption()
        let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<min(bytes.count, count - done)])
        try source.read(at: done, into: part)
        try write(UnsafeRawBufferPointer(part), at: Place(offset: offset + done))
        done += part.count
      }
    }
  }
}
