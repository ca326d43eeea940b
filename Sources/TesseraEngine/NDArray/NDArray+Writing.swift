public import TesseraStorage

extension NDArray {
  /// Computes the elements and writes them to a file or store, block by block: a name ending in `.npy`, `.npz` or
  /// `.zarr`, or a name in a group or archive. It appears whole, or not at all.
  ///
  /// - Parameter layout: chunks, shards and codec of a Zarr store; of a `.npz`, codec `gzip` deflates its member.
  /// - Throws: `.usage` for another name; `.exists` and `.memory` before anything is read; `.cancelled`; `.system`.
  @discardableResult
  public func write(
    to path: String, layout: ArrayLayout = .init(), options: TransferOptions = .init()
  ) throws -> WorkReport {
    try Writing([(nil, self)], to: path, layout: layout, options: options).run()
  }

  /// The passes that `write` takes, writing included: nothing is read. Throws as `write`.
  public func explainWrite(
    to path: String, layout: ArrayLayout = .init(), options: TransferOptions = .init()
  ) throws -> Explanation {
    try Writing([(nil, self)], to: path, layout: layout, options: options).explanation
  }

  /// Computes arrays together and writes them as the members of one `.npz` archive, stored: NumPy's `savez`.
  ///
  /// What arrays of one shape have in common is read and computed once, as they are written in step. The archive
  /// appears whole, or not at all.
  ///
  /// - Parameters:
  ///   - path: a name ending in `.npz`.
  ///   - arrays: with names, of which `numpy.load(path)[name]` gives them back.
  /// - Throws: `.usage` for another suffix, or names that are empty, given twice or no relative paths; `.exists` and
  ///   `.memory` before anything is read; `.cancelled`; `.system`.
  @discardableResult
  public static func savez(
    to path: String, _ arrays: [(name: String, array: NDArray)], options: TransferOptions = .init()
  ) throws -> WorkReport {
    try saving(to: path, arrays, options).run()
  }

  /// The passes that `savez` takes, writing included: nothing is read. Throws as `savez`.
  public static func explainSavez(
    to path: String, _ arrays: [(name: String, array: NDArray)], options: TransferOptions = .init()
  ) throws -> Explanation {
    try saving(to: path, arrays, options).explanation
  }

  private static func saving(
    to path: String, _ arrays: [(name: String, array: NDArray)], _ options: TransferOptions
  ) throws -> Writing {
    try Writing(archive: path, arrays, options: options)
  }
}
