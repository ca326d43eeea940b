import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage
import Testing

@Suite struct NormalizerFileTests {
  @Test(arguments: [Normalizer.Method.zscore, .minmax, .maxabs], [0, 1])
  func roundTrip(_ method: Normalizer.Method, _ axis: Int) throws {
    let folder = try TemporaryFolder()
    let (a, b, _) = try NormalizerMergingTests.parts()
    let fit = try Normalizer.fit(a, method: method, axis: axis)
    try fit.save(to: folder.at("p.npz"))
    let loaded = try Normalizer.load(from: folder.at("p.npz"))
    #expect(loaded.method == method && loaded.axis == axis && loaded.featureShape == fit.featureShape)
    #expect(try NormalizerTests.parameters(loaded) == NormalizerTests.parameters(fit))
    // Merging after the round trip is merging before it.
    let other = try Normalizer.fit(axis == 0 ? b : a, method: method, axis: axis)
    #expect(
      try NormalizerTests.parameters(loaded.merging(other)) == NormalizerTests.parameters(fit.merging(other)))
    #expect(throws: TesseraError.self) { try fit.save(to: folder.at("p.npz")) }
    #expect(throws: TesseraError.self) { try fit.save(to: folder.at("p.npy")) }
    try fit.save(to: folder.at("p.npz"), options: .init(overwrite: true))
  }

  /// A scale that somebody changed is the one that counts; there is nothing to be merged then.
  @Test(arguments: [Normalizer.Method.zscore, .minmax, .maxabs])
  func changedParametersCount(_ method: Normalizer.Method) throws {
    let folder = try TemporaryFolder()
    let (a, _, _) = try NormalizerMergingTests.parts()
    let fit = try Normalizer.fit(a, method: method)
    try fit.save(to: folder.at("p.npz"))
    let archive = try NpzArchive(folder.at("p.npz"))
    let texts = ["method", "dtype"]
    let numbers = try archive.names.filter { !texts.contains($0) }.map { name in
      let array = NDArray(StoredArray(try archive.driver(archive.entry(name))))
      return (name, name == "scale" ? try array * 2 : array)
    }
    let path = try file(folder, numbers, try texts.map { ($0, try archive.text($0)) }, as: "changed.npz")
    let changed = try Normalizer.load(from: path)
    let (center, scale) = try NormalizerTests.parameters(fit)
    let (newCenter, newScale) = try NormalizerTests.parameters(changed)
    #expect(newCenter == center && newScale == scale.map { $0 * 2 })
    #expect(throws: TesseraError.self) { try changed.merging(changed) }
  }

  @Test func rowsHaveNoParameters() throws {
    let folder = try TemporaryFolder()
    try Normalizer(.l1, axis: -1).save(to: folder.at("p.npz"))
    #expect(try NpzArchive(folder.at("p.npz")).names == ["axis", "method"])
    let loaded = try Normalizer.load(from: folder.at("p.npz"))
    #expect(loaded.method == .l1 && loaded.axis == -1 && loaded.center == nil && loaded.scale == nil)
  }

  private func file(
    _ folder: TemporaryFolder, _ arrays: [(String, NDArray)], _ texts: [(String, String)],
    as name: String = "p.npz"
  ) throws -> String {
    _ = try Writing(
      archive: folder.at(name), arrays.map { (name: $0.0, array: $0.1) },
      texts: texts.map { (name: $0.0, text: $0.1) }, options: .init(overwrite: true)
    ).run()
    return folder.at(name)
  }

  @Test func centerAndScaleAloneWillDo() throws {
    let folder = try TemporaryFolder()
    let path = try file(
      folder, [("center", NDArray([1 as Float, 2])), ("scale", NDArray([2, 4]))], [("method", "zscore")])
    let loaded = try Normalizer.load(from: path)
    #expect(loaded.axis == 0)
    let x = try NDArray([3, 6, 1, 2] as [Double], shape: [2, 2])
    #expect(try loaded.transform(x).elements(as: Double.self) == [1, 1, 0, 0])
    #expect(throws: TesseraError.self) { try loaded.merging(loaded) }
    #expect(try Normalizer.load(from: path, axis: 1).axis == 1)
    #expect(try Normalizer.load(from: path, axis: -1).axis == 1)
    #expect(throws: TesseraError.self) { try Normalizer.load(from: path, axis: 2) }
  }

  @Test func robustIsLoadedButNotMerged() throws {
    let folder = try TemporaryFolder()
    let path = try file(
      folder, [("center", NDArray([1.0])), ("scale", NDArray([2.0]))], [("method", "robust")])
    let loaded = try Normalizer.load(from: path)
    let error = #expect(throws: TesseraError.self) { try loaded.merging(loaded) }
    #expect(error?.description.contains("robust") == true)
  }

  @Test func hostileFiles() throws {
    let folder = try TemporaryFolder()
    let (center, scale) = (("center", try NDArray([1.0, 2])), ("scale", try NDArray([1.0, 2])))
    let method = ("method", "zscore")
    let bad: [([(String, NDArray)], [(String, String)])] = [
      ([], []), ([center, scale], []), ([center], [method]), ([scale], [method]),
      ([center, scale, ("method", try NDArray([1.0]))], []),
      ([center, scale], [("method", "boxcox")]), ([center, scale], [("method", "")]),
      ([center, ("scale", try NDArray([1.0]))], [method]),
      ([center, ("scale", try NDArray([1.0, 0]))], [method]),
      ([center, ("scale", try NDArray([1.0, -2]))], [method]),
      ([("center", try NDArray([1.0, 2]).astype(.complex128)), scale], [method]),
      ([scale], [method, ("center", "1 2")]),
      ([center, scale, ("axis", try NDArray([0, 1]))], [method]),
      ([center, scale, ("axis", NDArray(2))], [method]),
      ([center, scale, ("axis", NDArray(-1))], [method]),
      ([center, scale, ("axis", NDArray(0.5))], [method]),
      ([center, scale, ("axis", NDArray(Double.nan))], [method]),
      ([center, scale], [method, ("dtype", "float33")]),
      ([center, scale, ("count", try NDArray([3.0])), ("m2", try NDArray([3.0]))], [method]),
      ([center, scale, ("count", try NDArray([-1.0, 1])), ("m2", try NDArray([1.0, 1]))], [method]),
      ([center, scale, ("count", try NDArray([1.0, 1])), ("m2", try NDArray([1.0, -1]))], [method]),
    ]
    for (number, members) in bad.enumerated() {
      let path = try file(folder, members.0, members.1)
      #expect(throws: TesseraError.self, "file \(number)") { try Normalizer.load(from: path) }
    }
    try folder.write("q.npz", Array("no archive at all".utf8))
    #expect(throws: TesseraError.self) { try Normalizer.load(from: folder.at("q.npz")) }
    #expect(throws: TesseraError.self) { try Normalizer.load(from: folder.at("none.npz")) }
  }

  @Test func everyCutIsRefused() throws {
    let folder = try TemporaryFolder()
    try Normalizer.fit(NDArray([1.0, 2, 4])).save(to: folder.at("p.npz"))
    let bytes = try File.contents(folder.at("p.npz"), limit: 1 << 20)
    for count in stride(from: 0, to: bytes.count, by: 7) {
      try folder.write("q.npz", Array(bytes.prefix(count)))
      #expect(throws: TesseraError.self, "\(count) bytes") { try Normalizer.load(from: folder.at("q.npz")) }
    }
  }
}
