import TesseraCore
import TesseraKernels

extension DenseMatrix {
  /// Writes the elements in another dtype, in the order in which they lie.
  func convert(_ count: Int, to dtype: DType, _ target: UnsafeMutableRawPointer) {
    Cast.convert(count, from: Scalar.dtype, elements.baseAddress!, to: dtype, target)
  }
}
