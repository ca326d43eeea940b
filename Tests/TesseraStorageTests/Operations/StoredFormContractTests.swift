import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// What every form that can be written promises, against arrays in memory.
@Suite(.optionalLibraries) struct StoredFormContractTests {
  private static let shapes: [[Int]] = [
    [], [0], [1], [37], [0, 5], [4, 0], [1, 1], [26, 19], [7, 5, 6], [3, 1, 4, 2], [2, 3, 1, 4, 2],
    [2, 0, 3, 1, 2],
  ]

  private func dtypes(_ form: StoredForm) -> [DType] {
    // `.npy` has no bfloat16.
    DType.allCases.filter { $0 != .bfloat16 || form.suffix == "zarr" }
  }

  /// Converts `array`, reads it back whole and in parts, and converts it back.
  private func check(_ array: ModelArray, _ form: StoredForm, _ note: String, random: inout SeededGenerator)
    throws
  {
    let folder = try TemporaryFolder()
    try array.writeRawZarr(folder.at("source.zarr"))
    let path = folder.at("stored.\(form.suffix)")
    let layout = form.layout(for: array.shape)
    try Conversion(from: folder.at("source.zarr"), to: path, layout: layout, options: .init(threads: 2)).run()
    #expect(folder.names == ["source.zarr", "stored.\(form.suffix)"].sorted(), "\(note)")

    let stored = try StoredArray.open(path)
    #expect(stored.shape.dimensions == array.shape && stored.dtype == array.dtype, "\(note)")
    #expect(try ModelArray(reading: stored) == array, "\(note)")
    for _ in 0..<4 {
      let items = ModelArray.selection(array.shape, random: &random)
      let part = try ModelArray(reading: stored, Selection(items))
      if part != array.selecting(items) { Issue.record("\(note): \(items) gave \(part)") }
    }
    try checkBorrowing(stored, array, note, random: &random)
    try Conversion(from: path, to: folder.at("back.zarr"), options: .init(threads: 1)).run()
    #expect(try ModelArray(reading: folder.at("back.zarr")) == array, "\(note), and back")
  }

  private func checkBorrowing(
    _ stored: StoredArray, _ array: ModelArray, _ note: String, random: inout SeededGenerator
  ) throws {
    for round in 0..<4 {
      let region = Region(
        array.shape.enumerated().map { axis, length in
          // Whole trailing axes are what can be borrowed.
          if axis > round % max(array.shape.count, 1) || length == 0 { return 0..<length }
          let lower = Int.random(in: 0..<length, using: &random)
          return lower..<Int.random(in: lower...length, using: &random)
        })
      let borrowed = try stored.withContiguousBytes(region) { span in span.withUnsafeBytes { Array($0) } }
      let items = region.lower.indices.map {
        Selection.Item.slice(start: region.range($0).lowerBound, stop: region.range($0).upperBound)
      }
      if let borrowed { #expect(borrowed == array.selecting(items).bytes, "\(note): \(region)") }
      for fortran in [false, true] {
        let place = try checkPlace(of: region, in: stored, fortran: fortran, note)
        // Rows lie in a file in C order as they are wanted.
        let isRows = round % max(array.shape.count, 1) == 0 && !region.isEmpty
        if isRows, !fortran, note.contains("npy") { #expect(place, "\(note): \(region)") }
      }
    }
  }

  /// Where elements are said to be mapped there is what reading gives.
  ///
  /// - Returns: whether they are said to be anywhere.
  private func checkPlace(of region: Region, in stored: StoredArray, fortran: Bool, _ note: String) throws
    -> Bool
  {
    let itemSize = stored.dtype.itemSize
    let dense =
      fortran
      ? Array(Shape.strides(of: region.lengths.reversed()).reversed()) : Shape.strides(of: region.lengths)
    let strides = dense.map { $0 * itemSize }
    guard let place = try stored.driver.place(of: StridedRegion(region), strides: strides) else {
      return false
    }
    let count = region.count * itemSize
    #expect(place.range.count == count)
    let read = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      try stored.driver.read(
        StridedRegion(region), into: buffer.baseAddress!, strides: strides, scratch: ReadScratch())
      initialized = count
    }
    let mapped = withExtendedLifetime(place.mapping) { Array(place.mapping.bytes[place.range]) }
    #expect(mapped == read, "\(note): \(region), Fortran order: \(fortran)")
    return true
  }

  @Test(arguments: StoredForm.all)
  func everyShapeAndDTypeComesBackBitForBit(_ form: StoredForm) throws {
    var random = SeededGenerator(seed: 2024)
    let dtypes = dtypes(form)
    for (number, shape) in StoredFormContractTests.shapes.enumerated() {
      // Each shape with three of the dtypes, so that each dtype meets several shapes.
      for dtype in [
        dtypes[number % dtypes.count], dtypes[(number + 5) % dtypes.count],
        dtypes[(number + 10) % dtypes.count],
      ] {
        let array = ModelArray(shape: shape, dtype: dtype, random: &random)
        try check(array, form, "seed 2024, \(form), \(dtype) \(shape)", random: &random)
      }
    }
  }

  @Test(arguments: 0..<30)
  func randomShapesChunksAndShards(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let rank = Int.random(in: 1...4, using: &random)
    let shape = (0..<rank).map { _ in Int.random(in: 0...13, using: &random) }
    let chunks = shape.map { _ in Int.random(in: 1...15, using: &random) }
    let codec = ArrayLayout.Codec.allCases.randomElement(using: &random)!
    let shards: ArrayLayout.Shards = .shape(chunks.map { $0 * Int.random(in: 1...4, using: &random) })
    let layout = ArrayLayout(
      codec: codec, chunks: chunks, shards: shards, checksum: Bool.random(using: &random))
    let dtype = DType.allCases.randomElement(using: &random)!
    let form = StoredForm(name: "\(layout)", suffix: "zarr") { _ in layout }
    let array = ModelArray(shape: shape, dtype: dtype, random: &random)
    try check(array, form, "seed \(seed), \(dtype) \(shape), \(layout)", random: &random)
  }

  /// Several blocks, shards and threads: the files are the same for one thread and for many, and for the least budget.
  @Test(arguments: [
    StoredForm(name: "npy", suffix: "npy"), StoredForm(name: "npz", suffix: "npz"),
    StoredForm(name: "deflated npz", suffix: "npz") { _ in ArrayLayout(codec: .gzip, level: 1) },
    StoredForm(name: "raw shards", suffix: "zarr") { _ in
      ArrayLayout(chunks: [300, 101], shards: .shape([600, 303]))
    },
    StoredForm(name: "lz4 shards", suffix: "zarr") { _ in
      ArrayLayout(codec: .lz4, chunks: [128, 700], shards: .shape([512, 1400]))
    },
    StoredForm(name: "zstd files", suffix: "zarr") { _ in
      ArrayLayout(codec: .zstd, level: 1, chunks: [333, 707], shards: .none)
    },
    StoredForm(name: "checksums", suffix: "zarr") { _ in
      ArrayLayout(chunks: [100, 1000], shards: .shape([900, 1000]), checksum: true)
    },
    StoredForm(name: "v2", suffix: "zarr") { _ in ArrayLayout(codec: .lz4, chunks: [250, 250], zarrFormat: 2)
    },
  ])
  func filesAreTheSameForAnyNumberOfThreads(_ form: StoredForm) throws {
    var random = SeededGenerator(seed: 7)
    let folder = try TemporaryFolder()
    let array = ModelArray(shape: [1500, 1000], dtype: .float32, random: &random)
    try array.writeRawZarr(folder.at("source.zarr"))
    var first: [String: [UInt8]]?
    for (threads, memory) in [(1, 64 << 20), (2, 256 << 20), (5, 64 << 20)] {
      let path = folder.at("out-\(threads).\(form.suffix)")
      let options = TransferOptions(memory: memory, threads: threads)
      try Conversion(
        from: folder.at("source.zarr"), to: path, layout: form.layout(for: array.shape), options: options
      ).run()
      let files = try snapshot(path)
      if first == nil { first = files }
      #expect(files == first, "\(form): \(threads) threads, \(memory) bytes")
    }
    let stored = try StoredArray.open(folder.at("out-5.\(form.suffix)"))
    for threads in [1, 4] {
      #expect(try ModelArray(reading: stored, threads: threads) == array, "\(form), read by \(threads)")
      let backwards = Selection([.slice(step: -1), .slice(start: 990, stop: 3, step: -3)])
      let part = try ModelArray(reading: stored, backwards, threads: threads)
      #expect(part == array.selecting(backwards.items), "\(form), backwards by \(threads)")
    }
  }

  @Test func fortranOrderComesOutInCOrder() throws {
    var random = SeededGenerator(seed: 5)
    let folder = try TemporaryFolder()
    let array = ModelArray(shape: [1100, 700], dtype: .float32, random: &random)
    // The transposed bytes under a Fortran-order header are the same array.
    var transposed = ModelArray(shape: [700, 1100], dtype: .float32, bytes: array.bytes)
    transposed.bytes.withUnsafeMutableBytes { target in
      array.bytes.withUnsafeBytes { source in
        for row in 0..<1100 {
          for column in 0..<700 {
            target.storeBytes(
              of: source.load(fromByteOffset: (row * 700 + column) * 4, as: UInt32.self),
              toByteOffset: (column * 1100 + row) * 4, as: UInt32.self)
          }
        }
      }
    }
    let header = try NpyHeader.bytes(dtype: .float32, fortranOrder: true, shape: Shape([1100, 700]))
    try folder.write("f.npy", header + transposed.bytes)
    for threads in [1, 3] {
      for name in ["c\(threads).npy", "c\(threads).npz", "c\(threads).zarr"] {
        try Conversion(
          from: folder.at("f.npy"), to: folder.at(name), options: .init(memory: 64 << 20, threads: threads)
        ).run()
        #expect(try ModelArray(reading: folder.at(name)) == array, "\(name)")
      }
    }
  }
}
