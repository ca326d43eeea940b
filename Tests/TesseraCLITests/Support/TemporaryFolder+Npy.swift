import TesseraCore
import TesseraIO
import TesseraStorage

extension TemporaryFolder {
  func callAsFunction(_ name: String) -> String { at(name) }

  /// Writes a `.npy` file and returns its path.
  func npy<T: Element>(_ name: String, _ shape: [Int], _ elements: [T]) throws -> String {
    let shape = try Shape(shape)
    precondition(shape.count == elements.count)
    let header = try NpyHeader.bytes(dtype: T.dtype, fortranOrder: false, shape: shape)
    return try write(name, header + elements.withUnsafeBytes { Array($0) })
  }
}
