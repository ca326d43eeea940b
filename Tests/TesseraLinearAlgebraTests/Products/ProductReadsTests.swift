import TesseraCore
import TesseraEngine
import TesseraEngineTestSupport
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport
import Testing

/// How often a chunk is decoded for a product: a few times, though tiles are lower than chunks, and panels narrower.
@Suite struct ProductReadsTests {
  private static let (rows, columns) = (6000, 200)

  /// Tall chunks of few columns are what zarr-python makes of a tall matrix.
  @Test(arguments: [[6000, 10], [2000, 60], [400, 200]], [128, 512])
  func chunksAreDecodedAFewTimes(_ chunks: [Int], _ mebibytes: Int) throws {
    let (rows, columns) = (ProductReadsTests.rows, ProductReadsTests.columns)
    let folder = try TemporaryFolder()
    let x = try NDArray.random([rows, columns], seed: 5).evaluated()
    try x.write(to: folder.at("x.zarr"), layout: .init(codec: .numcodecsLZ4, chunks: chunks))
    let w = try NDArray.random([columns, 30], seed: 6).evaluated()
    let v = try NDArray.random([rows, 30], seed: 7).evaluated()
    let products: [(String, (NDArray) throws -> NDArray)] = [
      ("tall", { try matmul($0, w) }), ("wide", { try matmul(w.transposed(), $0.transposed()) }),
      ("by a vector", { try matmul($0, w[0..., 0]) }), ("of all rows", { try matmul($0.transposed(), v) }),
      ("with an offset", { try matmul($0, w) + 1 }), ("of differences", { try matmul($0 - 0.5, w) }),
    ]
    let all = zip([rows, columns], chunks).reduce(1) { $0 * (($1.0 + $1.1 - 1) / $1.1) }
    let options = TransferOptions(memory: mebibytes << 20, threads: 2, overwrite: true)
    for (name, product) in products {
      let known = try product(x).evaluated()
      let base = try CountingDriver(folder.at("x.zarr"))
      #expect(try product(base.array).evaluated(options: options).allclose(known, rtol: 1e-12), "\(name)")
      let computed = base.chunks.exchange(0, ordering: .relaxed)
      #expect(computed <= 5 * all, "\(name), computed: \(computed) of \(all) chunks")
      try product(base.array).write(to: folder.at("out.npy"), options: options)
      let written = base.chunks.load(ordering: .relaxed)
      #expect(written <= 5 * all, "\(name), written: \(written) of \(all) chunks")
      #expect(try NDArray.open(folder.at("out.npy")).allclose(known, rtol: 1e-12), "\(name)")
    }
  }

  /// What is made of a product is computed in parts as large as those of the product alone.
  @Test(.enabled(if: OpenBLAS.isAvailable)) func chunksAreDecodedAsOftenForWhatIsMadeOfAProduct() throws {
    let folder = try TemporaryFolder()
    let x = try NDArray.random([16_384, 128], seed: 8).astype(.float32).evaluated()
    let layout = ArrayLayout(codec: .numcodecsLZ4, chunks: [16_384, 32])
    try x.write(to: folder.at("x.zarr"), layout: layout)
    let w = try NDArray.random([128, 24], seed: 9).astype(.float32).evaluated()
    let options = TransferOptions(memory: 256 << 20, threads: 2, overwrite: true)
    let base = try CountingDriver(folder.at("x.zarr"))
    for made in [try matmul(base.array, w), try matmul(base.array, w) + 1] {
      try made.write(to: folder.at("out.npy"), options: options)
      #expect(base.chunks.exchange(0, ordering: .relaxed) <= 2 * 4)
    }
    #expect(try NDArray.open(folder.at("out.npy")).allclose(matmul(x, w) + 1, rtol: 1e-5))
  }
}
