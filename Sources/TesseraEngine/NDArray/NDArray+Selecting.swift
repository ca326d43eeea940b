import TesseraCore

extension NDArray {
  /// `a` where the mask is true, `b` elsewhere; dtypes are promoted and all three broadcast.
  package static func select(_ mask: NDArray, _ a: NDArray, _ b: NDArray) throws -> NDArray {
    let dtype = DType.promoted(a.dtype, b.dtype)
    let shape = try broadcastShape(mask.shape, broadcastShape(a.shape, b.shape))
    return NDArray(
      .select(mask: mask.astype(.bool).node, a.astype(dtype).node, b.astype(dtype).node), shape: shape,
      dtype: dtype)
  }
}
