package import TesseraCore

/// The dtypes an elementwise operation works with.
package struct OperationSignature: Sendable, Hashable {
  /// What every operand is cast to first.
  package var operand: DType
  /// What the operation yields.
  package var result: DType

  package init(operand: DType, result: DType) {
    self.operand = operand
    self.result = result
  }

  static func same(_ dtype: DType) -> OperationSignature {
    OperationSignature(operand: dtype, result: dtype)
  }
}
