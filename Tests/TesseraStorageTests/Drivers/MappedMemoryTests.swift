import TesseraCore
import TesseraIO
import TesseraStorage
import TesseraTestSupport
import Testing

/// What strided reads of mapped files leave resident.
@Suite struct MappedMemoryTests {
  /// Columns of a matrix whose rows are a few pages long: what lies between them is resident too.
  @Test func stridedReadsStayWithinTheWindow() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let (rows, columns) = (4096, 4096)
      try folder.write("a.npy", PlainHeader.bytes(rows, columns))
      let file = try File(folder.at("a.npy"), .readWrite)
      // Written, as what was never written is not resident.
      let zeros = [UInt8](repeating: 0, count: 1 << 20)
      for start in stride(from: 128, to: 128 + rows * columns * 8, by: zeros.count) {
        try file.write(zeros, at: start)
      }
      ResidentWindow.shared.limit = 16 << 20
      let array = try StoredArray.open(folder.at("a.npy"))
      let target = UnsafeMutableRawBufferPointer.allocate(byteCount: rows * 256 * 8, alignment: 64)
      defer { target.deallocate() }
      target.initializeMemory(as: UInt8.self, repeating: 1)
      let before = ProcessLimits.peakResident
      for start in stride(from: 0, to: columns, by: 256) {
        try array.read(Region([0..<rows, start..<start + 256]), into: target, threads: 1)
      }
      let grown = ProcessLimits.peakResident - before
      guard grown <= 32 << 20 else { fatalError("grown by \(ByteSize.format(grown))") }
      precondition(target.allSatisfy { $0 == 0 }, "zeros")
    }
  }
}

private enum PlainHeader {
  /// Of float64 in C order.
  static func bytes(_ rows: Int, _ columns: Int) -> [UInt8] {
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
    let padding = String(repeating: " ", count: 127 - 10 - text.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array((text + padding + "\n").utf8)
  }
}
