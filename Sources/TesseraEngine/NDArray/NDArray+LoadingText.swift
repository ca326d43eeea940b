public import TesseraCore
import TesseraStorage

extension NDArray {
  /// The numbers of a text file, a row to a line: NumPy's `loadtxt`, lazily.
  ///
  /// This counts the rows, in one sweep over the file; numbers are parsed, and rows checked, whenever they are read. Write
  /// the array to a `.npy` or Zarr store first where it is read more than once. Lines without anything but a comment are no
  /// rows. Axes of length 1 go, as in NumPy: one column or one row has one axis, one number has none, and a file without
  /// rows gives shape `(0,)`, or `(0, n)` by `usecols` of several.
  ///
  /// - Parameters:
  ///   - dtype: floats or integers; whole numbers of 64 bits are exact, and those that do not fit are errors.
  ///   - comments: what begins a comment; nil for no comments.
  ///   - delimiter: one character; nil for any spaces and tabs, of ASCII alone. No number is empty, and quotes are not taken.
  ///   - skiprows: lines at the beginning that are passed over, whatever is on them.
  ///   - usecols: the columns to take, in that order, from the end where negative; nil for all, of which every row then has
  ///     equally many.
  ///   - maxRows: rows to read at most.
  ///   - ndmin: axes to keep at least, 0 to 2.
  /// - Throws: `.usage` for arguments that cannot be; `.unsupported` for booleans, complex numbers, and lines over 16 MiB;
  ///   `.notFound`. Reading throws `.corrupt`, which names line and column, for what is no number of the dtype, and for
  ///   rows of another length or that are gone.
  /// - Complexity: a pass over the file here, and one each time that the array is read; memory of a few MiB of text, and 40
  ///   bytes for every 4 MiB of the file.
  public static func loadtxt(
    _ path: String, dtype: DType = .float64, comments: String? = "#", delimiter: String? = nil,
    skiprows: Int = 0, usecols: [Int]? = nil, maxRows: Int? = nil, ndmin: Int = 0
  ) throws -> NDArray {
    guard (0...2).contains(ndmin) else {
      throw TesseraError(.usage, "ndmin", expected: "0, 1 or 2", got: "\(ndmin)")
    }
    let dialect = try TextDialect(
      delimiter: delimiter, comments: comments, skiprows: skiprows, usecols: usecols, maxRows: maxRows)
    let matrix = NDArray(StoredArray(try TextDriver(path: path, dtype: dtype, dialect: dialect)))
    if ndmin == 2 { return matrix }
    let squeezed = try matrix.squeeze()
    return try squeezed.ndim < ndmin ? squeezed.reshape([1]) : squeezed
  }
}
