import TesseraCodecs
import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Archives of deflated members.
@Suite(.enabled(if: hasZlib)) struct DeflatedNpzTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let arrays: [ModelArray] = {
    var random = SeededGenerator(seed: 91)
    return [
      ModelArray(shape: [70, 9], dtype: .float32, random: &random),
      ModelArray(shape: [0, 4], dtype: .int16, random: &random),
      ModelArray(shape: [], dtype: .complex128, random: &random),
    ]
  }()

  /// Writes the arrays, and ends them, in the given orders.
  private func write(_ name: String, storing: [Int], ending: [Int], level: Int = 6) throws {
    let waiting = try TemporaryFolder()
    let writer = DeflatedNpzWriter(
      try File(folder.at(name), .create), deflater: try StretchDeflater(level: level), waitingIn: waiting.path
    )
    let arrays = DeflatedNpzTests.arrays
    let sinks = try arrays.enumerated().map {
      try writer.member("m\($0.offset)", shape: Shape($0.element.shape), dtype: $0.element.dtype)
    }
    for number in storing where arrays[number].count > 0 {
      let region = Region(try Shape(arrays[number].shape))
      try arrays[number].bytes.withUnsafeBytes {
        try sinks[number].store(region, turn: 0, from: $0, gate: OrderedGate(), scratch: WriteScratch())
      }
    }
    for number in ending { try sinks[number].sync() }
    // Again says nothing new.
    for sink in sinks { try sink.sync() }
    try writer.add("method", text: "zscore")
    try writer.close()
    #expect(waiting.names == [])
  }

  /// The archive does not tell who waited.
  @Test func membersWaitForThoseBeforeThem() throws {
    try write("a.npz", storing: [0, 1, 2], ending: [0, 1, 2])
    let first = try folder.read("a.npz")
    let orders = [([2, 1, 0], [2, 1, 0]), ([1, 2, 0], [0, 1, 2]), ([0, 2, 1], [2, 0, 1])]
    for (number, order) in orders.enumerated() {
      try write("b\(number).npz", storing: order.0, ending: order.1)
      #expect(try folder.read("b\(number).npz") == first, "\(order)")
    }
    let archive = try NpzArchive(folder.at("a.npz"))
    #expect(archive.names == ["m0", "m1", "m2", "method"])
    #expect(archive.members.allSatisfy { $0.entry.method == .deflated })
    #expect(try archive.text("method") == "zscore")
    for (number, array) in DeflatedNpzTests.arrays.enumerated() {
      #expect(try ModelArray(reading: folder.at("a.npz/m\(number)")) == array)
    }
    #expect(try Verification(folder.at("a.npz")).run().problems == [])
  }

  @Test func levels() throws {
    let text = Array(repeating: Array("a line of text, again. ".utf8), count: 4000).flatMap { $0 }
    let array = ModelArray(shape: [text.count], dtype: .uint8, bytes: text)
    try array.writeNpy(folder.at("x.npy"))
    var sizes: [Int] = []
    for level in [0, 1, 6, 9] {
      let path = folder.at("x\(level).npz")
      try Conversion(from: folder.at("x.npy"), to: path, layout: .init(codec: .gzip, level: level)).run()
      #expect(try ModelArray(reading: path) == array)
      sizes.append(try FileStamp(path: path).size)
    }
    #expect(sizes[0] > text.count && sizes[1] < text.count / 20 && sizes[3] <= sizes[1])
    try Conversion(from: folder.at("x.npy"), to: folder.at("d.npz"), layout: .init(codec: .gzip)).run()
    #expect(try folder.read("d.npz") == folder.read("x6.npz"))
  }

  @Test func refusals() throws {
    try DeflatedNpzTests.arrays[0].writeNpy(folder.at("x.npy"))
    for layout in [
      ArrayLayout(codec: .lz4), .init(codec: .zstd), .init(codec: .numcodecsLZ4), .init(level: 3),
      .init(codec: .gzip, level: 10), .init(codec: .gzip, level: -1), .init(codec: .gzip, chunks: [2, 2]),
      .init(codec: .gzip, shards: .none), .init(codec: .gzip, zarrFormat: 2),
      .init(codec: .gzip, checksum: true),
    ] {
      let error = tesseraError("\(layout)") {
        _ = try Conversion(from: folder.at("x.npy"), to: folder.at("x.npz"), layout: layout)
      }
      #expect(error?.kind == .usage && error?.path == folder.at("x.npz"), "\(layout): \(error as Any)")
    }
    let error = tesseraError {
      _ = try Conversion(from: folder.at("x.npy"), to: folder.at("y.npy"), layout: .init(codec: .gzip))
    }
    #expect(error?.kind == .usage)
    #expect(folder.names == ["x.npy"])
  }

  /// A budget that has no room for a block of large stretches and what they deflate to is not taken.
  @Test func plansCountWhatIsDeflated() throws {
    let shape = try Shape([1 << 20, 768])
    let sink = DeflatedNpzSink.requirements(shape, dtype: .float32)
    let block = [1024, 768]
    #expect(sink.isContiguous && !sink.isDivisible && sink.unit == [128, 768])
    #expect(sink.scratchBytes(block) > 1024 * 768 * 4)
    #expect(sink.scratchBytes([1 << 59, 1 << 59]) == .max)
  }

  /// A flipped bit is found, or nothing is read differently.
  @Test func everyFlippedByteIsFoundOrDoesNothing() throws {
    let array = ModelArray(
      shape: [6, 5], dtype: .int16, bytes: (0..<60).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) })
    try array.writeNpy(folder.at("x.npy"))
    try Conversion(from: folder.at("x.npy"), to: folder.at("x.npz"), layout: .init(codec: .gzip)).run()
    let original = try folder.read("x.npz")
    var found = 0
    for position in original.indices {
      var bytes = original
      bytes[position] ^= 1 << UInt8(position % 8)
      try folder.write("y.npz", bytes)
      var problems = 1
      let error = tesseraError("byte \(position)") {
        problems = try Verification(folder.at("y.npz")).run().problems.count
      }
      if let error, ![.corrupt, .unsupported].contains(error.kind) {
        Issue.record("byte \(position): \(error)")
      }
      if error != nil || problems > 0 {
        found += 1
      } else {
        let name = try NpzArchive(folder.at("y.npz")).names[0]
        #expect(try ModelArray(reading: folder.at("y.npz/\(name)")) == array, "byte \(position)")
      }
    }
    #expect(found > original.count / 4)
  }
}
