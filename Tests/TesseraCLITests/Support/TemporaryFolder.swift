import Glibc
import TesseraCore
import TesseraIO
import TesseraStorage

/// A folder of a test's own, removed with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/tessera-cli-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw TesseraError(.system(errno), "cannot make a temporary folder")
    }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { try? Directory.remove(path) }

  func callAsFunction(_ name: String) -> String { Path.join(path, name) }

  var names: [String] { get throws { try Directory.names(path) } }

  /// Writes a `.npy` file and returns its path.
  func npy<T: Element>(_ name: String, _ shape: [Int], _ elements: [T]) throws -> String {
    let shape = try Shape(shape)
    precondition(shape.count == elements.count)
    let header = try NpyHeader.bytes(dtype: T.dtype, fortranOrder: false, shape: shape)
    try File.replace(self(name), with: header + elements.withUnsafeBytes { Array($0) })
    return self(name)
  }
}
