import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage

/// A square matrix too large for LAPACK to be given whole, and a right-hand side: planned, then read into memory where
/// both fit the budget, otherwise into temporary files.
struct TiledSystem<Scalar: LAPACKScalar> {
  /// What stands beside the matrix.
  enum Right {
    case none
    /// The identity, for the inverse.
    case identity
    case matrix(NDArray)
  }

  private let n: Int
  private let sizes: TileSizes
  private let options: TransferOptions
  private let folder: String
  private let a: MatrixSource
  private let b: MatrixSource?
  private let rightColumns: Int
  private let isInMemory: Bool
  private let isRightInMemory: Bool
  /// Columns of a group, of what is in a file.
  private let width: Int

  /// - Parameters:
  ///   - conversion: bytes of the result converted, should it be in memory.
  ///   - folder: where temporary files are made; nil for that of the system.
  /// - Throws: `.memory` when not even two panels fit the budget, naming the least that would do; `.system(ENOSPC)`;
  ///   both before anything is read.
  init(
    _ a: NDArray, _ right: Right, conversion: Int, sizes: TileSizes, folder: String?, options: TransferOptions
  ) throws {
    n = a.shape[0]
    self.sizes = sizes
    let options = try TiledSystem.limited(options)
    self.options = options
    self.folder = folder ?? TemporaryFile.folder
    rightColumns =
      switch right {
      case .none: 0
      case .identity: n
      case .matrix(let b): b.shape[1]
      }
    let bytes = (
      own: DenseMatrix<Scalar>.bytes(rows: n, columns: n),
      right: DenseMatrix<Scalar>.bytes(rows: n, columns: rightColumns)
    )
    let whole = bytes.own.saturatingAdd(bytes.right).saturatingAdd(conversion).saturatingAdd(
      TiledSystem.workBytes(n, options))
    if sizes.columnsFromFiles == nil, let plan = try TiledSystem.sources(a, right, held: whole, options) {
      (self.a, self.b) = plan
      (isInMemory, isRightInMemory, width) = (true, true, n)
      return
    }
    isInMemory = false
    let model = try MemoryModel(options)
    isRightInMemory =
      sizes.columnsFromFiles == nil && bytes.right.saturatingAdd(conversion) <= model.buffers / 4
    let held = isRightInMemory ? bytes.right.saturatingAdd(conversion) : 0
    width = try TiledSystem.width(n, sizes, held: held, model, options)
    self.a = try MatrixSource(
      a, as: Scalar.dtype, held: held, options: options, into: ScratchSink<Scalar>.requirements(a.shape))
    if case .matrix(let b) = right {
      self.b = try MatrixSource(
        b, as: Scalar.dtype, held: held, options: options,
        into: isRightInMemory ? nil : ScratchSink<Scalar>.requirements(b.shape))
    } else {
      b = nil
    }
    try TemporaryFile.require(
      bytes.own.saturatingAdd(isRightInMemory ? 0 : bytes.right), in: self.folder)
  }

  /// What reads both into memory; nil when they do not fit there.
  private static func sources(
    _ a: NDArray, _ right: Right, held: Int, _ options: TransferOptions
  ) throws -> (MatrixSource, MatrixSource?)? {
    do {
      let first = try MatrixSource(a, as: Scalar.dtype, held: held, options: options)
      guard case .matrix(let b) = right else { return (first, nil) }
      return (first, try MatrixSource(b, as: Scalar.dtype, held: held, options: options))
    } catch let error as TesseraError where error.kind == .memory {
      return nil
    }
  }

  /// Pivots and the diagonal, and what BLAS packs tiles into.
  private static func workBytes(_ n: Int, _ options: TransferOptions) -> Int {
    n.saturatingMultiply(2 * MemoryLayout<Scalar>.stride + 8).saturatingAdd(
      options.threads.saturatingMultiply(LAPACK.bytesPerThread))
  }

  /// Fewer threads where what they need of the budget would leave too little for the rest: no more than a half.
  private static func limited(_ options: TransferOptions) throws -> TransferOptions {
    var options = options
    let most = try MemoryModel(options).buffers / 2 / LAPACK.bytesPerThread
    options.threads = max(1, min(options.threads, most))
    return options
  }

  /// As many columns as fit beside a panel, whole panels of them.
  private static func width(
    _ n: Int, _ sizes: TileSizes, held: Int, _ model: MemoryModel, _ options: TransferOptions
  ) throws -> Int {
    let column = DenseMatrix<Scalar>.bytes(rows: n, columns: 1)
    let panel = column.saturatingMultiply(min(sizes.panel, n))
    let fixed = panel.saturatingAdd(held).saturatingAdd(workBytes(n, options))
    let room = (model.buffers - min(fixed, model.buffers)) / column / sizes.panel * sizes.panel
    guard room >= min(sizes.panel, n) else {
      throw model.tooSmall(
        for: "two panels of a matrix of \(n) rows", buffers: fixed.saturatingAdd(panel))
    }
    return min(room, n, sizes.columnsFromFiles ?? room)
  }

  /// The factorization's own share of the work.
  var work: TiledWork<Scalar> { TiledWork(sizes, width: width, options) }

  /// Reads the matrix.
  func readMatrix() throws -> PanelMatrix<Scalar> { try read(a, n, inMemory: isInMemory) }

  /// Reads the right-hand side; zeros for the identity, which is made as it is worked on.
  func readRight() throws -> PanelMatrix<Scalar> { try read(b, rightColumns, inMemory: isRightInMemory) }

  private func read(
    _ source: MatrixSource?, _ columns: Int, inMemory: Bool
  ) throws -> PanelMatrix<Scalar> {
    if inMemory {
      let matrix = try DenseMatrix<Scalar>(rows: n, columns: columns)
      if let source {
        try source.read(into: matrix.elements.baseAddress!)
      } else {
        matrix.elements.update(repeating: .zeroValue)
      }
      return PanelMatrix(matrix)
    }
    let matrix = try ScratchMatrix<Scalar>(rows: n, columns: columns, in: folder)
    try source?.read(into: ScratchSink(matrix))
    return PanelMatrix(matrix)
  }
}
