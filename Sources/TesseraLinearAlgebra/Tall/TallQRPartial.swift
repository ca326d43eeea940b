import TesseraCore
import TesseraEngine
import TesseraKernels

/// The triangular factor of some consecutive blocks; one thread's at a time.
final class TallQRPartial<Scalar: LAPACKScalar>: PassPartial, @unchecked Sendable {
  let factor: TriangularFactor<Scalar>
  private let form: TallQRForm<Scalar>
  /// Column-major rows that are to be decomposed next.
  private let panel: DenseMatrix<Scalar>
  private let capacity: Int
  private var rows = 0
  /// Rows that are to be multiplied by the projection.
  private var raw: RowPanel?

  /// Idle ones are the sink's own.
  private unowned let sink: TallQRSink<Scalar>

  init(_ form: TallQRForm<Scalar>, of sink: TallQRSink<Scalar>) throws {
    self.form = form
    self.sink = sink
    capacity = form.panelRows
    factor = try TriangularFactor(columns: form.width)
    panel = try DenseMatrix(rows: capacity, columns: form.width)
    raw = form.projection.map { _ in RowPanel(columns: form.columns, dtype: Scalar.dtype) }
  }

  /// Forgets what was gathered.
  func reset() {
    factor.reset()
    rows = 0
    raw?.clear()
  }

  func begin(_ block: Region) {}
  func merge() throws { try sink.merge(self) }

  func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) throws {
    if raw == nil { try transpose(tile, values.first!) } else { try project(tile, values.first!) }
  }

  func end() throws {
    if raw != nil { try multiply() }
    try decompose()
  }

  /// Puts the tile's rows, or its piece of one, into the panel.
  private func transpose(_ tile: Tile, _ values: UnsafeRawPointer) throws {
    let (column, width) = (tile.lower[1], tile.lengths[1])
    let itemSize = MemoryLayout<Scalar>.stride
    var first = 0
    while first < tile.lengths[0] {
      let count = min(tile.lengths[0] - first, capacity - rows)
      StridedCopy.copy(
        shape: [count, width], itemSize: itemSize, swapUnit: 1, from: values + first * width * itemSize,
        sourceStrides: [width * itemSize, itemSize],
        to: UnsafeMutableRawPointer(panel.pointer() + rows + column * capacity),
        targetStrides: [itemSize, capacity * itemSize])
      // A piece of a row is a tile of its own; the last one completes the row.
      if column + width == form.columns { rows += count }
      first += count
      if rows == capacity { try decompose() }
    }
  }

  private func decompose() throws {
    try factor.absorb(rows, panel.pointer(), stride: capacity)
    rows = 0
  }

  private func project(_ tile: Tile, _ values: UnsafeRawPointer) throws {
    var done = 0
    while done < tile.count {
      done += try raw!.take(tile.count - done, from: values + done * MemoryLayout<Scalar>.stride)
      if raw!.isFull {
        try multiply()
        try decompose()
      }
    }
  }

  /// Multiplies the rows gathered by the projection.
  private func multiply() throws {
    rows = raw!.rows
    try raw!.multiply(form.projection!, into: panel)
    raw!.clear()
  }
}

extension RowPanel {
  /// The rows times a matrix of as many rows as there are columns.
  ///
  /// - Parameter target: at least as many rows, of which the first ones are written.
  func multiply<Scalar: LAPACKScalar>(
    _ matrix: DenseMatrix<Scalar>, into target: DenseMatrix<Scalar>
  ) throws {
    // In column-major terms rows lie as columns.
    try Scalar.gemm(
      elements.assumingMemoryBound(to: Scalar.self), columns, .transpose, matrix.pointer(), columns, .none,
      rows, matrix.columns, columns, target.pointer(), target.rows)
  }
}
