import TesseraCore
import TesseraStorage

extension Surface {
  /// A whole `.npy` file: its header, and all elements.
  static let npy = Surface("npy") { bytes in
    attempt { try checkHeader(bytes, fileSize: bytes.count) }
    // Elements that nobody has, so that their number alone cannot end it.
    attempt { try checkHeader(bytes, fileSize: .max) }
    attempt { try checkText(bytes) }
    let path = Workplace.write("x.npy", bytes)
    attempt { try StoredArray.contents(of: path) }
    let array = try StoredArray.open(path)
    guard let elements = try Reading.check(array) else { return }
    let header = must("a header") { try NpyHeader.bytes(dtype: array.dtype, shape: array.shape) }
    let again = (header + elements).withUnsafeBytes { Workplace.write("y.npy", $0) }
    let copy = must("what was written") { try Reading.check(try StoredArray.open(again)) }
    require(copy == elements, "elements that were written")
  }

  private static func checkHeader(_ bytes: UnsafeRawBufferPointer, fileSize: Int) throws {
    let header = try NpyHeader.parse(bytes, fileSize: fileSize)
    guard let dtype = header.dtype, header.bodyByteCount! < .max / 2 else { return }
    let written = must("a header") {
      try NpyHeader.bytes(
        dtype: dtype, order: header.order, fortranOrder: header.fortranOrder, shape: header.shape)
    }
    requireSame(header, written)
    guard let over = header.rewritten(shape: header.shape) else { return }
    require(over.count == header.dataOffset, "a header over another of its size")
    requireSame(header, over)
  }

  private static func requireSame(_ header: NpyHeader, _ written: [UInt8]) {
    let read = must("a header that was written") {
      try written.withUnsafeBytes { try NpyHeader.parse($0, fileSize: .max) }
    }
    require(
      read.dtype == header.dtype && read.order == header.order && read.shape == header.shape
        && read.fortranOrder == header.fortranOrder, "\(header) is \(read) once it was written")
  }

  private static func checkText(_ bytes: UnsafeRawBufferPointer) throws {
    let text = try NpyText.parse(bytes)
    let again = must("a string that was written") {
      try NpyText.bytes(text).withUnsafeBytes { try NpyText.parse($0) }
    }
    require(again.unicodeScalars.elementsEqual(text.unicodeScalars), "a string that was written")
  }
}
