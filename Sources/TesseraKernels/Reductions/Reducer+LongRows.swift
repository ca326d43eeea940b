import CTesseraKernels
import TesseraCore

/// Rows whose values are reduced where they stand side by side, by loops of their own.
extension Reducer {
  /// Rows of at least so many values are worth adding up the lanes at their ends.
  static let longRow = 128

  /// Whether there is a loop over rows.
  var takesLongRows: Bool {
    [.sum, .moments, .minimum, .maximum].contains(operation) && operand.kind != .complex
  }

  /// Takes rows, without a mask, by reducers that have a loop over them: piece by piece, so that values are in the
  /// first-level cache for all but the first.
  static func takeLongRows(
    _ targets: [ReducerTarget], first: Int, rows: Int, columns: Int, values: UnsafeRawPointer
  ) {
    if targets.isEmpty { return }
    let item = targets[0].reducer.operand.itemSize
    let height = max(1, pieceBytes / (columns * item))
    // A row is cut where its chunks end, so that no bit changes.
    let chunk = Int(TESSERA_ROW_CHUNK)
    let width = targets.count > 1 ? max(1, pieceBytes / item / chunk) * chunk : columns
    let sharing = momentsAndSum(targets)
    for row in stride(from: 0, to: rows, by: height) {
      for column in stride(from: 0, to: columns, by: width) {
        // Where more than one row is taken, none is cut.
        let tile = tessera_tile(
          first: first + row, rows: min(height, rows - row), columns: min(width, columns - column),
          values: values + (row * columns + column) * item, mask: nil, position: 0, step: 0, group: 1,
          group_step: 0)
        for (number, target) in targets.enumerated() where number != sharing?.sum {
          target.takeLongRows(tile, sums: number == sharing?.moments ? targets[sharing!.sum] : nil)
        }
      }
    }
  }
}

extension ReducerTarget {
  private var memory: tessera_accumulators {
    tessera_accumulators(memory: accumulators, capacity: capacity)
  }

  /// - Parameter sums: where a sum gathers that is made beside these moments.
  fileprivate func takeLongRows(_ tile: tessera_tile, sums: ReducerTarget?) {
    let dtype = reducer.operand.rawValue
    withUnsafePointer(to: tile) { tile in
      switch reducer.operation {
      case .sum: tessera_sum_rows(dtype, memory, tile)
      case .minimum: tessera_extremum_rows(UInt8(TESSERA_REDUCE_MINIMUM), dtype, memory, tile)
      case .maximum: tessera_extremum_rows(UInt8(TESSERA_REDUCE_MAXIMUM), dtype, memory, tile)
      case .moments:
        if let sums {
          tessera_moments_and_sums_rows(dtype, memory, sums.memory, tile)
        } else {
          tessera_moments_rows(dtype, memory, tile)
        }
      default: preconditionFailure("\(reducer.operation) has no loop over rows")
      }
    }
  }
}
