import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// A chunk that is read part by part is decoded once, and never kept for longer than its file.
@Suite struct ChunkMemoryTests {
  private let folder: TemporaryFolder
  private let model: ModelArray

  init() throws {
    folder = try TemporaryFolder()
    // Of few values, or it would be stored as it is.
    let values = (0..<40 * 30).map { Double($0 * $0 % 23) }
    model = ModelArray(shape: [40, 30], dtype: .float64, bytes: values.withUnsafeBytes(Array.init))
    try model.writeNpy(folder.at("x.npy"))
    let layout = ArrayLayout(codec: .lz4, chunks: [20, 30], shards: .none)
    try Conversion(from: folder.at("x.npy"), to: folder.at("x.zarr"), layout: layout).run()
  }

  private func expectColumn(_ column: Int, ofRows rows: Range<Int>, in array: StoredArray) throws {
    try expect("\(rows.lowerBound):\(rows.upperBound),\(column)", in: array)
  }

  private func expect(_ text: String, in array: StoredArray) throws {
    let selection = try Selection(parsing: text)
    #expect(try ModelArray(reading: array, selection, threads: 1) == model.selecting(selection.items))
  }

  private func overwriteFirstChunk() throws {
    let file = try File(folder.at("x.zarr/c/0/0"), .readWrite)
    try file.write([UInt8](repeating: 0, count: file.size()), at: 0)
  }

  @Test func itsBytesAreNeededOnce() throws {
    let array = try StoredArray.open(folder.at("x.zarr"))
    try expectColumn(3, ofRows: 0..<20, in: array)
    try overwriteFirstChunk()
    try expectColumn(4, ofRows: 0..<20, in: array)
    try expectColumn(4, ofRows: 5..<7, in: array)
    try expectColumn(4, ofRows: 20..<40, in: array)
    #expect(tesseraError { try expectColumn(5, ofRows: 0..<20, in: array) } != nil)
    // Nothing is left of what could not be decoded.
    #expect(tesseraError { try expectColumn(5, ofRows: 0..<20, in: array) } != nil)
    try expectColumn(5, ofRows: 20..<40, in: array)
  }

  /// Parts are decoded on their own until that has taken as much as the chunk; then it is decoded, and is all that is needed.
  @Test(arguments: [(0..<6).map { "\($0),:" }, (0..<8).map { "\($0):\($0 + 1),3:9" }, ["0:14,2", "0:14,1"]])
  func partsOneAfterAnother(_ parts: [String]) throws {
    let array = try StoredArray.open(folder.at("x.zarr"))
    for part in parts { try expect(part, in: array) }
    try overwriteFirstChunk()
    for part in ["7,:", "19,3:9", "0:14,7", "18,:"] { try expect(part, in: array) }
    // The other chunk is not at hand, nor is the first one after it.
    try expect("22,:", in: array)
    #expect(tesseraError { try expect("7,:", in: array) } != nil)
  }

  @Test func partsOfDifferentChunks() throws {
    let array = try StoredArray.open(folder.at("x.zarr"))
    for row in 0..<20 { for part in ["\(row),:", "\(row + 20),:"] { try expect(part, in: array) } }
  }

  @Test func itIsNotThatOfAnotherArray() throws {
    var other = model
    other.bytes.reverse()
    try other.writeNpy(folder.at("y.npy"))
    let layout = ArrayLayout(codec: .lz4, chunks: [20, 30], shards: .none)
    try Conversion(from: folder.at("y.npy"), to: folder.at("y.zarr"), layout: layout).run()
    let (x, y) = (try StoredArray.open(folder.at("x.zarr")), try StoredArray.open(folder.at("y.zarr")))
    let scratch = ReadScratch()
    for (array, known) in [(x, model), (y, other), (x, model)] {
      let selection = try Selection(parsing: "0:20,7")
      var bytes = [UInt8](repeating: 0, count: 20 * 8)
      try bytes.withUnsafeMutableBytes {
        try array.driver.read(
          selection.resolve(array.shape), into: $0.baseAddress!, strides: [8, 8], scratch: scratch)
      }
      #expect(try bytes == known.selecting(selection.items).bytes)
    }
  }

  @Test func itIsReadAnewFromAFileThatReplacedItsOwn() throws {
    let array = try StoredArray.open(folder.at("x.zarr"))
    try expectColumn(3, ofRows: 0..<20, in: array)
    let writer = try ArrayWriter.open(folder.at("x.zarr"))
    try writer.write(Region([0..<20, 3..<4]), [Double](repeating: 7, count: 20))
    try writer.close()
    array.driver.finishReading()
    let column = try ModelArray(reading: array, Selection(parsing: "0:20,3"), threads: 1)
    #expect(column.bytes == [Double](repeating: 7, count: 20).withUnsafeBytes(Array.init))
    try expectColumn(4, ofRows: 0..<20, in: array)
  }
}
