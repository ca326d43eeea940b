import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage
import TesseraTestSupport
import Testing

/// Blocks that are computed where they lie, in a file's pages or in memory, beside those that are copied first.
@Suite struct LentLeavesTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Files whose last element ends with a page, or lies anywhere in it.
  @Test(arguments: [(257, 1024), (1000, 333), (3, 100_003)])
  func allFormsGiveTheSameBits(_ rows: Int, _ columns: Int) throws {
    var random = SeededGenerator(seed: 11)
    let elements = (0..<rows * columns).map { _ in Float(Int.random(in: -999...999, using: &random)) / 8 }
    let x = try NDArray(elements, shape: [rows, columns])
    try x.write(to: folder.at("x.npy"))
    try x.write(to: folder.at("raw.zarr"), layout: .init(chunks: [(rows + 1) / 2, columns]))
    // Never where they lie.
    try x.write(to: folder.at("lz4.zarr"), layout: .init(codec: .lz4))
    let copied = try results(NDArray.open(folder.at("lz4.zarr")))
    for (name, array) in [
      ("memory", x), ("npy", try NDArray.open(folder.at("x.npy"))),
      ("raw", try NDArray.open(folder.at("raw.zarr"))),
      (
        "two", try concatenate([NDArray.open(folder.at("x.npy")), NDArray.open(folder.at("x.npy"))])[..<rows]
      ),
    ] {
      let got = try results(array)
      for (number, (own, other)) in zip(got, copied).enumerated() {
        #expect(own == other, "\(name), \(number)")
      }
    }
    let sums = (0..<columns).map { column in
      (0..<rows).reduce(0.0) { $0 + Double(elements[$1 * columns + column]) }
    }
    #expect(copied[0] == sums.map { Float($0) }.map(Double.init))
  }

  private func results(_ x: NDArray) throws -> [[Double]] {
    // Sums of eighths are exact, in whatever order a layout has them.
    let turned = try x.transposed()
    let arrays = try [
      x.sum(axis: 0), x.min(axis: 1), x.max(), (x * 2 + 1).sum(axis: 1), (turned * 3).max(axis: 1),
      turned.sum(axis: 0),
    ]
    return try arrays.map { try $0.astype(.float64).elements(as: Double.self, options: .init(threads: 2)) }
  }

  /// The file loses its second half while its first is computed.
  @Test func aFileTruncatedMeanwhileIsAnError() throws {
    let path = folder.at("x.npy")
    try NDArray.ones([4096, 512], dtype: .float32).write(to: path)
    let x = try NDArray.open(path)
    let cut = Lock(false)
    let counted = try x.map { (value: Float) -> Float in
      cut.withLock {
        if !$0 { try? File(path, .readWrite).truncate(to: 1 << 20) }
        $0 = true
      }
      return value
    }
    let error = #expect(throws: TesseraError.self) { _ = try counted.sum().item(as: Float.self) }
    #expect(error?.kind == .corrupt, "\(error.map { "\($0)" } ?? "none")")
  }
}
