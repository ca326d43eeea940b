import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Files that somebody truncates between opening and reading: an error, not the end of the process.
@Suite(.optionalLibraries) struct TruncatedWhileMappedTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func truncateAll(_ path: String) throws {
    if try Directory.kind(path) == .directory {
      for name in try Directory.names(path) where !name.hasPrefix("zarr.json") && !name.hasPrefix(".z") {
        try truncateAll(Path.join(path, name))
      }
    } else {
      let file = try File(path, .readWrite)
      try file.truncate(to: min(200, file.size() / 2))
    }
  }

  /// Columns are read from the mapping, rows by `pread`, parts of compressed chunks from either.
  @Test(arguments: StoredForm.all, ["0:90:7,3", "5:80", "::2,::3"])
  func readingIsAnError(_ form: StoredForm, _ selection: String) throws {
    let shape = [90, 41]
    let path = folder.at("x.\(form.suffix)")
    var random = SeededGenerator(seed: 90)
    let array = ModelArray(shape: shape, dtype: .float64, bytes: random.bytes(90 * 41 * 8))
    try array.writeNpy(folder.at("source.npy"))
    try Conversion(from: folder.at("source.npy"), to: path, layout: form.layout(for: shape)).run()
    let stored = try StoredArray.open(path)
    // Shard indices and parts of chunks are known and mapped by now.
    _ = try ModelArray(reading: stored, Selection(parsing: selection))
    try truncateAll(path)
    let error = tesseraError("\(form)") { _ = try ModelArray(reading: stored, Selection(parsing: selection)) }
    #expect(error?.kind == .corrupt, "\(form): \(error.map { "\($0)" } ?? "it was read")")
  }

  @Test func aTableIsToo() throws {
    let path = try folder.write("x.csv", text: String(repeating: "1,2,3\n", count: 20_000))
    let stored = try StoredArray.open(path)
    try File(path, .readWrite).truncate(to: 600)
    let error = tesseraError { _ = try ModelArray(reading: stored) }
    #expect(error?.description.contains("truncated while it was read") == true)
  }

  @Test func soIsLendingBytes() throws {
    let path = folder.at("x.npy")
    try ModelArray(shape: [3000], dtype: .float32, bytes: [UInt8](repeating: 1, count: 12000)).writeNpy(path)
    let stored = try StoredArray.open(path)
    try File(path, .readWrite).truncate(to: 300)
    let error = tesseraError {
      _ = try stored.withContiguousBytes(Region(stored.shape)) {
        $0.withUnsafeBytes { $0.reduce(0) { $0 &+ $1 } }
      }
    }
    #expect(error?.kind == .corrupt)
  }
}
