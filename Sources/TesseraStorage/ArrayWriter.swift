public import TesseraCore
import TesseraIO

/// Writes regions of an array on disk, from any number of threads.
///
/// A new array appears under its name when `close` returns, whole; without `close` nothing is left. An existing
/// Zarr array changes file by file: each shard is built beside its name and renamed by `flush` or `close`, so
/// no reader ever sees half of one. An existing `.npy` file is written in place, as through `np.memmap`.
///
/// Regions that cover whole shards are the fastest; one that covers part of a chunk costs decoding
/// and encoding that chunk.
public final class ArrayWriter: Sendable {
  /// What does the writing; replaced when the shape changes.
  private enum Backing {
    case zarr(ZarrMetadata, ZarrUpdate)
    /// Without the file once the writer is closed: the file is locked while it is open.
    case npy(NpyHeader, File?)
  }

  private struct State {
    var backing: Backing
    var isClosed = false
    /// Held until the writer is closed.
    var locks: [PathLock] = []
  }

  private let path: String
  private let root: String
  private let staging: Staging?
  private let state: Lock<State>
  private let scratches = Lock<[WriteScratch]>([])

  private init(
    _ path: String, root: String, _ backing: Backing, staging: Staging? = nil, locks: [PathLock] = []
  ) {
    self.path = path
    self.root = root
    self.staging = staging
    state = Lock(State(backing: backing, locks: locks))
  }

  deinit {
    let isClosed = state.withLock { $0.isClosed }
    if !isClosed, case .zarr(_, let update) = backing { update.discard() }
  }

  /// Starts a new array of zeros.
  ///
  /// - Parameters:
  ///   - path: ending in `.npy` or `.zarr`; or a name within a Zarr group's folder.
  ///   - layout: of a Zarr array.
  ///   - waiting: waits until other writers of the same array are done; nil throws `.busy` at once.
  /// - Throws: `TesseraError`: `.exists` unless `overwrite`; `.usage` for a layout that does not fit and a place in
  ///   another array; `.busy` when another process is creating the same array, or writing into what is to be replaced.
  public static func create(
    _ path: String, shape: Shape, dtype: DType, layout: ArrayLayout = .init(),
    attributes: JSONObject = .init(), overwrite: Bool = false, waiting: Waiting? = nil
  ) throws -> ArrayWriter {
    let location = try ArrayLocation(destination: path)
    let layout = try location.form == .zarr ? ZarrPlace(location.path).resolve(layout) : layout
    if overwrite { try Replacement.check(location.path) }
    let waiting = waiting?.locks()
    switch location.form {
    case .zarr:
      let metadata = try ZarrMetadata(creating: shape, dtype: dtype, layout: layout, attributes: attributes)
      let groups = try ZarrGroup.lockParents(of: location.path, waiting: waiting)
      try ZarrPlace.recheck(location.path, layout)
      let staging = try Staging(location.path, overwrites: overwrite, waiting: waiting)
      try Directory.make(staging.payload)
      let update = try ZarrUpdate(metadata, root: staging.payload, isVisible: false)
      return ArrayWriter(
        location.path, root: staging.payload, .zarr(metadata, update), staging: staging, locks: groups)
    case .npy:
      guard layout == ArrayLayout(), attributes.isEmpty else {
        throw TesseraError(.usage, "a .npy file has no chunks, codec or attributes", path: path)
      }
      let staging = try Staging(location.path, overwrites: overwrite, waiting: waiting)
      let file = try File(staging.payload, .create)
      _ = try NpySink(shape, dtype: dtype, file: file)
      let header = try NpyHeader.read(file)
      return ArrayWriter(location.path, root: staging.payload, .npy(header, file), staging: staging)
    case .npz, .csv:
      throw TesseraError(
        .usage, "cannot write regions of this form", path: path, expected: "a name ending in .npy or .zarr")
    }
  }

  /// Opens an existing Zarr array or C-order `.npy` file to change it.
  ///
  /// It has the array to itself until it is closed. What was written before, by whomever, is there.
  ///
  /// - Parameter waiting: waits until other writers of the array are done; nil throws `.busy` at once.
  /// - Throws: `TesseraError`: `.busy` when another process has it open for writing; `.usage` for a file in the folder
  ///   of a Zarr array; as `StoredArray.open`.
  public static func open(_ path: String, waiting: Waiting? = nil) throws -> ArrayWriter {
    let location = try ArrayLocation(existing: path)
    let waiting = waiting?.locks()
    switch location.form {
    case .zarr:
      try ZarrGroup.requireConfined(location.path, isThere: true)
      let groups = try ZarrGroup.lockParents(of: location.path, waiting: waiting)
      let lock = try PathLock(location.path, waiting: waiting)
      guard case .array(let metadata) = try ZarrStore.open(location.path) else {
        throw TesseraError(.usage, "this is a group", path: path, expected: "one of its arrays")
      }
      let update = try naming(path) { try ZarrUpdate(metadata, root: location.path) }
      return ArrayWriter(location.path, root: location.path, .zarr(metadata, update), locks: groups + [lock])
    case .npy:
      // The index of a shard would be written over when it grows.
      try ZarrPlace.requireOutsideArrays(
        location.path, instead: "that array, or a .npy file outside of it")
      let file = try File.locked(location.path, waiting: waiting)
      let header = try naming(path) { try NpyHeader.read(file) }
      _ = try naming(path) { try header.supportedDType() }
      guard !header.fortranOrder, header.order == .native, try file.stamp().links == 1 else {
        throw TesseraError(
          .unsupported, "cannot write into this .npy file", path: path,
          expected: "C order, \(ByteOrder.native)-endian, with one name (no hard links)")
      }
      return ArrayWriter(location.path, root: location.path, .npy(header, file))
    case .npz, .csv:
      throw TesseraError(
        .usage, "cannot write regions of this form", path: path, expected: "a Zarr array or a .npy file")
    }
  }

  private var backing: Backing { state.withLock { $0.backing } }

  /// The lengths of the axes now; `append` and `resize` change them.
  public var shape: Shape {
    switch backing {
    case .zarr(let metadata, _): metadata.shape
    case .npy(let header, _): header.shape
    }
  }

  /// The dtype of the elements.
  public var dtype: DType {
    switch backing {
    case .zarr(let metadata, _): metadata.dtype!
    case .npy(let header, _): header.dtype!
    }
  }

  /// The attributes of a Zarr array; they are written by `flush` and `close`. Empty, and not to be set, for `.npy`.
  public var attributes: JSONObject {
    get {
      if case .zarr(let metadata, _) = backing { return metadata.attributes }
      return JSONObject()
    }
    set {
      state.withLock { state in
        guard case .zarr(var metadata, let update) = state.backing else { return }
        // How the shards are laid out is not the user's to say.
        let checksums = metadata.attributes[ZarrMetadata.checksumAttribute]
        metadata.attributes = newValue
        metadata.attributes[ZarrMetadata.checksumAttribute] = checksums
        state.backing = .zarr(metadata, update)
      }
    }
  }

  // MARK: Writing

  /// Writes a region from the caller's memory, C-contiguous and native-endian.
  ///
  /// Threads may write different regions at the same time; where regions overlap, either wins.
  ///
  /// - Throws: `.usage` for a region outside the array or a source of another size; `.system`.
  /// - Complexity: each chunk touched is encoded once; chunks covered in part are decoded first.
  public func write(_ region: Region, from source: UnsafeRawBufferPointer) throws {
    let backing = try openBacking()
    let (shape, itemSize) = (self.shape, dtype.itemSize)
    guard region.fits(shape) else {
      throw TesseraError(.usage, "region", path: path, expected: "a box within \(shape)", got: "\(region)")
    }
    guard source.count == region.count * itemSize else {
      throw TesseraError(
        .usage, "elements for region \(region)", path: path, expected: "\(region.count * itemSize) bytes",
        got: "\(source.count)")
    }
    if region.isEmpty { return }
    switch backing {
    case .zarr(_, let update):
      let strides = Shape.strides(of: region.lengths).map { $0 * itemSize }
      let scratch = scratches.withLock { $0.popLast() } ?? WriteScratch()
      defer { scratches.withLock { $0.append(scratch) } }
      try update.write(region, from: source.baseAddress!, strides: strides, scratch: scratch)
    case .npy(let header, let file?):
      try NpySink(shape, dtype: dtype, file: file, dataOffset: header.dataOffset).write(region, from: source)
    case .npy: break
    }
  }

  /// Writes a region from Swift values in C order.
  ///
  /// - Throws: `.usage` also when `T` is not the array's dtype.
  public func write<T: Element>(_ region: Region, _ values: [T]) throws {
    guard T.dtype == dtype else { throw wrongElement(T.dtype) }
    try values.withUnsafeBytes { try write(region, from: $0) }
  }

  private func wrongElement(_ got: DType) -> TesseraError {
    TesseraError(.usage, "element type", path: path, expected: "\(dtype)", got: "\(got)")
  }

  /// Makes the array longer along the first axis and writes the new rows.
  public func append<T: Element>(_ rows: [T]) throws {
    // Before there is room for them, which would stay.
    guard T.dtype == dtype else { throw wrongElement(T.dtype) }
    let old = shape
    guard let length = old.dimensions.first else {
      throw TesseraError(.usage, "cannot append to a scalar", path: path)
    }
    let width = old.dimensions.dropFirst().reduce(1, *)
    guard width > 0, rows.count % width == 0 else {
      throw TesseraError(
        .usage, "appended rows", path: path, expected: "a multiple of \(width) elements", got: "\(rows.count)"
      )
    }
    let count = rows.count / width
    try resize(to: Shape([length + count] + old.dimensions.dropFirst()))
    var region = Region(shape)
    region.lower[0] = length
    region.lengths[0] = count
    try write(region, rows)
  }

  /// Changes the shape. What is cut off is lost; what is added has the fill value (zeros in a `.npy` file, of
  /// which only the first axis can change).
  ///
  /// What is cut off from an array that was there before is gone at once, not first when it is flushed. Not to be
  /// called while other threads write.
  public func resize(to shape: Shape) throws {
    switch try openBacking() {
    case .zarr(let metadata, let update):
      guard shape.rank == metadata.shape.rank else { throw wrongRank(shape) }
      let common = try Shape(zip(shape.dimensions, metadata.shape.dimensions).map(min))
      let largest = try Shape(zip(shape.dimensions, metadata.shape.dimensions).map(max))
      if staging == nil, common != metadata.shape {
        // First the shape, then the elements: whoever opens the array in between finds no holes in it.
        try update.flush()
        try ZarrStore.write(metadata.reshaped(common), to: root)
      }
      try update.trim(to: common, largest: largest, scratch: WriteScratch())
      try update.flush()
      let resized = metadata.reshaped(shape)
      let next = try ZarrUpdate(resized, root: root, isVisible: staging == nil)
      state.withLock { $0.backing = .zarr(resized, next) }
    case .npy(let header, let file?):
      guard shape.rank == header.shape.rank else { throw wrongRank(shape) }
      guard shape.dimensions.dropFirst() == header.shape.dimensions.dropFirst(), let dtype = header.dtype,
        let bytes = header.rewritten(shape: shape)
      else {
        throw TesseraError(
          .usage, "cannot change this .npy file to shape \(shape)", path: path,
          expected: "another length of axis 0, with room in the header")
      }
      let (resizedEnd, overflows) = header.dataOffset.addingReportingOverflow(
        shape.count.saturatingMultiply(dtype.itemSize))
      guard !overflows else {
        throw TesseraError(
          .usage, "cannot change this .npy file to shape \(shape)", path: path,
          expected: "a size below 2^63 bytes")
      }
      let end = header.dataOffset + header.shape.count * dtype.itemSize
      try clear(file, end..<max(end, resizedEnd))
      try file.sync()
      try file.write(bytes, at: 0)
      let read = try NpyHeader.read(file)
      state.withLock { $0.backing = .npy(read, file) }
    case .npy: break
    }
  }

  /// Fills a range with zeros: a hole beyond the end, zeros over what cut-off rows left.
  private func clear(_ file: File, _ range: Range<Int>) throws {
    let size = try file.size()
    let zeros = [UInt8](repeating: 0, count: min(1 << 20, range.count))
    var offset = range.lowerBound
    while offset < min(size, range.upperBound) {
      let count = min(zeros.count, min(size, range.upperBound) - offset)
      try file.write(Array(zeros[..<count]), at: offset)
      offset += count
    }
    if range.upperBound > size { try file.truncate(to: range.upperBound) }
  }

  private func wrongRank(_ shape: Shape) -> TesseraError {
    TesseraError(.usage, "new shape", path: path, expected: "\(self.shape.rank) axes", got: "\(shape)")
  }

  private func openBacking() throws -> Backing {
    try state.withLock { state in
      guard !state.isClosed else { throw TesseraError(.usage, "the writer is closed", path: path) }
      return state.backing
    }
  }

  // MARK: Finishing

  /// Returns when all that was written is on the disk and, in an existing array, visible to those who open it.
  public func flush() throws {
    switch try openBacking() {
    case .zarr(let metadata, let update):
      try update.flush()
      try ZarrStore.write(metadata, to: root)
      if staging == nil { try ZarrGroup.refreshParents(of: path) }
    case .npy(_, let file): try file?.sync()
    }
  }

  /// Flushes, and gives a new array its name. The writer cannot be used any more.
  public func close() throws {
    try flush()
    if let staging {
      try staging.publish()
      try ZarrGroup.refreshParents(of: path)
    }
    state.withLock { state in
      state.isClosed = true
      state.locks = []
      if case .npy(let header, _) = state.backing { state.backing = .npy(header, nil) }
    }
  }
}
