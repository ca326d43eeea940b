import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Arrays that NumPy, zarr-python, zarrs and TensorStore wrote.
@Suite(.optionalLibraries) struct FixtureTests {
  @Test func thereAreFixtures() {
    #expect(Fixture.readable.count > 200)
    #expect(Fixture.refused.count > 20)
  }

  /// The expected elements: a `.npy` file after a header that NumPy wrote. bfloat16, which NumPy does not have, is
  /// kept as its bits.
  private func expected(_ fixture: Fixture, _ path: String, as dtype: DType) throws -> ModelArray {
    let file = try File.contents(Path.join(Fixture.folder, path), limit: 1 << 24)
    let header = try file.withUnsafeBytes { try NpyHeader.parse($0, fileSize: file.count) }
    #expect(!header.fortranOrder && header.order == .native, "\(path) is in C order")
    return ModelArray(shape: header.shape.dimensions, dtype: dtype, bytes: Array(file[header.dataOffset...]))
  }

  @Test(arguments: Fixture.readable)
  func readsAsTheirWriterDoes(_ fixture: Fixture) throws {
    let stored = try StoredArray.open(fixture.absolute)
    #expect(stored.dtype.name == fixture.dtype)
    #expect(stored.shape.dimensions == fixture.shape)
    let path = try #require(fixture.expected)
    let array = try expected(fixture, path, as: stored.dtype)
    #expect(try ModelArray(reading: stored) == array)
    if let attributes = fixture.attributes { #expect(stored.attributes == attributes) }

    var random = SeededGenerator(seed: 42)
    for _ in 0..<10 {
      let items = ModelArray.selection(array.shape, random: &random)
      #expect(try ModelArray(reading: stored, Selection(items)) == array.selecting(items), "\(items)")
    }
    let whole = Region(stored.shape)
    if let bytes = try stored.withContiguousBytes(whole, { $0.withUnsafeBytes { Array($0) } }) {
      #expect(bytes == array.bytes)
    }
  }

  @Test(arguments: Fixture.refused)
  func refusesWhatItCannotRead(_ fixture: Fixture) throws {
    var error = tesseraError { _ = try StoredArray.open(fixture.absolute) }
    if error == nil {
      // Damage that only reading shows.
      error = tesseraError { _ = try ModelArray(reading: fixture.absolute) }
    }
    let message = try #require(error, "it was read").description
    let lowered = message.lowercased()
    #expect(fixture.words.contains { lowered.contains($0.lowercased()) }, "\(fixture.words): '\(message)'")
    if fixture.info == "describes" { _ = try StoredArray.contents(of: fixture.absolute) }
  }

  /// Through each form and back, one fixture of every dtype and order.
  @Test(arguments: Fixture.readable.filter { $0.path.hasPrefix("npy/") })
  func survivesConversion(_ fixture: Fixture) throws {
    let folder = try TemporaryFolder()
    let array = try ModelArray(reading: fixture.absolute)
    for name in ["x.zarr", "x.npz", "x.npy"] {
      try Conversion(from: fixture.absolute, to: folder.at(name), options: .init(threads: 2)).run()
      #expect(try ModelArray(reading: folder.at(name)) == array, "\(name)")
    }
  }
}
