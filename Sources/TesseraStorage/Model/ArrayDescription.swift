public import TesseraCore

/// The form in which an array is stored.
public enum StorageFormat: String, Sendable, Hashable {
  case npy, npz
  case zarr3 = "zarr v3"
  case zarr2 = "zarr v2"
  case csv
  /// Not stored: in memory, or computed when it is read.
  case computed
}

/// What a stored array's metadata says; no element is read to make one.
public struct ArrayDescription: Sendable {
  public var path: String
  public var format: StorageFormat
  public var shape: Shape
  /// nil for types Tessera describes but does not compute on: structured, strings, dates.
  public var dtype: DType?
  /// The dtype's name, or the file's own spelling of one that is not supported.
  public var dtypeName: String
  /// The shape of the smallest box that is decoded on its own; nil for flat files.
  public var chunks: [Int]?
  /// The shape of the box one file holds when it holds several chunks.
  public var shards: [Int]?
  /// The codecs' names joined by `+`; `none` for raw bytes.
  public var codec: String
  /// Whether the bytes lie in Fortran order (first axis fastest).
  public var isFortranOrder = false
  /// The value of elements that were never written, as in the metadata.
  public var fillValue: JSONValue = .null
  public var attributes: JSONObject = .init()
  /// What the axes are called, nil for one without a name; nil where the array has no names. Only Zarr v3 has them.
  public var dimensionNames: [String?]?
  /// Why a member of an archive is no array, or cannot be opened; nil for arrays. Its shape, which nobody knows, is `()`.
  public var problem: TesseraError?

  /// The bytes of all elements; nil when the dtype's size is not known.
  public var logicalBytes: Int? { dtype.map { $0.itemSize * shape.count } }

  package init(
    path: String, format: StorageFormat, shape: Shape, dtype: DType?, dtypeName: String, chunks: [Int]? = nil,
    shards: [Int]? = nil, codec: String, isFortranOrder: Bool = false, fillValue: JSONValue = .null,
    attributes: JSONObject = .init(), dimensionNames: [String?]? = nil, problem: TesseraError? = nil
  ) {
    self.path = path
    self.format = format
    self.shape = shape
    self.dtype = dtype
    self.dtypeName = dtypeName
    self.chunks = chunks
    self.shards = shards
    self.codec = codec
    self.isFortranOrder = isFortranOrder
    self.fillValue = fillValue
    self.attributes = attributes
    self.dimensionNames = dimensionNames
    self.problem = problem
  }

  /// The dtype, when it is one to compute on.
  ///
  /// - Throws: `TesseraError` of kind `.unsupported` naming the file's dtype.
  package func supportedDType() throws -> DType {
    guard let dtype else {
      throw TesseraError(
        .unsupported, "cannot read this dtype", path: path,
        expected: "bool, integers, floats or complex numbers", got: dtypeName)
    }
    return dtype
  }
}
