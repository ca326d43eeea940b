package import TesseraStorage

/// A leaf of the graph: something that can be read, with an identity by which it is read once.
package final class Source: Sendable {
  package let driver: any ArrayDriver
  /// Whether reading it is reading memory, so that blocks need not follow its chunks.
  package let isInMemory: Bool
  /// Whether it is what a pass made.
  package let isResult: Bool

  package init(_ driver: any ArrayDriver, isInMemory: Bool = false, isResult: Bool = false) {
    self.driver = driver
    self.isInMemory = isInMemory
    self.isResult = isResult
  }
}
