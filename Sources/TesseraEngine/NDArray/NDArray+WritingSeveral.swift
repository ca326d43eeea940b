public import TesseraStorage

extension NDArray {
  /// An array, and where it shall be written.
  public struct Output: Sendable {
    /// What is computed and written.
    public var array: NDArray
    /// A name ending in `.npy`, `.npz` or `.zarr`, or a name in a group or new archive.
    public var path: String
    /// Chunks, shards and codec of a Zarr store.
    public var layout: ArrayLayout

    /// Nothing is checked before it is written, or explained.
    public init(_ array: NDArray, to path: String, layout: ArrayLayout = .init()) {
      (self.array, self.path, self.layout) = (array, path, layout)
    }
  }

  /// Computes arrays together and writes each to a destination of its own.
  ///
  /// Arrays of one shape that are computed from the same sources are written in step: each part of the sources is
  /// read and decoded once, in one pass, as far as the budget allows. Others have passes of their own. Elements do not
  /// depend on how arrays are put together.
  ///
  /// Everything is complete and on the disk before the first destination is put in place; then all are, one right
  /// after another. When one of these steps fails those before it are undone. Only a process that is killed, or a
  /// machine that fails, between two of them leaves some destinations new and others as they were, each of them whole;
  /// so does a file system that cannot exchange two names, where a file is replaced.
  ///
  /// - Throws: `.usage` when destinations overlap one another or a source; `.exists` and `.memory` before anything is
  ///   read; `.cancelled`; `.system`.
  /// - Complexity: as `explainWrite` says; memory within the budget, for all that is written in step together.
  @discardableResult
  public static func write(_ outputs: [Output], options: TransferOptions = .init()) throws -> WorkReport {
    try Writing(outputs.map { try $0.destination }, options: options).run()
  }

  /// The passes that writing several arrays takes: nothing is read. Throws as `write`.
  public static func explainWrite(
    _ outputs: [Output], options: TransferOptions = .init()
  ) throws -> Explanation {
    try Writing(outputs.map { try $0.destination }, options: options).explanation
  }

  /// Computes arrays together and writes them as the members of one Zarr group or `.npz` archive, which appears whole,
  /// or not at all.
  ///
  /// - Parameters:
  ///   - members: with names; in a group a name may be a path, `train/features`.
  ///   - path: a name ending in `.zarr` or `.npz`.
  ///   - layout: chunks, shards and codec of all arrays of a group.
  /// - Throws: as `write`; `.usage` for another suffix, or names that are empty, given twice or no relative paths.
  /// - Complexity: as `write` of several outputs.
  @discardableResult
  public static func write(
    _ members: [(name: String, array: NDArray)], to path: String, layout: ArrayLayout = .init(),
    options: TransferOptions = .init()
  ) throws -> WorkReport {
    try Writing(members.map { ($0.name, $0.array) }, to: path, layout: layout, options: options).run()
  }

  /// The passes that writing the members of a group or archive takes: nothing is read. Throws as `write`.
  public static func explainWrite(
    _ members: [(name: String, array: NDArray)], to path: String, layout: ArrayLayout = .init(),
    options: TransferOptions = .init()
  ) throws -> Explanation {
    try Writing(members.map { ($0.name, $0.array) }, to: path, layout: layout, options: options).explanation
  }
}

extension NDArray.Output {
  fileprivate var destination: WritingDestination {
    get throws { try WritingDestination(path, [(nil, array)], layout: layout) }
  }
}
