public import TesseraCore

/// A plan people and programs can read: what `--explain` prints.
public struct Explanation: Sendable {
  /// One sweep over one array.
  public struct Pass: Sendable {
    /// What a pass makes.
    public enum Purpose: String, Sendable {
      /// Results in memory: a reduction, or what was asked for there.
      case compute
      /// The destination, or one array of it.
      case write
      /// A temporary file beside the destination, for the next pass to read.
      case spill
    }

    public var purpose = Purpose.write
    /// The array that is read, by its path; `temporary file` for what the pass before made.
    public var source: String
    public var shape: Shape
    /// The box that is read, converted and written at one time.
    public var blockShape: [Int]
    public var blocks: Int
    public var threads: Int
    /// Whether all threads compute one block together; otherwise each has blocks of its own.
    public var sharesBlocks = false
    /// How often, on average, each part of the source is read.
    public var sourceReads: Double
    public var bytesRead: Int
    /// Before compression.
    public var bytesWritten: Int
    /// How many of the arrays that are asked for it writes.
    public var outputs = 1
    public var predictedPeakBytes: Int
    /// Disk space the pass takes for a file that the job removes.
    public var temporaryBytes = 0
    /// How a matrix product is made; nil of passes that are none.
    public var product: Product?

    package init(
      source: String, shape: Shape, blockShape: [Int], blocks: Int, threads: Int, sourceReads: Double,
      bytesRead: Int, bytesWritten: Int, predictedPeakBytes: Int, temporaryBytes: Int = 0
    ) {
      self.source = source
      self.shape = shape
      self.blockShape = blockShape
      self.blocks = blocks
      self.threads = threads
      self.sourceReads = sourceReads
      self.bytesRead = bytesRead
      self.bytesWritten = bytesWritten
      self.predictedPeakBytes = predictedPeakBytes
      self.temporaryBytes = temporaryBytes
    }
  }

  /// A matrix product that a pass writes: of matrices of `rows` x `summed` and `summed` x `columns` elements.
  public struct Product: Sendable {
    public var rows: Int
    public var columns: Int
    public var summed: Int
    /// What one call of the kernel makes, and how much of the summed axis it takes.
    public var tileShape: [Int]
    public var tileDepth: Int
    /// How often each operand is read: as often as the result has blocks across it.
    public var leftReads: Int
    public var rightReads: Int
    /// Bytes that no order of work can do without, given the memory: 2 m n k / sqrt(M) elements for M elements of
    /// memory (Hong and Kung 1981; Irony, Toledo and Tiskin 2004), and each operand once.
    public var leastBytesRead: Int

    package init(
      rows: Int, columns: Int, summed: Int, tileShape: [Int], tileDepth: Int, leftReads: Int, rightReads: Int,
      leastBytesRead: Int
    ) {
      (self.rows, self.columns, self.summed) = (rows, columns, summed)
      (self.tileShape, self.tileDepth) = (tileShape, tileDepth)
      (self.leftReads, self.rightReads, self.leastBytesRead) = (leftReads, rightReads, leastBytesRead)
    }

    var json: JSONValue {
      [
        "rows": JSONValue(rows), "columns": JSONValue(columns), "summed": JSONValue(summed),
        "tile_shape": JSONValue(tileShape), "tile_depth": JSONValue(tileDepth),
        "left_reads": JSONValue(leftReads),
        "right_reads": JSONValue(rightReads), "least_bytes_read": JSONValue(leastBytesRead),
      ]
    }
  }

  public var passes: [Pass]

  /// The source of a pass that reads what the one before it made.
  package static let temporaryFile = "temporary file"

  package init(passes: [Pass]) { self.passes = passes }

  public var bytesRead: Int { sum(\.bytesRead) }
  public var bytesWritten: Int { sum(\.bytesWritten) }
  /// The largest of the temporary files; each is removed before the next is made.
  public var temporaryBytes: Int { passes.map(\.temporaryBytes).max() ?? 0 }
  public var predictedPeakBytes: Int { passes.map(\.predictedPeakBytes).max() ?? 0 }

  private func sum(_ value: (Pass) -> Int) -> Int {
    passes.reduce(0) { $0.addingReportingOverflow(value($1)).overflow ? .max : $0 + value($1) }
  }

  /// An object with `passes`, `bytes_read`, `bytes_written`, `temporary_bytes` and `predicted_peak_bytes`.
  public var json: JSONValue {
    [
      "passes": .array(
        passes.map { pass in
          [
            "purpose": .string(pass.purpose.rawValue), "source": .string(pass.source),
            "shape": JSONValue(pass.shape.dimensions),
            "block_shape": JSONValue(pass.blockShape), "blocks": JSONValue(pass.blocks),
            "threads": JSONValue(pass.threads), "shares_blocks": .bool(pass.sharesBlocks),
            "source_reads": JSONValue(pass.sourceReads),
            "bytes_read": JSONValue(pass.bytesRead), "bytes_written": JSONValue(pass.bytesWritten),
            "predicted_peak_bytes": JSONValue(pass.predictedPeakBytes),
            "temporary_bytes": JSONValue(pass.temporaryBytes), "outputs": JSONValue(pass.outputs),
            "product": pass.product?.json ?? nil,
          ]
        }),
      "bytes_read": JSONValue(bytesRead), "bytes_written": JSONValue(bytesWritten),
      "temporary_bytes": JSONValue(temporaryBytes),
      "predicted_peak_bytes": JSONValue(predictedPeakBytes),
    ]
  }
}

/// What finished work did.
public struct WorkReport: Sendable {
  /// Bytes of the elements as read, and as written before compression.
  public var bytesIn: Int
  public var bytesOut: Int
  /// Bytes of the destination's files.
  public var storedBytes: Int
  public var seconds: Double
  /// The process's peak resident set, in bytes.
  public var peakResident: Int
}

extension TransferPlan {
  func pass(_ source: String) -> Explanation.Pass {
    var pass = Explanation.Pass(
      source: source, shape: blocks.shape, blockShape: blocks.block, blocks: blocks.count, threads: threads,
      sourceReads: blocks.sourceReads, bytesRead: bytesRead, bytesWritten: bytesWritten,
      predictedPeakBytes: predictedPeak)
    pass.sharesBlocks = team > 1
    return pass
  }
}

extension SpillPlan {
  func passes(_ source: String) -> [Explanation.Pass] {
    var first = filling.pass(source)
    first.purpose = .spill
    first.outputs = 0
    first.temporaryBytes = bytes
    return [first, emptying.pass(Explanation.temporaryFile)]
  }
}
