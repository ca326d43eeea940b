import TesseraCodecs
import TesseraCore
import TesseraIO

/// The arrays of a `.npz` file: a ZIP archive of `.npy` members.
///
/// Stored members are mapped in place; deflated ones are streamed.
package struct NpzArchive: Sendable {
  package let path: String
  private let file: File
  private let directory: ZipDirectory
  /// Of the file, once a member needs it: one for all, as mappings are limited.
  private let shared = Lock<Mapping?>(nil)

  package init(_ path: String) throws {
    self.path = path
    file = try File(path)
    let source = try FileSource(file)
    directory = try naming(path) { try ZipDirectory(reading: source) }
  }

  /// The members' names, as `numpy.load` gives them: without `.npy`.
  package var names: [String] { entries.map(\.name) }

  private var entries: [(name: String, entry: ZipEntry)] {
    // An archive with both `a` and `a.npy` keeps the whole name of the latter.
    let taken = Set(directory.entries.map(\.name))
    return directory.entries.filter { !$0.isFolder }.map { entry in
      let short = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
      return (taken.contains(short) ? entry.name : short, entry)
    }
  }

  /// The member of that name; without a name, the only one there is.
  ///
  /// - Throws: `.notFound` naming the members there are.
  package func entry(_ name: String?) throws -> (name: String, entry: ZipEntry) {
    let entries = entries
    if let name {
      if let found = entries.first(where: { $0.name == name || $0.entry.name == name }) { return found }
      // Of `a/.npy`, whose name is `a/`: paths lose slashes at their end.
      if let found = entries.first(where: { $0.name == name + "/" }) { return found }
      throw TesseraError(
        .notFound, "no member '\(name)' in the archive", path: path,
        expected: NpzArchive.list(entries.map(\.name)))
    }
    guard entries.count == 1 else {
      throw TesseraError(
        .usage, "the archive holds \(entries.count) arrays", path: path,
        expected: "one of them, as \(path)/NAME: \(NpzArchive.list(entries.map(\.name)))")
    }
    return entries[0]
  }

  static func list(_ names: [String]) -> String {
    if names.isEmpty { return "none" }
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown), … (\(names.count))" : shown
  }

  private func path(of name: String) -> String { Path.join(path, name) }

  /// What a member's header says.
  package func describe(_ entry: (name: String, entry: ZipEntry)) throws -> ArrayDescription {
    try naming(path(of: entry.name)) { try open(entry.entry).description(path(of: entry.name)) }
  }

  /// What the headers of all members say; of those that are no arrays, or cannot be opened, what the directory says and
  /// why that is all.
  package func descriptions() throws -> [ArrayDescription] {
    try entries.map { entry in
      do {
        return try describe(entry)
      } catch let error as TesseraError where error.kind == .corrupt || error.kind == .unsupported {
        return ArrayDescription(
          path: path(of: entry.name), format: .npz, shape: try Shape([]), dtype: nil, dtypeName: "unknown",
          codec: entry.entry.method.name, problem: error)
      }
    }
  }

  package func driver(_ entry: (name: String, entry: ZipEntry)) throws -> any ArrayDriver {
    try naming(path(of: entry.name)) {
      let member = try open(entry.entry)
      _ = try member.header.supportedDType()
      let description = member.description(path(of: entry.name))
      let identity = "\(entry.entry.name) \(entry.entry.crc32)"
      if let stream = member.stream {
        return try StreamDriver(
          description, stream: stream, file: file, dataOffset: member.header.dataOffset,
          order: member.header.order, identity: identity)
      }
      let flat = try FlatDriver(
        description, mapping: try mapping(),
        dataOffset: member.range.lowerBound + member.header.dataOffset,
        order: member.header.order, identity: identity)
      guard let checksum = try checksum(of: member) else { return flat }
      return CheckedDriver(flat, checksum, itemSize: try member.header.supportedDType().itemSize)
    }
  }

  /// Readers of all members.
  ///
  /// - Complexity: linear in their number.
  package func drivers() throws -> [(name: String, driver: any ArrayDriver)] {
    try entries.map { ($0.name, try driver($0)) }
  }

  private func mapping() throws -> Mapping {
    try shared.withLock { shared in
      if let shared { return shared }
      let mapping = try Mapping(file)
      shared = mapping
      return mapping
    }
  }

  /// nil where elements are not handed out as they lie in the file.
  private func checksum(of member: Member) throws -> MemberChecksum? {
    guard member.header.order == .native, !member.header.fortranOrder,
      let count = member.header.bodyByteCount, count > 0
    else { return nil }
    let header = try Buffer.withTemporary(member.header.dataOffset) { bytes in
      try file.read(at: member.range.lowerBound, into: bytes)
      return CRC32.checksum(UnsafeRawBufferPointer(bytes))
    }
    return MemberChecksum(header: header, count: count, expected: member.entry.crc32)
  }

  /// The string in a member of shape `()`.
  ///
  /// - Throws: `.notFound`; `.usage` for a member that is no single string; `.corrupt`, checksum included.
  package func text(_ name: String) throws -> String {
    let entry = try entry(name)
    return try naming(path(of: entry.name)) {
      let count = entry.entry.uncompressedSize
      guard count <= NpyText.maximumByteCount else {
        throw TesseraError(
          .usage, "not a string", expected: "at most \(NpyText.maximumByteCount) bytes", got: "\(count)")
      }
      let member = try open(entry.entry)
      return try Buffer.withTemporary(count) { bytes in
        try member.read(file, at: 0, into: bytes)
        try NpzArchive.requireChecksum(CRC32.checksum(UnsafeRawBufferPointer(bytes)), of: entry.entry)
        return try NpyText.parse(UnsafeRawBufferPointer(bytes))
      }
    }
  }

  private struct Member {
    var entry: ZipEntry
    var header: NpyHeader
    var range: Range<Int>
    /// nil for a stored member.
    var stream: InflateStream?

    func read(_ file: File, at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
      if let stream { return try stream.read(at: offset, into: target) }
      try file.read(at: range.lowerBound + offset, into: target)
    }

    func description(_ path: String) -> ArrayDescription {
      ArrayDescription(
        path: path, format: .npz, shape: header.shape, dtype: header.dtype,
        dtypeName: header.dtype?.name ?? header.descr, codec: entry.method.name,
        isFortranOrder: header.fortranOrder)
    }
  }

  /// The checksum covers a member to its end, which is therefore read: NumPy writes nothing after the elements.
  private static func requireNoRest(_ header: NpyHeader, size: Int) throws {
    guard let body = header.bodyByteCount, size != header.dataOffset.saturatingAdd(body) else { return }
    throw TesseraError(
      .corrupt, "size of an archive member",
      expected: "\(header.dataOffset.saturatingAdd(body)) bytes, as its header says",
      got: "\(size)")
  }

  private func open(_ entry: ZipEntry) throws -> Member {
    let range = try directory.locate(entry, in: try FileSource(file))
    switch entry.method {
    case .stored:
      let header = try NpyHeader.read(size: range.count) {
        try file.read(at: range.lowerBound, into: $0)
      }
      try NpzArchive.requireNoRest(header, size: range.count)
      return Member(entry: entry, header: header, range: range)
    case .deflated:
      let stream = try InflateStream(file, compressed: range, count: entry.uncompressedSize, crc: entry.crc32)
      let header = try NpyHeader.read(size: entry.uncompressedSize) { try stream.read(at: 0, into: $0) }
      try NpzArchive.requireNoRest(header, size: entry.uncompressedSize)
      stream.rest()
      return Member(entry: entry, header: header, range: range, stream: stream)
    default:
      throw TesseraError(
        .unsupported, "compression method of an archive member", expected: "stored or deflated")
    }
  }

  /// Checks a member's CRC-32 against all of its bytes.
  package func verify(
    _ entry: (name: String, entry: ZipEntry), progress: ProgressMeter, options: TransferOptions
  ) throws {
    try naming(path(of: entry.name)) {
      let member = try open(entry.entry)
      let total = entry.entry.uncompressedSize
      var crc: UInt32 = 0
      for start in stride(from: 0, to: total, by: 1 << 20) {
        try options.checkCancellation()
        try Buffer.withTemporary(min(1 << 20, total - start)) { part in
          try member.read(file, at: start, into: part)
          crc = CRC32.update(crc, UnsafeRawBufferPointer(part))
          progress.add(part.count)
        }
      }
      try NpzArchive.requireChecksum(crc, of: entry.entry)
    }
  }

  private static func requireChecksum(_ crc: UInt32, of entry: ZipEntry) throws {
    guard crc == entry.crc32 else {
      throw TesseraError(.corrupt, "checksum of a member (CRC-32)", expected: hex(entry.crc32), got: hex(crc))
    }
  }

  package var members: [(name: String, entry: ZipEntry)] { entries }
}

/// A file as the archive parser reads it.
struct FileSource: ByteSource {
  private let file: File
  let byteCount: Int

  init(_ file: File) throws {
    self.file = file
    byteCount = try file.size()
  }

  func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
    try file.read(at: offset, into: target)
  }
}
