import TesseraCore
import TesseraEngine
import TesseraIO

/// The triangular factor of a pass's rows.
final class TallQRSink<Scalar: LAPACKScalar>: BarrierSink {
  private let form: TallQRForm<Scalar>
  /// Made when the pass begins. Touched by one thread at a time.
  nonisolated(unsafe) private var total: TriangularFactor<Scalar>?
  private let idle = Lock<[TallQRPartial<Scalar>]>([])

  init(_ form: TallQRForm<Scalar>) throws {
    try OpenBLAS.require()
    self.form = form
  }

  var wholeAxes: Set<Int> { [1] }
  var leastLeafBytes: Int { form.leastLeafBytes }

  func begin(_ grid: ChunkGrid) throws { total = try TriangularFactor(columns: form.width) }

  func makePartial() throws -> any PassPartial {
    let partial = try idle.withLock { $0.popLast() } ?? TallQRPartial(form, of: self)
    partial.reset()
    return partial
  }

  func merge(_ partial: TallQRPartial<Scalar>) throws {
    try total!.absorb(partial.factor)
    idle.withLock { $0.append(partial) }
  }

  func finish() -> Bool {
    idle.withLock { $0.removeAll() }
    return true
  }

  func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory {
    SinkMemory(
      perThread: form.bytesPerThread,
      shared: form.triangleBytes.saturatingAdd(TriangularFactor<Scalar>.scratchBytes(columns: form.width)))
  }

  /// R in C order.
  func result(_ field: String) throws -> MemoryDriver {
    let (matrix, columns) = (total!.matrix, form.width)
    return MemoryDriver(shape: Shape(known: [columns, columns]), dtype: Scalar.dtype) { target in
      let rows = target.bindMemory(to: Scalar.self)
      for i in 0..<columns { for j in 0..<columns { rows[i * columns + j] = matrix[i, j] } }
    }
  }
}
