/// How a quantile is made of the elements next to it, with NumPy's names.
///
/// Nine of them are those of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The
/// American Statistician 50 (1996), https://doi.org/10.2307/2684934.
public enum QuantileMethod: String, CaseIterable, Sendable, Hashable {
  case linear, lower, higher, midpoint, nearest
  case invertedCDF = "inverted_cdf"
  case averagedInvertedCDF = "averaged_inverted_cdf"
  case closestObservation = "closest_observation"
  case interpolatedInvertedCDF = "interpolated_inverted_cdf"
  case hazen, weibull
  case medianUnbiased = "median_unbiased"
  case normalUnbiased = "normal_unbiased"
}
