import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

/// The blocks in which products are written, which are planned without reading.
@Suite struct ProductPlanTests {
  /// Zeros that take no disk.
  private func zeros(_ shape: [Int], _ dtype: DType, _ folder: TemporaryFolder, _ name: String) throws
    -> NDArray
  {
    let header = try NpyHeader.bytes(dtype: dtype, fortranOrder: false, shape: Shape(shape))
    let file = try File(folder.at(name), .create)
    try file.write(header, at: 0)
    try file.truncate(to: header.count + shape.reduce(dtype.itemSize, *))
    return try NDArray.open(folder.at(name))
  }

  @Test(arguments: [DType.float32, .float64, .complex128, .int8, .float16], [64, 100, 256, 1024])
  func plansKeepToTheBudget(_ dtype: DType, _ mebibytes: Int) throws {
    let folder = try TemporaryFolder()
    let a = try zeros([5000, 7001], dtype, folder, "a.npy")
    let b = try zeros([7001, 6003], dtype, folder, "b.npy")
    for name in ["c.npy", "c.zarr", "c.npz"] {
      for threads in [1, 2, 5] {
        let options = TransferOptions(memory: mebibytes << 20, threads: threads)
        let plan = try matmul(a, b).explainWrite(to: folder.at(name), options: options)
        #expect(plan.predictedPeakBytes <= mebibytes << 20, "\(name), \(threads) threads")
        #expect(plan.bytesRead >= a.nbytes + b.nbytes)
      }
    }
  }

  @Test func moreMemoryReadsLess() throws {
    let folder = try TemporaryFolder()
    let a = try zeros([16384, 16384], .float32, folder, "a.npy")
    let b = try zeros([16384, 16384], .float32, folder, "b.npy")
    var last = Int.max
    for mebibytes in [64, 128, 256, 512, 1024, 2048] {
      let options = TransferOptions(memory: mebibytes << 20, threads: 2)
      let pass = try #require(matmul(a, b).explainWrite(to: folder.at("c.npy"), options: options).passes.last)
      let product = try #require(pass.product)
      #expect(pass.bytesRead <= last)
      #expect(pass.bytesRead == (product.leftReads + product.rightReads) * a.nbytes)
      #expect(product.leastBytesRead <= pass.bytesRead)
      last = pass.bytesRead
    }
  }

  /// Many threads read a block together, of all the memory that there is for blocks.
  @Test(.enabled(if: OpenBLAS.isAvailable)) func moreThreadsReadHardlyMore() throws {
    let folder = try TemporaryFolder()
    let a = try zeros([16384, 16384], .float32, folder, "a.npy")
    func pass(_ threads: Int) throws -> Explanation.Pass {
      let options = TransferOptions(memory: 512 << 20, threads: threads)
      return try #require(matmul(a, a).explainWrite(to: folder.at("c.npy"), options: options).passes.last)
    }
    let alone = try pass(1)
    #expect(!alone.sharesBlocks)
    for threads in [8, 16] {
      let together = try pass(threads)
      #expect(together.threads == threads && together.sharesBlocks)
      #expect(together.bytesRead <= alone.bytesRead, "\(threads) threads")
    }
  }

  @Test func aTallMatrixTimesASmallOneIsReadOnce() throws {
    let folder = try TemporaryFolder()
    let x = try zeros([524_288, 1024], .float32, folder, "x.npy")
    let w = try zeros([1024, 64], .float32, folder, "w.npy")
    let options = TransferOptions(memory: 64 << 20, threads: 2)
    let plan = try matmul(x, w).explainWrite(to: folder.at("c.npy"), options: options)
    #expect(plan.passes.count == 2)
    #expect(plan.bytesRead == x.nbytes + w.nbytes)
    let pass = try #require(plan.passes.last)
    #expect(pass.blockShape.last == 64 && pass.threads == 2)
    // Most of the result is written while the rest is computed, also where all of it would fit.
    #expect(pass.blocks >= 16)
    let roomy = TransferOptions(memory: 4 << 30, threads: 2)
    let other = try matmul(x, w).explainWrite(to: folder.at("c.npy"), options: roomy)
    #expect(try #require(other.passes.last).blocks >= 16)
  }

  /// Where blocks of a tile's height would cut chunks, or be read in short stretches, they are as large as ever.
  @Test func tallMatricesThatLieAcrossAreReadInLargeBlocks() throws {
    let folder = try TemporaryFolder()
    let w = try zeros([1024, 64], .float32, folder, "w.npy")
    let lying = try zeros([1024, 65_536], .float32, folder, "x.npy").transposed()
    let layout = ArrayLayout(codec: .lz4, chunks: [4096, 64], shards: .shape([65_536, 1024]))
    _ = try NDArray.zeros([65_536, 1024], dtype: .float32).write(to: folder.at("x.zarr"), layout: layout)
    for x in [lying, try NDArray.open(folder.at("x.zarr"))] {
      let plan = try matmul(x, w).explainWrite(
        to: folder.at("c.npy"), options: .init(memory: 256 << 20, threads: 2))
      #expect(try #require(plan.passes.last).blocks <= 4)
    }
  }

  /// What is copied out of files leaves the mapped pages' part of the budget to blocks: a tile for each of two threads.
  @Test(.enabled(if: OpenBLAS.isAvailable), arguments: [DType.float32, .float64, .complex128])
  func filesAreMultipliedByTwoThreadsInTheLeastBudget(_ dtype: DType) throws {
    let folder = try TemporaryFolder()
    let a = try zeros([4096, 4096], dtype, folder, "a.npy")
    let options = TransferOptions(memory: 64 << 20, threads: 2)
    let pass = try #require(
      matmul(a, a.transposed()).explainWrite(to: folder.at("c.npy"), options: options).passes.last)
    let tiles = ProductTiles(dtype, 4096, 4096)
    #expect(pass.threads == 2)
    #expect(pass.blockShape[0] % tiles.rows == 0 && pass.blockShape[1] % tiles.columns == 0)
  }

  @Test func whatIsMadeOfAProductIsWrittenInItsTiles() throws {
    let folder = try TemporaryFolder()
    let a = try zeros([8192, 8192], .float32, folder, "a.npy")
    // Tessera's own kernel packs more, so a tile takes more memory.
    let options = TransferOptions(memory: OpenBLAS.isAvailable ? 64 << 20 : 128 << 20, threads: 2)
    let sum = try matmul(a, a) + 1
    let tiles = ProductTiles(.float32, 8192, 8192)
    for array in [sum, sum.astype(.float16)] {
      let pass = try #require(array.explainWrite(to: folder.at("c.npy"), options: options).passes.last)
      #expect(pass.blockShape[0] % tiles.rows == 0 && pass.blockShape[1] % tiles.columns == 0)
      #expect(pass.sourceReads == 1)
    }
  }

  @Test func chunksOfADestinationAreKeptWhole() throws {
    let folder = try TemporaryFolder()
    let a = try zeros([6000, 4000], .float32, folder, "a.npy")
    let b = try zeros([4000, 6000], .float32, folder, "b.npy")
    let layout = ArrayLayout(codec: .lz4, chunks: [500, 300], shards: .shape([3000, 3000]))
    let pass = try #require(
      matmul(a, b).explainWrite(
        to: folder.at("c.zarr"), layout: layout, options: .init(memory: 256 << 20, threads: 2)
      ).passes.last)
    #expect(pass.blockShape[0] % 500 == 0 && pass.blockShape[1] % 300 == 0)
    #expect((3000 % pass.blockShape[0] == 0 || pass.blockShape[0] % 3000 == 0))
  }

  @Test func whatDoesNotFitIsRefusedBeforeAnyReading() throws {
    let folder = try TemporaryFolder()
    let a = try zeros([4096, 4096], .float32, folder, "a.npy")
    let layout = ArrayLayout(chunks: [4096, 4096])
    let error = #expect(throws: TesseraError.self) {
      try matmul(a, a).explainWrite(
        to: folder.at("c.zarr"), layout: layout, options: .init(memory: 64 << 20, threads: 1))
    }
    #expect(error?.kind == .memory && "\(error!)".contains("--memory "))
  }

  @Test func overATemporaryFileTheBitsAreTheSame() throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 23)
    let values = (0..<120 * 90).map { _ in Double.random(in: -1...1, using: &generator) }
    try NDArray(values, shape: [120, 90]).write(to: folder.at("a.npy"))
    let a = try NDArray.open(folder.at("a.npy"))
    let product = try matmul(
      a, a.transposed(), tiles: ProductTiles(rows: 32, columns: 16, depth: 20, keptBytes: 0))
    var options = TransferOptions(memory: 64 << 20, threads: 2)
    options.spilling = .always
    let layout = ArrayLayout(chunks: [7, 120])
    let plan = try product.explainWrite(to: folder.at("c.zarr"), layout: layout, options: options)
    #expect(plan.passes.map(\.purpose) == [.spill, .write])
    try product.write(to: folder.at("c.zarr"), layout: layout, options: options)
    #expect(try NDArray.open(folder.at("c.zarr")).bits() == product.bits())
  }

  @Test func largeFilesInTheirOwnTilesHaveTheSameBitsForAnyBudget() throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 17)
    let values = (0..<300 * 260).map { _ in Float.random(in: -1...1, using: &generator) }
    try NDArray(values, shape: [300, 260]).write(to: folder.at("a.npy"))
    try NDArray(values, shape: [260, 300]).write(to: folder.at("b.npy"))
    let tiles = ProductTiles(rows: 64, columns: 32, depth: 48, keptBytes: 0)
    var known: [UInt8]?
    for (memory, threads) in [(64, 1), (64, 3), (1024, 2)] {
      let product = try matmul(
        NDArray.open(folder.at("a.npy")), NDArray.open(folder.at("b.npy")), tiles: tiles)
      try product.write(
        to: folder.at("c.npy"), options: .init(memory: memory << 20, threads: threads, overwrite: true))
      let bytes = try folder.read("c.npy")
      #expect(bytes == known ?? bytes, "\(memory) MiB, \(threads) threads")
      known = bytes
      #expect(try Array(product.bits()) == Array(bytes.suffix(300 * 300 * 4)))
    }
  }
}
