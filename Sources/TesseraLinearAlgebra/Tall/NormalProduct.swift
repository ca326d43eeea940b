import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage

/// Aᴴ A B for a tall matrix A and one in memory, from one sweep over the rows of A: a step of subspace iteration.
struct NormalProduct<Scalar: LAPACKScalar>: Barrier {
  /// As many rows as A has columns.
  private let matrix: DenseMatrix<Scalar>
  let operands: [Node]

  init(_ a: NDArray, _ matrix: DenseMatrix<Scalar>) {
    self.matrix = matrix
    operands = [a.astype(Scalar.dtype).node]
  }

  var iterationShape: Shape { operands[0].shape }
  var key: String { "normal product \(ObjectIdentifier(matrix))" }
  var field: String { "value" }

  func makeSink(memory: Int, threads: Int) throws -> any BarrierSink { try NormalProductSink(matrix) }

  /// Of B's shape.
  var product: NDArray {
    NDArray(.barrier(self), shape: Shape(known: [matrix.rows, matrix.columns]), dtype: Scalar.dtype)
  }
}

/// The sum of what the panels of a pass's rows give.
final class NormalProductSink<Scalar: LAPACKScalar>: BarrierSink {
  private let matrix: DenseMatrix<Scalar>
  /// Touched by one thread at a time.
  nonisolated(unsafe) private var total: DenseMatrix<Scalar>?

  init(_ matrix: DenseMatrix<Scalar>) throws {
    try OpenBLAS.require()
    self.matrix = matrix
  }

  var wholeAxes: Set<Int> { [1] }

  func begin(_ grid: ChunkGrid) throws {
    total = try DenseMatrix(rows: matrix.rows, columns: matrix.columns)
    total!.elements.update(repeating: .zeroValue)
  }

  func makePartial() throws -> any PassPartial { try NormalProductPartial(matrix, of: self) }

  func merge(_ own: DenseMatrix<Scalar>) {
    withExtendedLifetime(own) {
      let (target, values) = (total!.elements, own.elements)
      for index in target.indices {
        target[index] = Scalar(
          real: target[index].realPart + values[index].realPart,
          imaginary: target[index].imaginaryPart + values[index].imaginaryPart)
      }
    }
  }

  func finish() -> Bool { true }

  func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory {
    let own = DenseMatrix<Scalar>.bytes(rows: matrix.rows, columns: matrix.columns)
    let panel = RowPanel.bytes(columns: matrix.rows, dtype: Scalar.dtype)
    let rows = RowPanel.rows(columns: matrix.rows, dtype: Scalar.dtype)
    let product = DenseMatrix<Scalar>.bytes(rows: rows, columns: matrix.columns)
    return SinkMemory(
      perThread: own.saturatingAdd(panel).saturatingAdd(product)
        .saturatingAdd(OpenBLAS.threadBytes),
      shared: own.saturatingMultiply(2))
  }

  /// In C order. What was added up are conjugates.
  func result(_ field: String) throws -> MemoryDriver {
    let (total, columns) = (total!, matrix.columns)
    return MemoryDriver(shape: Shape(known: [matrix.rows, columns]), dtype: Scalar.dtype) { target in
      let values = target.bindMemory(to: Scalar.self)
      for i in 0..<total.rows {
        for j in 0..<columns { values[i * columns + j] = total[i, j].conjugate }
      }
    }
  }
}

/// What one thread adds up of some consecutive blocks.
final class NormalProductPartial<Scalar: LAPACKScalar>: PassPartial, @unchecked Sendable {
  private let matrix: DenseMatrix<Scalar>
  private let sink: NormalProductSink<Scalar>
  private let sum: DenseMatrix<Scalar>
  private let product: DenseMatrix<Scalar>
  private var panel: RowPanel

  init(_ matrix: DenseMatrix<Scalar>, of sink: NormalProductSink<Scalar>) throws {
    self.matrix = matrix
    self.sink = sink
    panel = RowPanel(columns: matrix.rows, dtype: Scalar.dtype)
    sum = try DenseMatrix(rows: matrix.rows, columns: matrix.columns)
    sum.elements.update(repeating: .zeroValue)
    product = try DenseMatrix(
      rows: RowPanel.rows(columns: matrix.rows, dtype: Scalar.dtype), columns: matrix.columns)
  }

  func begin(_ block: Region) {}

  func take(_ tile: Tile, _ values: ArraySlice<UnsafeRawPointer>) throws {
    var done = 0
    while done < tile.count {
      done += try panel.take(
        tile.count - done, from: values.first! + done * MemoryLayout<Scalar>.stride)
      if panel.isFull { try multiply() }
    }
  }

  func end() throws { try multiply() }
  func merge() { sink.merge(sum) }

  /// Adds the conjugate of Pᴴ (P B) = conj(Pᵀ conj(P B)): the panel lies transposed, and not conjugated.
  private func multiply() throws {
    let rows = panel.rows
    guard rows > 0 else { return }
    try panel.multiply(matrix, into: product)
    if Scalar.isComplex {
      let values = product.elements
      for index in values.indices { values[index] = values[index].conjugate }
    }
    try Scalar.gemm(
      panel.elements.assumingMemoryBound(to: Scalar.self), matrix.rows, .none, product.pointer(),
      product.rows, .none, matrix.rows, matrix.columns, rows, beta: .oneValue, sum.pointer(), matrix.rows)
    panel.clear()
  }
}
