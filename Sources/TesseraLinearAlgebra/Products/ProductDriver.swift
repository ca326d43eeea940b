import TesseraCore
import TesseraEngine
import TesseraKernels
package import TesseraStorage

/// The products of two stacks of matrices as something that can be read: a box of the result is computed from panels of
/// both operands, tile by tile.
package final class ProductDriver: ComputedDriver {
  package let description: ArrayDescription
  let geometry: ProductGeometry
  let left, right: ProductOperand
  let dtype: DType
  /// What panels of both operands may take together while a box is computed, if that is more than those of a tile.
  private let preparedBytes: Int
  /// How deep they are, where that depends on the boxes that are read.
  let preparedDepth: Int?
  /// What is computed at once of the boxes that are read, where that is known.
  private let preparedPart: (rows: Int, columns: Int)?
  /// How many threads share the work of a box.
  let team: Int
  let workers = Pool { ProductWorker() }

  init(
    _ geometry: ProductGeometry, left: ProductOperand, right: ProductOperand, dtype: DType,
    panels: PanelPlan? = nil, team: Int = 1
  ) throws {
    if MatrixKernel.usesLibrary(dtype) { try OpenBLAS.require() }
    (self.geometry, self.left, self.right, self.dtype) = (geometry, left, right, dtype)
    (preparedBytes, preparedDepth) = (panels?.bytes ?? 0, panels?.depth)
    self.team = team
    // Where nothing is decoded, tiles are read as well one by one.
    preparedPart = preparedDepth == nil || team > 1 ? nil : panels?.part
    description = ArrayDescription(computed: try Shape(geometry.dimensions), dtype: dtype)
  }

  /// What panels of both operands may take together; larger boxes are computed in parts.
  var panelBytes: Int { max(preparedBytes, leastPanels) }
  /// The panels of the least part.
  var leastPanels: Int {
    let part = leastPart
    return panels(part.rows, part.columns, depth: leastDepth)
  }

  /// What is computed at once of each matrix, the least part until that is known; of small matrices as many as are
  /// computed together.
  package var granule: [Int] {
    var granule = geometry.leading.map { _ in 1 }
    if let last = granule.indices.last { granule[last] = max(1, min(together, geometry.leading[last])) }
    let part = preparedPart ?? leastPart
    return granule + [max(1, part.rows), max(1, part.columns)]
  }

  package var isSequential: Bool { left.isSequential || right.isSequential }

  package var storedBytesRead: Int { storedBytesRead(inBlocks: granule) }
  package var sourceNames: [String] { left.sourceNames + right.sourceNames }
  package func storedBytes() throws -> Int { 0 }

  package func finishReading() {
    workers.drain()
    left.finishReading()
    right.finishReading()
  }

  package func fingerprint() throws -> String {
    "product \(geometry) of \(try left.fingerprint()) and \(try right.fingerprint())"
  }
}

/// The memory of one reader, and the tile that was computed last.
final class ProductWorker {
  /// Panels of both operands; a team has two of each, one that is multiplied and one that is read meanwhile.
  let left = [Buffer(), Buffer()]
  let right = [Buffer(), Buffer()]
  let kernel = Buffer()
  let tile = Buffer()
  /// The leading position, and the numbers of the tile, that `tile` holds.
  var held: [Int]?
  /// What the other threads of a team need.
  private var helpers: [ProductMember] = []

  /// The memory of each thread of a team, the reader's own first.
  func members(_ team: Int, _ scratch: ReadScratch) -> [ProductMember] {
    while helpers.count < team - 1 {
      let own = ReadScratch(forgets: scratch.forgets, checks: scratch.checks)
      helpers.append(ProductMember(kernel: Buffer(), scratch: own))
    }
    for helper in helpers { helper.scratch.interruption = scratch.interruption }
    return [ProductMember(kernel: kernel, scratch: scratch)] + helpers
  }
}

/// What one thread needs to read and to multiply.
struct ProductMember: Sendable {
  let kernel: Buffer
  let scratch: ReadScratch
}
