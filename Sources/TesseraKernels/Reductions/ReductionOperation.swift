/// What a reduction makes of the values along the axes that it takes away.
package enum ReductionOperation: UInt8, CaseIterable, Sendable, Hashable {
  case sum, product
  /// Extrema; NaN wins.
  case minimum, maximum
  /// Extrema of what is not NaN.
  case fmin, fmax
  /// Index of the extremum; the first NaN wins.
  case argMinimum, argMaximum
  /// Count, mean and sum of squared deviations from the mean.
  case moments
  /// `log(sum(exp(x)))`, of any range of `x`.
  case logSumExp
  case any, all
  /// How many values are not NaN.
  case numbers
}
