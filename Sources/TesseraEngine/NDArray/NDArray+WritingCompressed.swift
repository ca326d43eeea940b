public import TesseraStorage

extension NDArray {
  /// Computes arrays together and writes them as the members of one `.npz` archive, deflated: NumPy's `savez_compressed`.
  ///
  /// What arrays of one shape have in common is read and computed once, as they are written in step: the archive is made
  /// of the first, while the others wait in files beside it, in the folder of the archive, deflated. It appears whole, or
  /// not at all, and has the same bytes for any number of threads and any budget. They are not those of NumPy's own
  /// archive: stretches of 512 KiB are deflated apart, by all threads.
  ///
  /// - Parameters:
  ///   - path: a name ending in `.npz`.
  ///   - arrays: with names, of which `numpy.load(path)[name]` gives them back.
  ///   - level: of zlib, 0 (nothing is made shorter) to 9 (smallest); NumPy has 6.
  /// - Throws: as `savez`; `.usage` for another level; `.unsupported` in a build without zlib.
  /// - Complexity: the passes of `savez`; memory within the budget. Members that wait take room on the disk twice for as
  ///   long as they are copied.
  @discardableResult
  public static func savezCompressed(
    to path: String, _ arrays: [(name: String, array: NDArray)], level: Int = 6,
    options: TransferOptions = .init()
  ) throws -> WorkReport {
    try deflating(to: path, arrays, level, options).run()
  }

  /// The passes that `savezCompressed` takes, writing included: nothing is read. Throws as `savezCompressed`.
  public static func explainSavezCompressed(
    to path: String, _ arrays: [(name: String, array: NDArray)], level: Int = 6,
    options: TransferOptions = .init()
  ) throws -> Explanation {
    try deflating(to: path, arrays, level, options).explanation
  }

  private static func deflating(
    to path: String, _ arrays: [(name: String, array: NDArray)], _ level: Int, _ options: TransferOptions
  ) throws -> Writing {
    try Writing(
      archive: path, arrays, layout: ArrayLayout(codec: .gzip, level: level), options: options)
  }
}
