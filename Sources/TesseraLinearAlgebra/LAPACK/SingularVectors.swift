/// Which singular vectors a decomposition gives.
package enum SingularVectors: Sendable {
  case none
  /// As many as there are singular values.
  case reduced
  /// Square matrices of them.
  case full

  var letter: String {
    switch self {
    case .none: "N"
    case .reduced: "S"
    case .full: "A"
    }
  }
}
