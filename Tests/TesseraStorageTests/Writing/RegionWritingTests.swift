import Synchronization
import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Random boxes written in any order, against the same boxes written to an array in memory.
@Suite(.optionalLibraries) struct RegionWritingTests {
  private static let shapes: [[Int]] = [[], [1], [23], [9, 14], [5, 6, 7], [3, 2, 4, 5]]

  @Test(arguments: [WrittenForm.npy] + WrittenForm.zarr)
  func overlappingBoxesEndUpAsInMemory(_ form: WrittenForm) throws {
    var random = SeededGenerator(seed: 31)
    for (number, shape) in RegionWritingTests.shapes.enumerated() {
      let dtype: DType = [.int16, .float64, .int32, .float32][number % 4]
      let note = "seed 31, \(form), \(dtype) \(shape)"
      let folder = try TemporaryFolder()
      let path = folder.at("x.\(form.suffix)")
      var model = ModelArray(shape: shape, dtype: dtype, bytes: []).resized(shape, fill: try form.fill(dtype))
      var writer = try form.create(path, shape, dtype)
      if form.edit == nil { #expect(try Directory.kind(path) == nil, "\(note): seen before close") }
      for session in 0..<3 {
        for _ in 0..<6 {
          let region = ModelArray.region(shape, random: &random)
          let values = ModelArray.values(region, dtype, random: &random)
          model.write(region, values)
          try values.write(region, to: writer)
        }
        if session == 1 { try writer.flush() }
        try writer.close()
        let stored = try ModelArray(reading: path)
        if stored != model { Issue.record("\(note), session \(session): \(stored) is not \(model)") }
        #expect(try Verification(path).run().problems == [], "\(note)")
        #expect(try leftovers(folder.path) == [], "\(note)")
        writer = try ArrayWriter.open(path)
      }
    }
  }

  @Test(arguments: [WrittenForm.npy] + WrittenForm.zarr)
  func threadsWriteDifferentBoxesOfTheSameChunks(_ form: WrittenForm) throws {
    var random = SeededGenerator(seed: 32)
    let (folder, shape) = (try TemporaryFolder(), [37, 29])
    let path = folder.at("x.\(form.suffix)")
    let model = ModelArray(shape: shape, dtype: .int32, random: &random)
    let writer = try form.create(path, shape, .int32)
    // Single rows and pieces of them, so that every chunk is written by several threads.
    let regions = (0..<shape[0]).flatMap { row in
      [Region([row..<row + 1, 0..<13]), Region([row..<row + 1, 13..<29])]
    }.shuffled(using: &random)
    let next = Atomic<Int>(0)
    try WorkerTeam.run(threads: 4) { _ in
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < regions.count else { return }
        let region = regions[number]
        let items = region.lower.indices.map { axis -> Selection.Item in
          .slice(start: region.range(axis).lowerBound, stop: region.range(axis).upperBound)
        }
        try model.selecting(items).write(region, to: writer)
      }
    }
    try writer.close()
    #expect(try ModelArray(reading: path) == model, "seed 32, \(form)")
  }

  /// More shards than are held open at once, each visited again and again.
  @Test(arguments: [ArrayLayout.Shards.none, .shape([4, 2])])
  func moreShardsThanAreHeldOpen(_ shards: ArrayLayout.Shards) throws {
    var random = SeededGenerator(seed: 33)
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    let layout = ArrayLayout(codec: .lz4, chunks: [2, 2], shards: shards)
    var model = ModelArray(shape: [60, 30], dtype: .uint16, bytes: []).resized([60, 30])
    var writer = try ArrayWriter.create(path, shape: Shape([60, 30]), dtype: .uint16, layout: layout)
    for session in 0..<2 {
      for _ in 0..<60 {
        let (row, column) = (Int.random(in: 0..<58, using: &random), Int.random(in: 0..<29, using: &random))
        let region = [
          Region([row..<row + 3, 0..<30]), Region([0..<60, column..<column + 1]),
          Region([row..<row + 1, column..<column + 1]),
        ].randomElement(using: &random)!
        let values = ModelArray.values(region, .uint16, random: &random)
        model.write(region, values)
        try values.write(region, to: writer)
      }
      try writer.close()
      #expect(try ModelArray(reading: path) == model, "seed 33, \(shards), session \(session)")
      #expect(try leftovers(folder.path) == [])
      writer = try ArrayWriter.open(path)
    }
  }

  /// A chunk that is written in many small parts is stored once.
  @Test(arguments: [
    ArrayLayout(chunks: [256], shards: .shape([512])), .init(chunks: [256], shards: .none),
    .init(codec: .lz4, chunks: [256], shards: .shape([512])),
    .init(codec: .zstd, chunks: [256], zarrFormat: 2),
  ])
  func smallWritesDoNotMakeFilesLonger(_ layout: ArrayLayout) throws {
    var random = SeededGenerator(seed: 34)
    let folder = try TemporaryFolder()
    let values = ModelArray(shape: [512], dtype: .uint8, bytes: random.bytes(512))
    try values.store(folder.at("whole.zarr"), layout: layout)
    let writer = try ArrayWriter.create(
      folder.at("x.zarr"), shape: Shape([512]), dtype: .uint8, layout: layout)
    for place in (0..<512).shuffled(using: &random) {
      try writer.write(Region([place..<place + 1]), [values.bytes[place]])
    }
    try writer.close()
    #expect(try ModelArray(reading: folder.at("x.zarr")) == values)
    let (whole, pieces) = (try chunkFiles(folder.at("whole.zarr")), try chunkFiles(folder.at("x.zarr")))
    let sizes = (whole.values.reduce(0) { $0 + $1.count }, pieces.values.reduce(0) { $0 + $1.count })
    #expect(sizes.1 <= 6 * sizes.0, "seed 34, \(layout): \(sizes)")
    if case .none = layout.shards { #expect(sizes.1 == sizes.0) }
  }

  @Test func chunksOfTheFillValueAloneBecomeAbsent() throws {
    let folder = try TemporaryFolder()
    for (number, shards) in [ArrayLayout.Shards.none, .shape([4]), .shape([8])].enumerated() {
      let path = folder.at("\(number).zarr")
      try ModelArray(shape: [8], dtype: .uint8, bytes: [1, 2, 3, 4, 5, 6, 7, 8]).store(
        path, layout: ArrayLayout(chunks: [2], shards: shards))
      #expect(try Verification(path).run().chunks == 4)
      let writer = try ArrayWriter.open(path)
      // The last element of two chunks that is not zero goes in two steps.
      try writer.write(Region([0..<3]), [UInt8](repeating: 0, count: 3))
      try writer.write(Region([3..<4]), [UInt8(0)])
      try writer.close()
      #expect(try Verification(path).run().chunks == 2, "\(shards)")
      #expect(try ModelArray(reading: path).bytes == [0, 0, 0, 0, 5, 6, 7, 8])
      let again = try ArrayWriter.open(path)
      try again.write(Region([0..<8]), [UInt8](repeating: 0, count: 8))
      try again.close()
      #expect(try chunkFiles(path).isEmpty, "\(shards)")
      #expect(try ModelArray(reading: path).bytes == [UInt8](repeating: 0, count: 8))
    }
  }

  /// Minus zero equals zero and is another element all the same.
  @Test func negativeZerosAreKept() throws {
    let folder = try TemporaryFolder()
    for layout in [ArrayLayout(chunks: [4]), ArrayLayout(codec: .lz4, chunks: [4], shards: .none)] {
      let path = folder.at("\(layout.codec).zarr")
      let writer = try ArrayWriter.create(path, shape: Shape([4]), dtype: .float32, layout: layout)
      try writer.write(Region([0..<4]), [Float](repeating: -0.0, count: 4))
      try writer.close()
      #expect(try StoredArray.open(path).elements(as: Float.self).allSatisfy { $0.sign == .minus })
    }
  }
}
