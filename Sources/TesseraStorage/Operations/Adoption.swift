import TesseraCore

/// Turns a `.npy` file into a Zarr store without copying its elements: the file becomes the shard.
public struct Adoption: Sendable {
  /// - Parameters:
  ///   - keepsLink: whether the `.npy` name stays, as a second name of the same file.
  ///   - chunks: the chunk shape; whole trailing axes, so `[rows, …]`; nil for the default rule.
  public init(
    _ source: String, as destination: String, keepsLink: Bool = false, chunks: [Int]? = nil,
    overwrite: Bool = false
  ) throws {}

  public var explanation: Explanation { Explanation(passes: []) }

  @discardableResult
  public func run() throws -> WorkReport {
    throw TesseraError(.unsupported, "adopt")
  }
}
