import CTesseraKernels
import TesseraCore

extension Reducer {
  /// Writes a field of accumulators `first ..< first + count`, adjacent elements of `resultDType(field)`, at
  /// any address. The accumulators stay as they are.
  ///
  /// Of nothing a sum is 0, a product 1, `logSumExp` -inf, any false, all true, an index -1, a mean
  /// 0; the extremum of nothing is unspecified, and `.count` tells so.
  package func finish(
    _ field: ReductionField, _ accumulators: UnsafeRawPointer, capacity: Int, first: Int, count: Int,
    into result: UnsafeMutableRawPointer
  ) {
    precondition(gives(field), "\(operation) has no \(field)")
    let from = tessera_accumulators(
      memory: UnsafeMutableRawPointer(mutating: accumulators), capacity: capacity * parts)
    switch (operation, field) {
    case (.sum, _): tessera_sum_finish(kernelDType.rawValue, from, first * parts, count * parts, result)
    case (.logSumExp, .sum):
      // Behind the greatest values.
      result.copyMemory(from: accumulators + (capacity + first) * 8, byteCount: count * 8)
    case (.logSumExp, _): tessera_log_sum_exp_finish(from, first, count, result)
    case (.product, _), (.any, _), (.all, _), (.numbers, _):
      result.copyMemory(from: accumulators + first * bytesPerItem, byteCount: count * bytesPerItem)
    case (.moments, _): finishMoments(field, accumulators, capacity, first, count, result)
    case (_, .index): result.copyMemory(from: accumulators + first * 8, byteCount: count * 8)
    case (_, .count): finishPresence(accumulators, capacity, first, count, result)
    default: finishExtremum(accumulators, capacity, first, count, result)
    }
  }

  private var isArg: Bool { operation == .argMinimum || operation == .argMaximum }

  private func finishExtremum(
    _ accumulators: UnsafeRawPointer, _ capacity: Int, _ first: Int, _ count: Int,
    _ result: UnsafeMutableRawPointer
  ) {
    let values = accumulators + (isArg ? capacity * 8 : 0) + first * extremumDType.itemSize
    if extremumDType == operand {
      result.copyMemory(from: values, byteCount: count * operand.itemSize)
    } else {
      Cast.convert(count, from: extremumDType, values, to: operand, result)
    }
  }

  private func finishPresence(
    _ accumulators: UnsafeRawPointer, _ capacity: Int, _ first: Int, _ count: Int,
    _ result: UnsafeMutableRawPointer
  ) {
    if isArg {
      for i in 0..<count {
        let index = accumulators.load(fromByteOffset: (first + i) * 8, as: Int64.self)
        result.storeBytes(of: index < 0 ? 0 : 1, toByteOffset: i * 8, as: Int64.self)
      }
    } else {
      let flags = accumulators + capacity * extremumDType.itemSize + first
      Cast.convert(count, from: .uint8, flags, to: .int64, result)
    }
  }

  private func finishMoments(
    _ field: ReductionField, _ accumulators: UnsafeRawPointer, _ capacity: Int, _ first: Int, _ count: Int,
    _ result: UnsafeMutableRawPointer
  ) {
    let stride = capacity * parts * 8
    let start = first * parts * 8
    switch field {
    case .count:
      for i in 0..<count {
        let value = accumulators.load(fromByteOffset: start + i * parts * 8, as: Int64.self)
        result.storeBytes(of: value, toByteOffset: i * 8, as: Int64.self)
      }
    case .mean:
      for i in 0..<count * parts {
        let mean = accumulators.load(fromByteOffset: stride + start + i * 8, as: Double.self)
        let lost = accumulators.load(fromByteOffset: 2 * stride + start + i * 8, as: Double.self)
        result.storeBytes(of: mean + lost, toByteOffset: i * 8, as: Double.self)
      }
    default:
      for i in 0..<count {
        var value = 0.0
        for part in 0..<parts {
          value += accumulators.load(
            fromByteOffset: 3 * stride + start + (i * parts + part) * 8, as: Double.self)
        }
        result.storeBytes(of: value, toByteOffset: i * 8, as: Double.self)
      }
    }
  }
}
