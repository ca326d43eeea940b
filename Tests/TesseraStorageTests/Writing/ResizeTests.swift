import Glibc
import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Longer and shorter arrays: what was cut off never comes back.
@Suite(.optionalLibraries) struct ResizeTests {
  @Test(arguments: WrittenForm.zarr)
  func growingAndShrinkingAlongEveryAxis(_ form: WrittenForm) throws {
    var random = SeededGenerator(seed: 51)
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    var model = ModelArray(shape: [11, 9], dtype: .int16, bytes: random.bytes(198))
    let fill = try form.fill(.int16)
    var writer = try form.create(path, model.shape, .int16)
    try model.write(model.whole, to: writer)
    let shapes = [
      [5, 9], [11, 9], [11, 4], [20, 20], [7, 20], [0, 20], [6, 7], [1, 1], [12, 12], [12, 0], [12, 3],
      [13, 13],
    ]
    for (number, shape) in shapes.enumerated() {
      try writer.resize(to: Shape(shape))
      model = model.resized(shape, fill: fill)
      let region = ModelArray.region(shape, random: &random)
      if number % 2 == 1 {
        let values = ModelArray.values(region, .int16, random: &random)
        model.write(region, values)
        try values.write(region, to: writer)
      }
      if number % 3 == 0 || number == shapes.count - 1 {
        try writer.close()
        let note = "seed 51, \(form), to \(shape), step \(number)"
        let stored = try ModelArray(reading: path)
        if stored != model { Issue.record("\(note): \(stored) is not \(model)") }
        #expect(try Verification(path).run().problems == [], "\(note)")
        writer = try ArrayWriter.open(path)
      }
    }
  }

  @Test func aNpyFileBeyondAllNumbersIsRefused() throws {
    let folder = try TemporaryFolder()
    let writer = try ArrayWriter.create(folder.at("x.npy"), shape: Shape([3]), dtype: .complex128)
    #expect(throws: TesseraError.self) { try writer.resize(to: Shape([(1 << 59) - 1])) }
    try writer.close()
    #expect(try StoredArray.open(folder.at("x.npy")).shape == Shape([3]))
  }

  /// A process that ends between a resize and the close leaves an array without holes.
  @Test(arguments: [[3, 9], [11, 2], [20, 5], [30, 30], [0, 9]])
  func anAbandonedResize(_ shape: [Int]) throws {
    var random = SeededGenerator(seed: 53)
    let model = ModelArray(shape: [11, 9], dtype: .int16, bytes: random.bytes(198))
    for layout in [
      ArrayLayout(chunks: [2, 3], shards: .shape([4, 6])), .init(codec: .lz4, chunks: [4, 4], zarrFormat: 2),
    ] {
      let folder = try TemporaryFolder()
      let path = folder.at("x.zarr")
      try model.store(path, layout: layout)
      do {
        let writer = try ArrayWriter.open(path)
        try writer.resize(to: Shape(shape))
      }
      let found = try ModelArray(reading: path)
      #expect(found == model.resized(found.shape), "seed 53, \(layout), to \(shape): \(found.shape)")
      let writer = try ArrayWriter.open(path)
      try writer.resize(to: Shape([11, 9]))
      try writer.close()
      #expect(
        try ModelArray(reading: path) == found.resized([11, 9]), "seed 53, \(layout), to \(shape) and back")
    }
  }

  @Test func npyAlongTheFirstAxis() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.npy")
    var random = SeededGenerator(seed: 52)
    var model = ModelArray(shape: [5, 3], dtype: .int32, bytes: random.bytes(60))
    try model.store(path)
    let writer = try ArrayWriter.open(path)
    for rows in [2, 5, 100_000, 0, 7, 4, 9] {
      try writer.resize(to: Shape([rows, 3]))
      model = model.resized([rows, 3])
      #expect(try ModelArray(reading: path) == model, "\(rows) rows")
      if rows < 100 {
        model.write(
          model.whole, ModelArray(shape: model.shape, dtype: .int32, bytes: random.bytes(rows * 12)))
        try model.write(model.whole, to: writer)
      }
    }
    #expect(tesseraError { try writer.resize(to: Shape([9, 4])) }?.kind == .usage)
    try writer.append([Int32](1...6))
    try writer.close()
    let more = [Int32](1...6).withUnsafeBytes { Array($0) }
    #expect(
      try ModelArray(reading: path)
        == model.appending([ModelArray(shape: [2, 3], dtype: .int32, bytes: more)]))
  }

  @Test(arguments: [WrittenForm.npy] + WrittenForm.zarr)
  func appendingRowByRow(_ form: WrittenForm) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.\(form.suffix)")
    let writer = try form.create(path, [4, 3], .int32)
    try writer.write(Region([0..<4, 0..<3]), [Int32](0..<12))
    for row in 4..<23 { try writer.append([Int32(row * 3), Int32(row * 3 + 1), Int32(row * 3 + 2)]) }
    try writer.append([Int32]())
    try writer.close()
    #expect(try StoredArray.open(path).shape.dimensions == [23, 3])
    #expect(try StoredArray.open(path).elements(as: Int32.self) == [Int32](0..<69), "\(form)")
  }

  /// Rows of an append that did not come to its end lie beyond the old shape; growing must not show them.
  @Test(arguments: [
    ArrayLayout(chunks: [2], shards: .shape([8])), .init(codec: .lz4, chunks: [4], shards: .none),
  ])
  func whatAnInterruptedAppendLeftIsNotShown(_ layout: ArrayLayout) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    try ModelArray(shape: [3], dtype: .uint8, bytes: [1, 2, 3]).store(path, layout: layout)
    try ModelArray(shape: [17], dtype: .uint8, bytes: [UInt8](repeating: 9, count: 17)).writeNpy(
      folder.at("more.npy"))
    let metadata = try File.contents(folder.at("x.zarr/zarr.json"), limit: 1 << 20)
    try Appending([folder.at("more.npy")], to: path).run()
    // As if it had been killed just before the metadata.
    try File.replace(folder.at("x.zarr/zarr.json"), with: metadata)
    #expect(try ModelArray(reading: path).bytes == [1, 2, 3])
    let writer = try ArrayWriter.open(path)
    try writer.resize(to: Shape([20]))
    try writer.close()
    #expect(try ModelArray(reading: path).bytes == [1, 2, 3] + [UInt8](repeating: 0, count: 17), "\(layout)")
  }
}
