import TesseraCore
import TesseraKernels

/// Which elements a reduction takes.
package enum Counted {
  case all
  /// Those where a mask of bools is true.
  case masked(NDArray)
  /// Those that are not NaN; of dtypes without NaN all.
  case numbers

  /// - Parameter mask: nil for all.
  init(_ mask: NDArray?) { self = mask.map { .masked($0) } ?? .all }
}

extension NDArray {
  package var hasNaN: Bool { dtype.kind == .floating || dtype.kind == .complex }

  /// What a mask keeps, or all without one, but for NaNs.
  package func numbers(where mask: NDArray? = nil) throws -> Counted {
    try NDArray.requireBool(mask: mask)
    guard let mask else { return hasNaN ? .numbers : .all }
    return .masked(hasNaN ? try NDArray.binary(.logicalAnd, mask, isNumber) : mask)
  }

  /// Of each element whether it is not NaN: NaN is not equal to itself.
  var isNumber: NDArray { get throws { try NDArray.binary(.equal, self, self) } }

  /// What reduces these elements: a mask, or a reducer that looks for NaNs itself.
  func resolved(_ counted: Counted, for operation: ReductionOperation) throws -> (
    mask: NDArray?, skipsNaN: Bool
  ) {
    switch counted {
    case .all: return (nil, false)
    case .masked(let mask): return (mask, false)
    case .numbers:
      guard hasNaN, operation != .numbers else { return (nil, false) }
      return Reducer.canSkipNaN(operation, dtype) ? (nil, true) : (try isNumber, false)
    }
  }
}
