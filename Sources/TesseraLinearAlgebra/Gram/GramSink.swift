import TesseraCore
import TesseraEngine
import TesseraIO

/// Products of the columns of a pass's rows.
final class GramSink: BarrierSink {
  private let form: GramForm
  /// Made when the pass begins, so that planning takes no memory. Touched by one thread at a time.
  nonisolated(unsafe) private var total: GramTotal?
  private let idle = Lock<[GramPartial]>([])

  init(_ form: GramForm) throws {
    if OpenBLAS.isAvailable { try OpenBLAS.require() }
    self.form = form
  }

  var wholeAxes: Set<Int> { [1] }
  var leastLeafBytes: Int { form.leastLeafBytes }
  var takesChangingValues: Bool { true }

  func begin(_ grid: ChunkGrid) { total = GramTotal(form) }

  func makePartial() throws -> any PassPartial {
    let partial = try idle.withLock { $0.popLast() } ?? GramPartial(form, of: self)
    partial.reset()
    return partial
  }

  func merge(_ partial: GramPartial) {
    total!.merge(partial)
    idle.withLock { $0.append(partial) }
  }

  func finish() throws -> Bool {
    idle.withLock { $0.removeAll() }
    if form.isWeighted, total!.weight == 0 {
      throw TesseraError(.usage, "weights sum to zero, can't be normalized")
    }
    total!.mirror()
    return true
  }

  func memory(block: [Int], blocksPerLeaf: Int) -> SinkMemory {
    SinkMemory(perThread: form.bytesPerThread, shared: form.sharedBytes)
  }

  func result(_ field: String) throws -> MemoryDriver {
    let total = total!
    switch Gram.Field(rawValue: field)! {
    case .products: return total.products
    case .diagonal: return diagonal(total)
    case .isConstant:
      return MemoryDriver(shape: Shape(known: []), dtype: .bool) { $0[0] = total.isConstant ? 1 : 0 }
    case .means:
      let hasRows = total.weight != 0
      return MemoryDriver(shape: Shape(known: [form.columns]), dtype: form.totalDType) { target in
        let means = target.assumingMemoryBound(to: Double.self)
        for place in means.indices { means[place] = hasRows ? total.means[place] : .nan }
      }
    }
  }

  /// The products of columns with themselves, which are real.
  private func diagonal(_ total: GramTotal) -> MemoryDriver {
    let products = total.products.bytes.assumingMemoryBound(to: Double.self)
    let step = (form.columns + 1) * form.parts
    return MemoryDriver(shape: Shape(known: [form.columns]), dtype: .float64) { target in
      let diagonal = target.assumingMemoryBound(to: Double.self)
      for place in diagonal.indices { diagonal[place] = products[place * step] }
    }
  }
}
