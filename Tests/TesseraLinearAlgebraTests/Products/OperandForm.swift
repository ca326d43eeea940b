import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage
import TesseraTestSupport

/// The ways in which the same elements may be given to a product.
enum OperandForm: CaseIterable {
  case memory, transposed, flipped, npy, fortran, zarr, compressed, expression, wideExpression, sliced

  var isNpy: Bool { self == .npy || self == .fortran }

  func array(_ naive: NaiveArray, _ dtype: DType, in folder: TemporaryFolder, _ name: String) throws
    -> NDArray
  {
    let array = try naive.array(dtype)
    let rank = naive.shape.count
    switch self {
    case .memory: return array
    case .transposed:
      let order = Array((0..<rank).reversed())
      return try naive.transposed(order).array(dtype).transposed(order)
    case .flipped: return try array.flip().evaluated().flip()
    case .npy: return try stored(array, folder.at("\(name).npy"))
    case .fortran: return try fortran(naive, dtype, folder.at("\(name)-f.npy"))
    case .zarr:
      return try stored(array, folder.at("\(name).zarr"), ArrayLayout(chunks: naive.shape.map { _ in 3 }))
    case .compressed:
      return try stored(
        array, folder.at("\(name)-c.zarr"),
        ArrayLayout(codec: .lz4, chunks: naive.shape.map { max(1, $0 / 2) }))
    case .expression: return try dtype == .bool ? array : -(-array)
    case .wideExpression:
      return dtype == .bool ? array.astype(.int8).astype(.bool) : array.astype(.complex128).astype(dtype)
    case .sliced:
      let padded = NaiveArray(naive.shape.map { 2 * $0 + 1 }) { index in
        index.allSatisfy { $0 % 2 == 1 } ? naive[index.map { $0 / 2 }] : Complex(1, 0)
      }
      return try padded.array(dtype)[
        Selection(naive.shape.map { .slice(start: 1, stop: 2 * $0 + 1, step: 2) })]
    }
  }

  private func stored(_ array: NDArray, _ path: String, _ layout: ArrayLayout = .init()) throws -> NDArray {
    try array.write(to: path, layout: layout)
    return try NDArray.open(path)
  }

  private func fortran(_ naive: NaiveArray, _ dtype: DType, _ path: String) throws -> NDArray {
    let order = Array(naive.shape.indices.reversed())
    let body = try naive.transposed(order).array(dtype).bits()
    let header = try NpyHeader.bytes(dtype: dtype, fortranOrder: true, shape: Shape(naive.shape))
    let file = try File(path, .create)
    try file.write(header + body, at: 0)
    return try NDArray.open(path)
  }
}
