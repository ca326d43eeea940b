// read-rows create rows.zarr   writes an array of 100 rows, each filled with its number
// read-rows rows.zarr          prints its shape and dtype, and the mean of its first rows
//
// Any array of two axes and of numbers will do to read: .npy, a member of an .npz, Zarr, CSV.

import Tessera

func createArray(at path: String) throws {
  let shape = try Shape([100, 8])
  let writer = try ArrayWriter.create(path, shape: shape, dtype: .float32)
  let values = (0..<shape[0]).flatMap { row in [Float](repeating: Float(row), count: shape[1]) }
  try writer.write(Region(shape), values)
  try writer.close()
}

func describeArray(at path: String) throws {
  let array = try StoredArray.open(path)
  print("shape \(array.shape.dimensions), dtype \(array.dtype)")
  guard array.shape.rank == 2, array.shape.count > 0 else { return }

  // Nothing but these rows is read.
  let rowCount = min(4, array.shape[0])
  let rows: [Float] = try array.elements(Selection(parsing: "0:\(rowCount)"))
  let columnCount = array.shape[1]
  let means = (0..<columnCount).map { column in
    stride(from: column, to: rows.count, by: columnCount).reduce(0) { $0 + rows[$1] } / Float(rowCount)
  }
  print("mean of the first \(rowCount) rows: \(means)")
}

switch Array(CommandLine.arguments.dropFirst()) {
case let arguments where arguments.count == 2 && arguments[0] == "create":
  try createArray(at: arguments[1])
case let arguments where arguments.count == 1:
  try describeArray(at: arguments[0])
default:
  print("usage: read-rows [create] PATH")
}
