import CTesseraKernels
import TesseraCore

extension Reducer {
  /// Empties the accumulators of `capacity` kept positions.
  package func reset(_ accumulators: UnsafeMutableRawPointer, capacity: Int) {
    let to = tessera_accumulators(memory: accumulators, capacity: capacity * parts)
    switch operation {
    case .product: tessera_product_reset(operand.rawValue, to)
    case .minimum, .maximum, .fmin, .fmax: tessera_extremum_reset(extremumKind, operand.rawValue, to)
    case .logSumExp: tessera_log_sum_exp_reset(to)
    case .sum, .moments, .any, .numbers: fill(accumulators, 0, capacity)
    case .all: fill(accumulators, 1, capacity)
    case .argMinimum, .argMaximum: fill(accumulators, 0xFF, capacity)
    }
  }

  private func fill(_ accumulators: UnsafeMutableRawPointer, _ byte: UInt8, _ capacity: Int) {
    accumulators.initializeMemory(as: UInt8.self, repeating: byte, count: capacity * bytesPerItem)
  }

  /// Adds what `other` (of the same reducer) gathered at `otherFirst ..< otherFirst + count` to
  /// `first ..< first + count`.
  ///
  /// The order of merges matters only to the last bit of floats; arg reductions give the lowest index of
  /// equal extrema (of NaNs, the lowest too) whatever the order. The two must not share memory, unless
  /// the positions are apart.
  package func merge(
    _ accumulators: UnsafeMutableRawPointer, capacity: Int, first: Int, with other: UnsafeRawPointer,
    otherCapacity: Int, otherFirst: Int, count: Int
  ) {
    let to = tessera_accumulators(memory: accumulators, capacity: capacity * parts)
    let source = tessera_accumulators(
      memory: UnsafeMutableRawPointer(mutating: other), capacity: otherCapacity * parts)
    var merger = tessera_merger(
      first: first * parts, count: count * parts, source_first: otherFirst * parts, source: source)
    switch operation {
    case .sum: tessera_sum_merge(kernelDType.rawValue, to, &merger)
    case .product: tessera_product_merge(operand.rawValue, to, &merger)
    case .minimum, .maximum, .fmin, .fmax:
      tessera_extremum_merge(extremumKind, operand.rawValue, to, &merger)
    case .argMinimum, .argMaximum: tessera_arg_merge(extremumKind, operand.rawValue, to, &merger)
    case .moments: tessera_moments_merge(to, &merger)
    case .logSumExp: tessera_log_sum_exp_merge(to, &merger)
    case .any, .all: tessera_truth_merge(operation == .all ? 1 : 0, to, &merger)
    case .numbers: tessera_sum_merge(DType.int64.rawValue, to, &merger)
    }
  }

  /// Runs the innermost loop; the tile's numbers are in parts already.
  func accumulate(_ accumulators: UnsafeMutableRawPointer, capacity: Int, _ tile: inout tessera_tile) {
    let to = tessera_accumulators(memory: accumulators, capacity: capacity * parts)
    switch operation {
    case .sum: tessera_sum_columns(kernelDType.rawValue, to, &tile)
    case .product: tessera_product_columns(operand.rawValue, to, &tile)
    case .minimum, .maximum, .fmin, .fmax:
      tessera_extremum_columns(extremumKind, operand.rawValue, to, &tile)
    case .argMinimum, .argMaximum: tessera_arg_columns(extremumKind, operand.rawValue, to, &tile)
    case .moments: tessera_moments_columns(kernelDType.rawValue, to, &tile)
    case .logSumExp: tessera_log_sum_exp_columns(operand.rawValue, to, &tile)
    case .any, .all: tessera_truth_columns(operation == .all ? 1 : 0, operand.rawValue, to, &tile)
    case .numbers: tessera_numbers_columns(operand.rawValue, to, &tile)
    }
  }

  var extremumKind: UInt8 {
    switch operation {
    case .minimum, .argMinimum: UInt8(TESSERA_REDUCE_MINIMUM)
    case .maximum, .argMaximum: UInt8(TESSERA_REDUCE_MAXIMUM)
    case .fmin: UInt8(TESSERA_REDUCE_FMIN)
    default: UInt8(TESSERA_REDUCE_FMAX)
    }
  }
}
