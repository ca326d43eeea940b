import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Rows after rows, for every form that takes them, against arrays joined in memory.
@Suite(.optionalLibraries) struct AppendingTests {
  private static let rows = [0, 1, 4, 5, 3, 13, 0, 8, 30]

  @Test(arguments: [WrittenForm.npy] + WrittenForm.zarr)
  func rowsAcrossBordersOfChunksAndShards(_ form: WrittenForm) throws {
    var random = SeededGenerator(seed: 61)
    for (first, dtype) in [(0, DType.int16), (8, .float64), (7, .int32)] {
      let folder = try TemporaryFolder()
      let path = folder.at("x.\(form.suffix)")
      // Chunks are made for eight rows whatever the first length.
      let writer = try form.create(path, [8, 5], dtype)
      try writer.resize(to: Shape([first, 5]))
      var model = ModelArray(shape: [first, 5], dtype: dtype, random: &random)
      try model.write(model.whole, to: writer)
      try writer.close()
      for (number, count) in AppendingTests.rows.enumerated() {
        let note = "seed 61, \(form), \(dtype), from \(first), step \(number): \(count) rows"
        let added = ModelArray(shape: [count, 5], dtype: dtype, random: &random)
        try added.writeNpy(folder.at("\(number).npy"))
        let reader = try StoredArray.open(path)
        try Appending([folder.at("\(number).npy")], to: path, options: .init(threads: 1 + number % 3)).run()
        #expect(reader.shape.dimensions == model.shape, "\(note)")
        if try ModelArray(reading: reader) != model {
          Issue.record("\(note): old readers see something else")
        }
        model = model.appending([added])
        let stored = try ModelArray(reading: path)
        if stored != model { Issue.record("\(note): \(stored) is not \(model)") }
        #expect(try leftovers(folder.path) == [], "\(note)")
      }
      #expect(try Verification(path).run().problems == [])
    }
  }

  @Test(arguments: [
    WrittenForm.npy,
    WrittenForm(name: "shards") { _ in ArrayLayout(codec: .lz4, chunks: [3, 2], shards: .shape([6, 4])) },
    WrittenForm(name: "files") { _ in ArrayLayout(chunks: [3, 2], zarrFormat: 2) },
  ])
  func severalSourcesOfDifferentForms(_ form: WrittenForm) throws {
    var random = SeededGenerator(seed: 62)
    let folder = try TemporaryFolder()
    let path = folder.at("x.\(form.suffix)")
    let parts = (0..<6).map { ModelArray(shape: [[4, 7, 0, 2, 11, 3][$0], 3], dtype: .float64, bytes: []) }
      .map { part in
        // Whole numbers, which text can spell.
        let values = (0..<part.count).map { _ in Double(Int.random(in: -999...999, using: &random)) }
        return ModelArray(shape: part.shape, dtype: .float64, bytes: values.withUnsafeBytes { Array($0) })
      }
    let writer = try form.create(path, parts[0].shape, .float64)
    try parts[0].write(parts[0].whole, to: writer)
    try writer.close()
    try parts[1].writeNpy(folder.at("1.npy"))
    try parts[2].writeRawZarr(folder.at("2.zarr"))
    try parts[3].writeNpy(folder.at("3.npy"))
    try Conversion(from: folder.at("3.npy"), to: folder.at("3.npz")).run()
    let numbers = parts[4].bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    let text = stride(from: 0, to: 33, by: 3).map { "\(numbers[$0]),\(numbers[$0 + 1]),\(numbers[$0 + 2])\n" }
    try folder.write("4.csv", text: "a,b,c\n" + text.joined())
    try parts[5].store(folder.at("5.zarr"), layout: .init(codec: .zstd, chunks: [2, 2], zarrFormat: 2))
    let sources = ["1.npy", "2.zarr", "3.npz/arr_0", "4.csv", "5.zarr"].map(folder.at)
    let append = try Appending(sources, to: path)
    let report = try append.run()
    // With the old rows that are read and written again.
    #expect(report.bytesIn == append.explanation.bytesRead && report.bytesIn >= (7 + 2 + 11 + 3) * 24)
    #expect(report.bytesOut == append.explanation.bytesWritten)
    #expect(try ModelArray(reading: path) == parts[0].appending(Array(parts[1...])), "seed 62, \(form)")
  }

  /// Not even the shard is built anew that they would be in.
  @Test(arguments: [WrittenForm.npy] + WrittenForm.zarr)
  func noRowsTakeNoWork(_ form: WrittenForm) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.\(form.suffix)")
    let old = ModelArray(shape: [5, 3], dtype: .uint8, bytes: Array(0..<15))
    let writer = try form.create(path, old.shape, old.dtype)
    try old.write(old.whole, to: writer)
    try writer.close()
    try ModelArray(shape: [0, 3], dtype: .uint8, bytes: []).writeNpy(folder.at("none.npy"))
    let before = try snapshot(path)
    let append = try Appending([folder.at("none.npy"), folder.at("none.npy")], to: path)
    #expect(append.explanation.bytesRead == 0 && append.explanation.bytesWritten == 0, "\(form)")
    let report = try append.run()
    #expect(report.bytesIn == 0 && report.bytesOut == 0, "\(form)")
    #expect(try snapshot(path) == before, "\(form)")
  }

  @Test(arguments: ["npy", "zarr"])
  func whatDoesNotFitIsNamedAndNothingChanges(_ suffix: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.\(suffix)")
    func make(_ name: String, _ shape: [Int], _ dtype: DType) throws -> String {
      try ModelArray(
        shape: shape, dtype: dtype, bytes: [UInt8](repeating: 1, count: shape.reduce(dtype.itemSize, *))
      )
      .store(folder.at(name))
      return folder.at(name)
    }
    _ = try make("x.\(suffix)", [4, 3], .int32)
    let fitting = try make("fits.npy", [1, 3], .int32)
    let cases = [
      ("int32", try make("dtype.npy", [1, 3], .int64)), ("(n, 3)", try make("wide.npy", [1, 4], .int32)),
      ("(n, 3)", try make("flat.npy", [3], .int32)), ("(n, 3)", try make("deep.npy", [1, 3, 1], .int32)),
      ("(n, 3)", try make("scalar.npy", [], .int32)),
    ]
    let before = try snapshot(folder.path)
    for (word, source) in cases {
      for sources in [[source], [fitting, source]] {
        let error = tesseraError(source) { _ = try Appending(sources, to: path) }
        #expect(error?.kind == .usage, "\(source): \(error as Any)")
        #expect(error?.description.contains(word) == true && error?.path == source, "\(error as Any)")
      }
    }
    #expect(tesseraError { _ = try Appending([], to: path) }?.kind == .usage)
    #expect(tesseraError { _ = try Appending([folder.at("none.npy")], to: path) }?.kind == .notFound)
    #expect(tesseraError { _ = try Appending([fitting], to: folder.at("none.npy")) }?.kind == .notFound)
    #expect(tesseraError { _ = try Appending([fitting], to: folder.at("scalar.npy")) }?.kind == .usage)
    #expect(try snapshot(folder.path) == before)
  }

  @Test func formsThatTakeNoRows() throws {
    let folder = try TemporaryFolder()
    try folder.write("x.csv", text: "1,2\n3,4\n")
    try Conversion(from: folder.at("x.csv"), to: folder.at("x.npz")).run()
    // Neither its dtype nor its shape is what is wrong.
    try ModelArray(shape: [3], dtype: .int16, bytes: [1, 0, 2, 0, 3, 0]).writeNpy(folder.at("y.npy"))
    let before = try snapshot(folder.path)
    for name in ["x.csv", "x.npz", "x.npz/arr_0"] {
      for source in ["x.csv", "y.npy"] {
        let error = tesseraError { _ = try Appending([folder.at(source)], to: folder.at(name)) }
        #expect(error?.kind == .usage && error?.path == folder.at(name), "\(error as Any)")
        #expect(error?.what == "cannot append to this form", "\(error as Any)")
      }
    }
    #expect(try snapshot(folder.path) == before)
  }

  @Test(arguments: [WrittenForm.npy] + WrittenForm.zarr)
  func anArrayToItself(_ form: WrittenForm) throws {
    var random = SeededGenerator(seed: 63)
    let folder = try TemporaryFolder()
    let path = folder.at("x.\(form.suffix)")
    let writer = try form.create(path, [7, 3], .int32)
    var model = ModelArray(shape: [7, 3], dtype: .int32, bytes: random.bytes(84))
    try model.write(model.whole, to: writer)
    try writer.close()
    for threads in [1, 4] {
      try Appending([path, path], to: path, options: .init(threads: threads)).run()
      model = model.appending([model, model])
      #expect(try ModelArray(reading: path) == model, "\(form), \(threads) threads")
    }
  }

  /// Several blocks, so that threads do work at the same time.
  @Test(arguments: [
    ArrayLayout(chunks: [64, 128], shards: .shape([512, 512])),
    .init(codec: .lz4, chunks: [64, 128], shards: .shape([512, 512]), checksum: true),
    .init(codec: .lz4, chunks: [100, 512], zarrFormat: 2),
  ])
  func threadsGiveTheSameBytes(_ layout: ArrayLayout) throws {
    var random = SeededGenerator(seed: 64)
    let folder = try TemporaryFolder()
    let old = ModelArray(shape: [700, 512], dtype: .float32, random: &random)
    let added = ModelArray(shape: [2500, 512], dtype: .float32, random: &random)
    try added.writeNpy(folder.at("more.npy"))
    var first: [String: [UInt8]]?
    for threads in [1, 2, 5] {
      let path = folder.at("\(threads).zarr")
      try old.store(path, layout: layout)
      try Appending([folder.at("more.npy")], to: path, options: .init(memory: 64 << 20, threads: threads))
        .run()
      let files = try snapshot(path)
      if first == nil { first = files }
      #expect(files == first, "\(layout): \(threads) threads")
    }
    #expect(try ModelArray(reading: folder.at("5.zarr")) == old.appending([added]))
    #expect(try Verification(folder.at("5.zarr")).run().problems == [])
  }

  /// Whatever the plan was made from is looked at again under the lock: not the shape alone.
  @Test(arguments: [
    ArrayLayout(chunks: [1], shards: .shape([4])), ArrayLayout(chunks: [2], shards: .none),
    ArrayLayout(codec: .lz4, chunks: [2], shards: .shape([4])),
  ]) func anotherStoreOfTheSameShape(_ layout: ArrayLayout) throws {
    let folder = try TemporaryFolder()
    let array = ModelArray(shape: [3], dtype: .uint8, bytes: [1, 2, 3])
    try array.store(folder.at("rows.zarr"))
    try array.store(folder.at("x.zarr"), layout: .init(chunks: [2], shards: .shape([4])))
    let append = try Appending([folder.at("rows.zarr")], to: folder.at("x.zarr"))
    try Directory.remove(folder.at("x.zarr"))
    try array.store(folder.at("x.zarr"), layout: layout)
    let before = try snapshot(folder.at("x.zarr"))
    #expect(tesseraError { try append.run() }?.kind == .busy)
    #expect(try snapshot(folder.at("x.zarr")) == before)
  }

  @Test func anotherNpyOfTheSameShape() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.npy")
    try ModelArray(shape: [2], dtype: .uint16, bytes: [1, 0, 2, 0]).writeNpy(path)
    let append = try Appending([path], to: path)
    let other = ModelArray(shape: [2], dtype: .int16, bytes: [1, 0, 2, 0])
    try Directory.remove(path)
    try other.writeNpy(path)
    #expect(tesseraError { try append.run() }?.kind == .busy)
    #expect(try ModelArray(reading: path) == other)
  }

  @Test func aWriterTakesOverAfterAnAppend() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    try ModelArray(shape: [3], dtype: .uint8, bytes: [1, 2, 3]).store(
      path, layout: .init(chunks: [2], shards: .shape([4])))
    let append = try Appending([path], to: path)
    // Planned from a shape that is not there any more.
    let writer = try ArrayWriter.open(path)
    try writer.append([UInt8(4)])
    try writer.close()
    _ = consume writer
    #expect(tesseraError { try append.run() }?.kind == .busy)
    #expect(try ModelArray(reading: path).bytes == [1, 2, 3, 4])
  }
}
