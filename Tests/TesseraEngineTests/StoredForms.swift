import TesseraStorage
import TesseraTestSupport

@testable import TesseraEngine

/// An array in memory, in a `.npy` file and in a compressed store of random chunks, with names for a test's notes.
struct StoredForms {
  let memory: NDArray
  let npy: NDArray
  let lz4: NDArray
  private let chunks: [Int]

  init(_ memory: NDArray, in folder: TemporaryFolder, using random: inout SeededGenerator) throws {
    self.memory = memory
    chunks = memory.shape.dimensions.map { Int.random(in: 1...$0, using: &random) }
    try memory.write(to: folder.at("x.npy"))
    try memory.write(to: folder.at("x.zarr"), layout: .init(codec: .lz4, chunks: chunks))
    npy = try .open(folder.at("x.npy"))
    lz4 = try .open(folder.at("x.zarr"))
  }

  var all: [(form: String, array: NDArray)] { [("memory", memory), ("npy", npy), ("lz4 \(chunks)", lz4)] }
}
