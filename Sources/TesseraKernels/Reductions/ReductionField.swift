/// What can be asked of a finished reduction.
package enum ReductionField: UInt8, Sendable, Hashable {
  /// The result itself; the extremum for arg reductions.
  case value
  /// Where the extremum is, -1 when there were no values.
  case index
  /// For moments how many values there were; for extrema and arg reductions 1 when there were any, else 0.
  case count
  case mean
  /// The sum of squared deviations from the mean: real, also for complex values.
  case m2
  /// For `logSumExp` the sum of exp(x - greatest), of no account where the greatest value is not finite.
  case sum
}
