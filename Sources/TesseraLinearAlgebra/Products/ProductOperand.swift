import TesseraCore
import TesseraEngine
import TesseraKernels
import TesseraStorage

/// One side of a product as something of which panels are read: a stack of matrices.
///
/// Views are looked through to what is stored, and panels are loaded in the order in which it lies there, so transposes
/// and Fortran order cost nothing. What is in memory already is used in place.
struct ProductOperand: Sendable {
  private let driver: any ArrayDriver
  private let map: AccessMap
  private let dtype: DType
  /// Axes of the stack that this side follows, of those of the result; it has length 1 along others.
  private let shape: Shape
  /// Whether columns of a matrix, rather than rows, are what lies together in storage.
  let isTransposed: Bool
  /// Whether it is used where it lies.
  let isInPlace: Bool
  /// What it is used of in place; nil for a result that is only planned.
  private let memory: MemoryDriver?
  /// What reading all of it once takes, in bytes copied from the page cache; nothing of what is in memory.
  let readingCost: Double
  /// What is decoded as one; nil where reading costs no more than copying.
  private let decoded: Decoded?

  private struct Decoded {
    var rows: Int
    var columns: Int
    /// Whether a reader has it at hand until it decodes another.
    var isHeld: Bool
  }

  /// - Parameter node: of at least two axes.
  init(_ node: Node, results: [ObjectIdentifier: Source]) throws {
    shape = node.shape
    dtype = node.dtype
    let (base, map) = ProductOperand.base(of: node)
    let matrix = [node.shape.rank - 2, node.shape.rank - 1]
    // A matrix that repeats rows or columns is spelled out by an expression.
    let isSpelled = matrix.allSatisfy { axis in
      node.shape[axis] == 1 || map.axes.contains { $0.source == axis }
    }
    driver = try NodeSource.driver(of: isSpelled ? base : node, results: results)
    self.map = isSpelled ? map : .identity(node.shape.rank)
    isTransposed = ProductOperand.isTransposed(self.map, driver.description, node.shape)
    let isMemory = driver is MemoryDriver || driver is PlaceholderDriver
    isInPlace = isMemory && ProductOperand.isUsable(self.map, driver.description.shape, node)
    memory = isInPlace ? driver as? MemoryDriver : nil
    readingCost = isInPlace ? 0 : Double(shape.count) * Double(dtype.itemSize) * driver.readingCost
    decoded = isInPlace ? nil : ProductOperand.decoded(driver, self.map, shape)
  }

  /// What a chain of views is of, and how it is walked.
  private static func base(of node: Node) -> (Node, AccessMap) {
    var (node, map) = (node, AccessMap.identity(node.shape.rank))
    while case .view(let view, let child) = node.operation { (node, map) = (child, map.composed(with: view)) }
    return (node, map)
  }

  private static func isTransposed(_ map: AccessMap, _ description: ArrayDescription, _ shape: Shape) -> Bool
  {
    let rows = shape.rank - 2
    let axes = description.isFortranOrder ? map.axes : map.axes.reversed()
    let fastest = axes.first { axis in axis.source.map { $0 >= rows && shape[$0] > 1 } ?? false }
    return fastest?.source == rows
  }

  // MARK: In place

  private static func isUsable(_ map: AccessMap, _ base: Shape, _ node: Node) -> Bool {
    let view = strides(map, base, node.shape)
    return MatrixKernel.takes(
      node.dtype, rows: node.shape[node.shape.rank - 2], columns: node.shape[node.shape.rank - 1],
      row: view.row,
      column: view.column)
  }

  /// The distances, in elements, between rows and between columns of a matrix in memory.
  private static func strides(_ map: AccessMap, _ base: Shape, _ shape: Shape) -> (row: Int, column: Int) {
    let own = base.strides
    func stride(_ axis: Int) -> Int {
      for (number, entry) in map.axes.enumerated() where entry.source == axis {
        return own[number] * entry.step
      }
      return 0
    }
    let (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
    var (row, column) = (stride(shape.rank - 2), stride(shape.rank - 1))
    // Along an axis of one position any stride is right.
    if columns <= 1 { column = row == 1 ? Swift.max(rows, 1) : 1 }
    if rows <= 1 { row = column == 1 ? Swift.max(columns, 1) : 1 }
    return (row, column)
  }

  /// The part of one of the matrices in memory that begins at a row and a column.
  ///
  /// - Parameter index: the position along the result's stack.
  private func view(
    of memory: MemoryDriver, _ index: [Int], _ rows: Range<Int>, _ columns: Range<Int>
  ) -> MatrixView {
    let own = memory.description.shape.strides
    let position = self.position(index) + [rows.lowerBound, columns.lowerBound]
    var offset = 0
    for (axis, stride) in zip(map.axes, own) {
      offset += (axis.start + axis.step * (axis.source.map { position[$0] } ?? 0)) * stride
    }
    let strides = ProductOperand.strides(map, memory.description.shape, shape)
    return MatrixView(
      UnsafeRawPointer(memory.bytes.baseAddress!) + offset * dtype.itemSize, row: strides.row,
      column: strides.column)
  }

  /// A position along the result's stack as one along this side's own: aligned at the end, 0 where it repeats.
  private func position(_ index: [Int]) -> [Int] {
    let own = shape.rank - 2
    return zip(index.suffix(own), shape.dimensions).map { $1 == 1 ? 0 : $0 }
  }

  // MARK: Panels

  /// Bytes of memory that a panel of so many elements needs.
  func panelBytes(_ rows: Int, _ columns: Int) -> Int {
    isInPlace ? 0 : rows.saturatingMultiply(columns).saturatingMultiply(dtype.itemSize)
  }

  /// How many matrices `count` consecutive ones of the result's last stack axis are on this side: as many, or one.
  func distinct(_ count: Int) -> Int {
    shape.rank > 2 && shape[shape.rank - 3] != 1 ? count : 1
  }

  /// A panel of consecutive matrices, whose pieces are to be read before it is used.
  ///
  /// - Parameters:
  ///   - index: the position along the result's stack.
  ///   - count: consecutive positions of the stack's last axis.
  ///   - buffer: memory for the panel, used unless the matrix is in memory.
  ///   - pieces: how many there had better be.
  func panel(
    _ index: [Int], count: Int, rows: Range<Int>, columns: Range<Int>, buffer: Buffer, pieces: Int
  ) -> ProductPanel {
    let matrices = distinct(count)
    if let memory {
      let first = view(of: memory, index, rows, columns)
      guard matrices > 1 else { return ProductPanel(view: first) }
      var second = index
      second[second.count - 1] += 1
      let next = view(of: memory, second, rows, columns).elements - first.elements
      return ProductPanel(view: first, next: next)
    }
    let bytes = rows.count * columns.count * dtype.itemSize
    let target = buffer.reserve(matrices * bytes).baseAddress!
    let row = isTransposed ? 1 : columns.count
    let column = isTransposed ? rows.count : 1
    var region = StridedRegion(Region(lower: position(index), lengths: position(index).map { _ in 1 }))
    if matrices > 1 { region.axes[region.axes.count - 1].count = matrices }
    var strides = [Int](repeating: dtype.itemSize, count: region.axes.count)
    if let last = strides.indices.last { strides[last] = bytes }
    strides += [row * dtype.itemSize, column * dtype.itemSize]
    let pieces = cuts(rows, columns, pieces).map { own, others in
      let lines = [own, others].map { StridedRegion.Axis(start: $0.lowerBound, step: 1, count: $0.count) }
      let place = (own.lowerBound - rows.lowerBound) * row + (others.lowerBound - columns.lowerBound) * column
      return ProductPanel.Piece(
        selection: map.resolve(StridedRegion(axes: region.axes + lines)),
        target: target + place * dtype.itemSize)
    }
    return ProductPanel(
      view: MatrixView(UnsafeRawPointer(target), row: row, column: column), next: matrices > 1 ? bytes : 0,
      pieces: pieces, strides: map.axes.map { $0.source.map { strides[$0] } ?? dtype.itemSize })
  }

  /// The rows and columns of the pieces in which several threads read a panel: long stretches of storage, that cut nothing
  /// that is decoded as one.
  private func cuts(
    _ rows: Range<Int>, _ columns: Range<Int>, _ pieces: Int
  ) -> [(rows: Range<Int>, columns: Range<Int>)] {
    if pieces <= 1 { return [(rows, columns)] }
    if isTransposed {
      return ProductPanel.cuts(columns, into: pieces, every: cell.columns).map { (rows, $0) }
    }
    return ProductPanel.cuts(rows, into: pieces, every: cell.rows).map { ($0, columns) }
  }

  /// Reads a piece of a panel.
  func read(_ number: Int, of panel: ProductPanel, scratch: ReadScratch) throws {
    let piece = panel.pieces[number]
    try driver.read(piece.selection, into: piece.target, strides: panel.strides, scratch: scratch)
  }

  // MARK: What it takes

  /// Bytes that reading it needs beside the panel.
  var scratchBytes: Int { isInPlace ? 0 : driver.scratchBytes }
  var isSequential: Bool { driver.isSequential }
  /// Whether panels are copied out of a file by calls.
  var mapsNothing: Bool {
    if let product = driver as? any PricedDriver { return product.mapsNothing }
    let hasSteps = map.axes.contains { $0.source != nil && $0.step != 1 }
    return isInPlace || (driver as? FlatDriver)?.isCopied == true && !hasSteps
  }
  /// Bytes of stored elements that reading all of it once reads.
  var storedBytes: Int {
    let all = Double(Swift.max(1, driver.description.shape.count))
    let part = Swift.min(Double(shape.count), all) / all
    return Int(Double(driver.wholeStoredBytes) * part)
  }
  /// Whether panels of so many rows, one after another, cut no chunk, and no stretch of a file that is better read whole.
  func isCutWell(byRows count: Int) -> Bool { isCutWell(axis: shape.rank - 2, by: count) }
  /// The same of columns.
  func isCutWell(byColumns count: Int) -> Bool { isCutWell(axis: shape.rank - 1, by: count) }

  private func isCutWell(axis: Int, by count: Int) -> Bool {
    guard let number = map.axes.firstIndex(where: { $0.source == axis }) else { return true }
    let (entry, granule) = (map.axes[number], driver.granule[number])
    return granule == 1 || entry.step == 1 && entry.start % granule == 0 && count % granule == 0
  }
  private static func decoded(_ driver: any ArrayDriver, _ map: AccessMap, _ shape: Shape) -> Decoded? {
    guard driver.readingCost > 1 else { return nil }
    let least = driver.leastRead
    func length(_ axis: Int) -> Int {
      guard let number = map.axes.firstIndex(where: { $0.source == axis }) else { return 1 }
      return Swift.max(1, Swift.min(least[number] / abs(map.axes[number].step), shape[axis]))
    }
    return Decoded(
      rows: length(shape.rank - 2), columns: length(shape.rank - 1), isHeld: least == driver.granule)
  }

  /// Whether reading it costs more than copying it.
  var isDecoded: Bool { decoded != nil }
  /// The rows and columns that are decoded as one: 1 and 1 of what is only copied.
  var cell: (rows: Int, columns: Int) { (decoded?.rows ?? 1, decoded?.columns ?? 1) }

  /// How often a cell is decoded, on the average, where panels of so many rows and columns are read one after another.
  ///
  /// - Parameter isAlone: whether nothing else is decoded in between: of a cell that is a chunk the last one is at hand.
  func decodes(inPanels rows: Int, _ columns: Int, isAlone: Bool) -> Double {
    guard let decoded else { return 1 }
    let all = (rows: shape[shape.rank - 2], columns: shape[shape.rank - 1])
    let isHeld = isAlone && decoded.isHeld
    let down = ProductOperand.touches(all.rows, by: rows, cell: decoded.rows)
    let across = ProductOperand.touches(all.columns, by: columns, cell: decoded.columns)
    return (isHeld && decoded.columns >= all.columns ? 1 : down)
      * (isHeld && rows <= decoded.rows ? 1 : across)
  }

  /// How many of the pieces into which a length is cut touch a cell of it, on the average.
  private static func touches(_ length: Int, by piece: Int, cell: Int) -> Double {
    guard piece < length, piece > 0 else { return 1 }
    return Double(piece + cell - gcd(piece, cell)) / Double(piece)
  }

  /// Calls for stretches of a file that read all of it once in panels of so many rows and columns; none for what is not
  /// copied out of a file.
  func calls(inPanels rows: Int, _ columns: Int) -> Double {
    guard !isInPlace, (driver as? FlatDriver)?.isCopied == true else { return 0 }
    let (width, length) = isTransposed ? (rows, shape.rank - 2) : (columns, shape.rank - 1)
    let stretch = width < shape[length] ? width : rows.saturatingMultiply(columns)
    return Double(shape.count) / Double(Swift.max(1, stretch))
  }

  var sourceNames: [String] { driver.knownNames }
  func finishReading() { driver.finishReading() }
  func fingerprint() throws -> String { "\(try driver.fingerprint()) \(map)" }
}
