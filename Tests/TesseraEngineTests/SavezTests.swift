import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage
import Testing

@Suite struct SavezTests {
  @Test func arraysAndStringsComeBack() throws {
    let folder = try TemporaryFolder()
    let x = try NDArray((0..<12).map(Float.init), shape: [4, 3])
    let mean = try x.mean(axis: 0)
    try NDArray.savez(
      to: folder.at("s.npz"), [("x", x), ("mean", mean), ("centred", x - mean), ("total", x.sum())],
      texts: [("title", "four rows")], options: .init())
    #expect(try NDArray.open(folder.at("s.npz/x")).elements(as: Float.self) == x.elements())
    #expect(try NDArray.open(folder.at("s.npz/mean")).elements(as: Float.self) == [4.5, 5.5, 6.5])
    #expect(
      try NDArray.open(folder.at("s.npz/centred")).elements(as: Float.self)[..<3] == [-4.5, -4.5, -4.5])
    #expect(try NDArray.open(folder.at("s.npz/total")).item(as: Float.self) == 66)
    let archive = try NpzArchive(folder.at("s.npz"))
    #expect(archive.names == ["x", "mean", "centred", "total", "title"])
    #expect(try archive.text("title") == "four rows")
  }

  @Test func refusals() throws {
    let folder = try TemporaryFolder()
    let x = try NDArray([1.0, 2])
    #expect(throws: TesseraError.self) { try NDArray.savez(to: folder.at("s.npy"), [("x", x)]) }
    #expect(throws: TesseraError.self) { try NDArray.savez(to: folder.at("s.npz/a"), [("x", x)]) }
    #expect(throws: TesseraError.self) { try NDArray.savez(to: folder.at("s.npz"), [("x", x), ("x", x)]) }
    #expect(throws: TesseraError.self) { try NDArray.savez(to: folder.at("s.npz"), [("", x)]) }
    #expect(throws: TesseraError.self) { try NDArray.savez(to: folder.at("s.npz"), [("../x", x)]) }
    #expect(try Directory.names(folder.path).isEmpty)
    try NDArray.savez(to: folder.at("s.npz"), [("x", x)])
    #expect(throws: TesseraError.self) { try NDArray.savez(to: folder.at("s.npz"), [("x", x)]) }
    try NDArray.savez(to: folder.at("s.npz"), [("y", x)], options: .init(overwrite: true))
    #expect(try NpzArchive(folder.at("s.npz")).names == ["y"])
  }

  @Test func anEmptyArchive() throws {
    let folder = try TemporaryFolder()
    try NDArray.savez(to: folder.at("s.npz"), [])
    #expect(try NpzArchive(folder.at("s.npz")).names.isEmpty)
  }
}
