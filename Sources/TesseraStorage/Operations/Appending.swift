import TesseraCore

/// Appends the rows of stored arrays to another, in one step.
public struct Appending: Sendable {
  public init(_ sources: [String], to destination: String, options: TransferOptions = .init()) throws {}

  public var explanation: Explanation { Explanation(passes: []) }

  @discardableResult
  public func run() throws -> WorkReport {
    throw TesseraError(.unsupported, "append")
  }
}
