/// One kind of bytes that come from outside, and what the library does with them.
///
/// Whatever the bytes are, they are read or refused by a `TesseraError`. What is read must be consistent: the same in
/// whichever way it is read, and the same again once it was written. Anything else ends the process.
struct Surface: Sendable {
  /// As on the command line, and as the folder of its corpus is called.
  let name: String
  private let read: @Sendable (UnsafeRawBufferPointer) throws -> Void

  init(_ name: String, _ read: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void) {
    self.name = name
    self.read = read
  }

  /// Reads bytes; returns when nothing is wrong with the library.
  func run(_ bytes: UnsafeRawBufferPointer) { attempt { try read(bytes) } }

  static let all: [Surface] =
    [npy, npz, json, zarrMetadata, zarr, shardIndex, csv, number, slice] + decoders

  static func named(_ name: String) -> Surface? { all.first { $0.name == name } }
}
