import TesseraCodecs
package import TesseraCore
package import TesseraIO
import TesseraKernels

/// A Zarr array, v2 or v3, sharded or not.
package struct ZarrDriver: ArrayDriver {
  package let metadata: ZarrMetadata
  package let description: ArrayDescription
  package let files: ChunkFiles
  package let fileGrid: FileGrid
  package let decoder: ChunkDecoder
  private let shardings: [Sharding]

  package init(_ metadata: ZarrMetadata, path: String) throws {
    var description = metadata.description
    description.path = path
    self.description = description
    self.metadata = metadata
    let dtype = try description.supportedDType()
    let leaf = metadata.leaf
    shardings = metadata.shardings
    fileGrid = try FileGrid(metadata)
    decoder = ChunkDecoder(leaf.pipeline, shape: leaf.shape, dtype: dtype, fill: metadata.fill)
    files = try ChunkFiles(root: path, keys: metadata.keys)
  }

  /// Chunks that are decoded on their own, over the whole array.
  package var grid: ChunkGrid { fileGrid.chunks }

  package var granule: [Int] { grid.chunkShape }

  package var fill: [UInt8]? { metadata.fill }

  /// Rough, by what the slowest codec reaches on one core: LZ4 4 GB/s, zstd 1, zlib 0.3.
  package var readingCost: Double {
    if decoder.isRaw { return 1 }
    if metadata.codec.contains("gzip") || metadata.codec.contains("zlib") { return 24 }
    return metadata.codec.contains("zstd") ? 8 : 2
  }

  package var leastRead: [Int] {
    let strides = decoder.view(base: UnsafeRawPointer(bitPattern: 1)!).strides
    let axes = granule.indices.filter { granule[$0] > 1 }.sorted { strides[$0] < strides[$1] }
    guard let fastest = axes.first, let slowest = axes.last else { return granule }
    if decoder.isRaw {
      var least = [Int](repeating: 1, count: granule.count)
      least[fastest] = max(1, min(4096 / decoder.itemSize, granule[fastest]))
      return least
    }
    var least = granule
    let slice = max(1, decoder.byteCount / granule[slowest])
    least[slowest] = max(1, min(decoder.partialDecodeCount / slice, granule[slowest]))
    return least
  }

  package var scratchBytes: Int { decoder.isRaw ? 0 : decoder.byteCount.saturatingMultiply(2) }

  // MARK: Finding chunks

  /// The bytes of a chunk as they are stored, in a file that is mapped.
  private struct EncodedChunk {
    var bytes: UnsafeRawBufferPointer
    var mapping: Mapping
    var file: ChunkFiles.Entry
  }

  /// Calls `body` with the bytes of a chunk; with nil when it was never written.
  private func withBytes<Result>(
    ofChunk index: [Int], _ body: (EncodedChunk?) throws -> Result
  ) throws -> Result {
    let fileIndex = fileGrid.place(ofChunk: index).file
    let lower = zip(index, grid.chunkShape).map { $0 * $1 }
    let entry = try files.entry(fileIndex)
    guard let mapping = entry.mapping else { return try body(nil) }
    return try mapping.whole {
      guard let range = try range(ofChunkAt: lower, in: entry, mapping, fileIndex) else {
        return try body(nil)
      }
      return try withExtendedLifetime(entry) {
        let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[range])
        return try body(EncodedChunk(bytes: bytes, mapping: mapping, file: entry))
      }
    }
  }

  /// Follows the shard indices inwards.
  private func range(
    ofChunkAt lower: [Int], in entry: ChunkFiles.Entry, _ mapping: Mapping, _ fileIndex: [Int]
  ) throws -> Range<Int>? {
    var range = 0..<mapping.count
    var shape = metadata.fileShape
    var lower = zip(lower, fileGrid.files.chunkShape).map { $0 % $1 }
    for sharding in shardings {
      let counts = sharding.counts(shape)
      let position = zip(lower, sharding.chunkShape).map { $0 / $1 }
      let ordinal = zip(position, counts).reduce(0) { $0 * $1.1 + $1.0 }
      let path = files.path(fileIndex)
      let index = try entry.index(of: range, count: counts.reduce(1, *), sharding, path: path)
      guard let inner = try naming(path, { try index.range(ordinal) }) else { return nil }
      range = range.lowerBound + inner.lowerBound..<range.lowerBound + inner.upperBound
      shape = sharding.chunkShape
      lower = zip(lower, shape).map { $0 % $1 }
    }
    return range
  }

  /// How messages name a chunk: its file and its index.
  package func name(ofChunk index: [Int]) -> String {
    let path = files.path(fileGrid.place(ofChunk: index).file)
    return shardings.isEmpty ? path : "\(path): chunk \(Shape.describe(index))"
  }

  // MARK: Reading

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    if selection.isEmpty { return }
    try forEachPart(of: selection) { index, part, place in
      let offset = zip(place, strides).reduce(0) { $0 + $1.0 * $1.1 }
      try read(part, ofChunk: index, into: target + offset, strides: strides, scratch: scratch)
    }
  }

  /// Splits a selection by chunk: the chunk's index, what is taken of it in its own coordinates, and the
  /// position of that part in the result.
  private func forEachPart(
    of selection: StridedRegion, _ body: ([Int], StridedRegion, [Int]) throws -> Void
  ) throws {
    let pieces = selection.axes.enumerated().map { number, axis in
      AxisPieces(axis, chunkLength: grid.chunkShape[number])
    }
    try Region(pieces.map { 0..<$0.count }).forEachIndex { choice in
      let chosen = zip(pieces, choice).map { $0[$1] }
      let axes = chosen.map(\.axis)
      try body(
        chosen.map(\.chunk), StridedRegion(axes: axes), chosen.map(\.place))
    }
  }

  package var readsRowsTogether: Bool { !decoder.isRaw }

  /// Rows of one chunk are taken from it together, so that it is decoded once.
  package func readRows(
    _ rows: ArraySlice<RowPlace>, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    let length = grid.chunkShape[0]
    var rest = rows
    while let first = rest.first {
      let group = rest.prefix { $0.row / length == first.row / length }
      rest = rest.dropFirst(group.count)
      var across = Region(grid.shape)
      (across.lower[0], across.lengths[0]) = (first.row, 1)
      try grid.chunks(touching: across).forEachIndex { index in
        try readRows(group, ofChunk: index, into: target, strides: strides, scratch: scratch)
      }
    }
  }

  private func readRows(
    _ rows: ArraySlice<RowPlace>, ofChunk index: [Int], into target: UnsafeMutableRawPointer, strides: [Int],
    scratch: ReadScratch
  ) throws {
    let region = grid.region(index)
    var part = StridedRegion(Region(lower: [Int](repeating: 0, count: region.rank), lengths: region.lengths))
    part.axes[0].count = 1
    let across = zip(region.lower, strides).dropFirst().reduce(0) { $0 + $1.0 * $1.1 }
    let each = decoder.partialDecodeCount.saturatingAdd(rawSpan(part).count)
    let isWorthAll = !decoder.isRaw && rows.count.saturatingMultiply(each) >= decoder.byteCount
    guard isWorthAll else {
      for entry in rows {
        part.axes[0].start = entry.row - region.lower[0]
        try read(
          part, ofChunk: index, into: target + entry.place * strides[0] + across, strides: strides,
          scratch: scratch)
      }
      return
    }
    try withBytes(ofChunk: index) { chunk in
      let view = try chunk.map { chunk in
        try naming(name(ofChunk: index)) { try decoded(chunk, index, scratch) }
      }
      for entry in rows {
        part.axes[0].start = entry.row - region.lower[0]
        let place = target + entry.place * strides[0] + across
        if let view {
          copy(part, from: view.base + start(part, view.strides), view.strides, view.swapUnit, place, strides)
        } else {
          copyFill(part, place, strides)
        }
      }
    }
  }

  private func read(
    _ part: StridedRegion, ofChunk index: [Int], into target: UnsafeMutableRawPointer, strides: [Int],
    scratch: ReadScratch
  ) throws {
    try withBytes(ofChunk: index) { chunk in
      guard let chunk else { return copyFill(part, target, strides) }
      try naming(name(ofChunk: index)) {
        if decoder.isRaw {
          return try raw(chunk).read(part, into: target, strides: strides, scratch: scratch)
        }
        if try readDirectly(part, of: chunk, index, into: target, strides: strides, scratch: scratch) {
          return
        }
        let view = try decoded(chunk, index, scratch)
        copy(part, from: view.base + start(part, view.strides), view.strides, view.swapUnit, target, strides)
      }
    }
  }

  /// A raw chunk's elements where they lie.
  private func raw(_ chunk: EncodedChunk) throws -> StridedFile {
    // Checks the size; nothing is read.
    let view = try decoder.checkedRaw(chunk.bytes)
    return StridedFile(
      chunk.mapping, offset: chunk.bytes.baseAddress! - chunk.mapping.bytes.baseAddress!,
      strides: view.strides, itemSize: decoder.itemSize, swapUnit: view.swapUnit)
  }

  /// All of an encoded chunk, which is not decoded again where it was the last one that was.
  private func decoded(_ chunk: EncodedChunk, _ index: [Int], _ scratch: ReadScratch) throws -> ChunkView {
    if let held = scratch.chunk.bytes(index, of: chunk.file) { return decoder.view(base: held) }
    let view = try decoder.decode(fetch(chunk.bytes, chunk.mapping, scratch), scratch: scratch)
    scratch.chunk.hold(index, of: chunk.file)
    return view
  }

  /// Reads an encoded chunk into memory: faster than faulting in its pages (see StridedFile).
  func fetch(
    _ bytes: UnsafeRawBufferPointer, _ mapping: Mapping, _ scratch: ReadScratch
  ) throws -> UnsafeRawBufferPointer {
    try decoder.check(encodedCount: bytes.count)
    let encoded = scratch.encoded.reserve(bytes.count)
    if !bytes.isEmpty {
      let start = bytes.baseAddress! - mapping.bytes.baseAddress!
      try mapping.file.read(at: start, into: encoded)
      if scratch.forgets { mapping.file.forget(start..<start + bytes.count) }
    }
    return UnsafeRawBufferPointer(encoded)
  }

  /// Decodes to where the elements are wanted, or only a stretch of the chunk, where the chunk is not in memory already.
  ///
  /// - Returns: false, with nothing written, where the whole chunk is to be decoded first.
  private func readDirectly(
    _ part: StridedRegion, of chunk: EncodedChunk, _ index: [Int], into target: UnsafeMutableRawPointer,
    strides: [Int], scratch: ReadScratch
  ) throws -> Bool {
    if scratch.chunk.bytes(index, of: chunk.file) != nil { return false }
    if try readPartially(part, of: chunk, index, into: target, strides: strides, scratch: scratch) {
      return true
    }
    guard decoder.isWhole(part, strides: strides) else { return false }
    try decoder.decode(fetch(chunk.bytes, chunk.mapping, scratch), into: target, scratch: scratch)
    return true
  }

  /// Decodes only the stretch of the chunk that holds the part, when that saves an eighth of it, and all parts of it that
  /// were read one after another take no more than the whole: from then on that is at hand, at twice its price at most.
  private func readPartially(
    _ part: StridedRegion, of chunk: EncodedChunk, _ index: [Int], into target: UnsafeMutableRawPointer,
    strides: [Int], scratch: ReadScratch
  ) throws -> Bool {
    let span = rawSpan(part)
    let most = decoder.byteCount / 8 * 7
    guard decoder.decodesInPart, span.count <= most else { return false }
    // A fault may map all of a large folio, so the blocks of a small part can bring in most of the chunk.
    chunk.mapping.willTouch(chunk.bytes.count)
    let count = try decoder.decodedCount(for: span, in: chunk.bytes)
    let spent = scratch.chunk.spent(onPartsOf: index, of: chunk.file).saturatingAdd(count)
    let isWorthAll = spent > decoder.byteCount && MemoryModel.isAvailable(decoder.byteCount)
    guard count <= most, !isWorthAll else { return false }
    // What is wanted may lie far apart in a chunk that is large in its metadata alone.
    try MemoryModel.requireAvailable(
      span.count, for: "a part of a chunk of \(Shape.describe(grid.chunkShape))")
    let decoded = scratch.chunk.reserve(span.count)
    guard try decoder.decode(range: span, from: chunk.bytes, into: decoded, scratch: scratch) else {
      return false
    }
    scratch.chunk.note(partOf: index, of: chunk.file, spent: spent)
    let view = decoder.view(base: UnsafeRawPointer(decoded.baseAddress!))
    let offset = start(part, view.strides) - span.lowerBound
    copy(part, from: view.base + offset, view.strides, view.swapUnit, target, strides)
    return true
  }

  /// The bytes of the stored form between the first and the last element of a part.
  private func rawSpan(_ part: StridedRegion) -> Range<Int> {
    let strides = decoder.view(base: UnsafeRawPointer(bitPattern: 1)!).strides
    var lower = 0
    var upper = decoder.itemSize
    for (axis, stride) in zip(part.axes, strides) {
      let last = axis.start + (axis.count - 1) * axis.step
      lower += min(axis.start, last) * stride
      upper += max(axis.start, last) * stride
    }
    return lower..<upper
  }

  private func start(_ part: StridedRegion, _ strides: [Int]) -> Int {
    zip(part.axes, strides).reduce(0) { $0 + $1.0.start * $1.1 }
  }

  private func copyFill(_ part: StridedRegion, _ target: UnsafeMutableRawPointer, _ strides: [Int]) {
    let still = [Int](repeating: 0, count: grid.shape.rank)
    metadata.fill.withUnsafeBytes { copy(part, from: $0.baseAddress!, still, 1, target, strides) }
  }

  private func copy(
    _ part: StridedRegion, from source: UnsafeRawPointer, _ sourceStrides: [Int], _ swapUnit: Int,
    _ target: UnsafeMutableRawPointer, _ strides: [Int]
  ) {
    StridedCopy.copy(
      shape: part.counts, itemSize: decoder.itemSize, swapUnit: swapUnit, from: source,
      sourceStrides: zip(part.axes, sourceStrides).map { $0.step * $1 }, to: target, targetStrides: strides)
  }

  package func place(of selection: StridedRegion, strides: [Int]) throws -> MappedBytes? {
    guard decoder.isRaw, !selection.isEmpty else { return nil }
    let index = zip(selection.axes, grid.chunkShape).map { $0.start / $1 }
    var part = selection
    for axis in part.axes.indices {
      part.axes[axis].start -= index[axis] * grid.chunkShape[axis]
      let own = part.axes[axis]
      guard (0..<grid.chunkShape[axis]).contains(own.start + (own.count - 1) * own.step) else { return nil }
    }
    return try withBytes(ofChunk: index) { chunk in
      guard let chunk else { return nil }
      return try naming(name(ofChunk: index)) { try raw(chunk).place(of: part, strides: strides) }
    }
  }

  // MARK: The store

  /// Descriptors and mappings go: others may be about to be read, and files to be replaced.
  package func finishReading() { files.close() }

  package func storedBytes() throws -> Int {
    var total = 0
    for name in metadata.version == 3 ? ["zarr.json"] : [".zarray", ".zattrs"] {
      if try Directory.kind(Path.join(description.path, name)) == .file {
        total += try FileStamp(path: Path.join(description.path, name)).size
      }
    }
    try forEachFile { _, stamp in total += stamp.size }
    return total
  }

  /// Calls `body` with every shard or chunk file that is there.
  package func forEachFile(_ body: ([Int], FileStamp) throws -> Void) throws {
    try ZarrFiles.forEach(in: files.folder, keys: metadata.keys, grid: fileGrid.files, body)
  }

  package func fingerprint() throws -> String {
    // FNV-1a over what a changed store cannot keep: its metadata and the stamps of its files, which come in any order.
    func hash(_ text: String) -> UInt64 {
      text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
    var sum = hash(JSONValue.object(metadata.document).text())
    try forEachFile { index, stamp in sum &+= hash("\(index) \(stamp.size) \(stamp.modified)") }
    return "zarr \(sum)"
  }
}
