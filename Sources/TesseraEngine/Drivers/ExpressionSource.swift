package import TesseraCore
package import TesseraStorage

/// Several arrays of one shape as what a transfer reads: one program with a root for each, so that what they have in
/// common is read and computed once.
package struct ExpressionSource: BlockSource {
  package let shape: Shape
  package let dtypes: [DType]
  private let reader: ExpressionReader

  /// - Parameters:
  ///   - nodes: of one shape, at least one; their barriers are finished or local.
  ///   - results: what barriers gave.
  package init(_ nodes: [Node], results: [ObjectIdentifier: Source]) throws {
    shape = nodes[0].shape
    dtypes = nodes.map(\.dtype)
    // What is gathered in memory already is not computed anew.
    let roots = nodes.map { node in
      results[ObjectIdentifier(node)].map { Node(.source($0), shape: node.shape, dtype: node.dtype) } ?? node
    }
    reader = ExpressionReader(try Lowering.program(roots, over: shape, results: results), shape: shape)
  }

  package var granule: [Int] { reader.granule }
  package var isSequential: Bool { reader.program.isSequential }
  package var scratchBytes: Int { reader.scratchBytes }
  package var readingCost: Double { reader.program.readingCost }
  package var loadedBytes: Int { reader.program.loadedBytes(shape) }
  /// Bytes of stored elements that reading all of it once reads.
  var storedBytesRead: Int { reader.program.storedBytesRead(shape) }

  package func read(_ region: Region, into targets: [UnsafeMutableRawPointer], scratch: ReadScratch) throws {
    let strides = dtypes.map { dtype in Shape.strides(of: region.lengths).map { $0 * dtype.itemSize } }
    try reader.read(
      StridedRegion(region), into: targets, strides: strides, interruption: scratch.interruption)
  }

  /// As of any expression: its leaves are not looked at one by one.
  package func exceedsPageCache() throws -> Bool { false }

  package func finishReading() { reader.finishReading() }
}
