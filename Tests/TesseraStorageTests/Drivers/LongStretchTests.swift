import TesseraCore
import TesseraStorage
import TesseraTestSupport
import Testing

/// Strided reads whose stretches are long enough for a call of their own, beside those that are not.
@Suite struct LongStretchTests {
  /// Bytes, floats and complex numbers: the least stretch is another number of elements of each.
  @Test(arguments: [DType.uint8, .float32, .complex128], ["x.npy", "x.zarr"])
  func anySelection(_ dtype: DType, _ name: String) throws {
    var random = SeededGenerator(seed: 1)
    let folder = try TemporaryFolder()
    let least = 2048 / dtype.itemSize
    let array = ModelArray(shape: [6, 4, 3 * least], dtype: dtype, random: &random)
    if name == "x.npy" {
      try array.writeNpy(folder.at(name))
    } else {
      try array.writeRawZarr(folder.at(name))
    }
    let stored = try StoredArray.open(folder.at(name))
    for _ in 0..<60 {
      let start = Int.random(in: 0..<least, using: &random)
      let count = Int.random(in: least - 2...2 * least, using: &random)
      let outer = ModelArray.selection([6, 4], random: &random)
      let items = outer + [.slice(start: start, stop: start + count)]
      let part = try ModelArray(reading: stored, Selection(items))
      #expect(part == array.selecting(items), "\(items)")
    }
  }
}
