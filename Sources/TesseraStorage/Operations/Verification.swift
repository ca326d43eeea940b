public import TesseraCore

/// Checks that everything stored at a path can be read: indices, checksums, and that every chunk decodes.
public struct Verification: Sendable {
  public struct Report: Sendable {
    public var arrays = 0
    public var chunks = 0
    /// Bytes of files that were read.
    public var bytes = 0
    public var problems: [TesseraError] = []
    public var seconds = 0.0
  }

  public init(_ path: String, options: TransferOptions = .init()) throws {}

  public func run() throws -> Report {
    throw TesseraError(.unsupported, "verify")
  }
}
