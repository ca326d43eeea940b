public import TesseraCore
import TesseraIO

/// An array on disk, in any of the forms Tessera reads: `.npy`, a member of a `.npz`, Zarr v2 or v3, CSV.
///
/// Opening reads metadata only. Elements are read when asked for, from any number of threads at once; memory
/// beyond what the caller provides is a chunk or two per thread. An array that is open keeps
/// the shape it was opened with.
public final class StoredArray: Sendable {
  package let driver: any ArrayDriver
  private let scratches = Lock<[ReadScratch]>([])

  package init(_ driver: any ArrayDriver) { self.driver = driver }

  /// Opens the array at `path`: a file, a store's folder, `archive.npz/name` or `group.zarr/name`.
  ///
  /// - Throws: `TesseraError`: `.notFound`; `.corrupt` for files that are not what they say; `.unsupported`
  ///   for dtypes and codecs Tessera does not have, by name; `.usage` when `path` holds several arrays.
  /// - Complexity: metadata only, except for CSV, whose lines are counted.
  public static func open(_ path: String) throws -> StoredArray {
    StoredArray(try ArrayLocation(existing: path).driver())
  }

  /// What is stored at `path`, dtypes that cannot be read included.
  public static func contents(of path: String) throws -> StoredContents {
    try ArrayLocation(existing: path).contents()
  }

  /// The lengths of the axes, as they were when the array was opened.
  public var shape: Shape { driver.description.shape }
  /// The dtype of the elements, which are native-endian wherever they are handed out.
  public var dtype: DType { driver.description.dtype! }
  /// The attributes of a Zarr array; empty for other forms.
  public var attributes: JSONObject { driver.description.attributes }
  /// Everything the metadata says.
  public var description: ArrayDescription { driver.description }

  /// Lends this thread's memory for one read.
  package func withScratch<Result>(_ body: (ReadScratch) throws -> Result) rethrows -> Result {
    let scratch = scratches.withLock { $0.popLast() } ?? ReadScratch()
    defer { scratches.withLock { $0.append(scratch) } }
    return try body(scratch)
  }
}
