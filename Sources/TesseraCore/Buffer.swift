/// Aligned memory of its own, freed with it; grows on request, never shrinks.
///
/// Large buffers come straight from the operating system, so memory that is freed is given back.
package final class Buffer: @unchecked Sendable {
  package private(set) var bytes: UnsafeMutableRawBufferPointer

  /// 64 suits every vector instruction and cache line.
  private static let alignment = 64

  package init(count: Int = 0) {
    bytes = Buffer.allocate(count)
  }

  deinit { bytes.deallocate() }

  /// The first `count` bytes; what was in them before may be lost.
  package func reserve(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if bytes.count < count {
      bytes.deallocate()
      bytes = Buffer.allocate(count)
    }
    return UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
  }

  /// Lends `count` bytes for the time of a call.
  ///
  /// A local `Buffer` would not do: Swift may free an object after its last use, while its bytes are
  /// still in use.
  package static func withTemporary<Result>(
    _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let bytes = allocate(count)
    defer { bytes.deallocate() }
    return try body(UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
  }

  private static func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
    .allocate(byteCount: max(count, 1), alignment: alignment)
  }
}
