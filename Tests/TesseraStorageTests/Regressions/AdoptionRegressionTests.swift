import Glibc
import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@Suite struct AdoptionRegressionTests {
  private func npy(_ folder: RegressionFolder, _ name: String) throws -> String {
    let writer = try ArrayWriter.create(folder.at(name), shape: Shape([6, 4]), dtype: .float32)
    try writer.write(Region(lower: [0, 0], lengths: [6, 4]), (0..<24).map(Float.init))
    try writer.close()
    return folder.at(name)
  }

  /// The link itself became the shard, led nowhere, and the store read as fill values.
  @Test func aSymbolicLinkIsNotAdopted() throws {
    let folder = try RegressionFolder()
    let real = try npy(folder, "real.npy")
    #expect(symlink("real.npy", folder.at("link.npy")) == 0)
    #expect(throws: TesseraError.self) { try Adoption(folder.at("link.npy"), as: folder.at("x.zarr")).run() }
    #expect(try Directory.kind(folder.at("link.npy"), followLinks: false) == .other)
    #expect(try StoredArray.open(real).elements(as: Float.self).last == 23)
  }

  @Test func aFailedAdoptionLeavesTheFileAsItWas() throws {
    let folder = try RegressionFolder()
    let source = try npy(folder, "x.npy")
    let before = try folder.read("x.npy")
    let adoption = try Adoption(source, as: folder.at("x.zarr"))
    let injector = FaultInjector([.link], failing: 0, code: EXDEV)
    #expect(throws: TesseraError.self) {
      try FaultInjector.$current.withValue(injector) { try adoption.run() }
    }
    #expect(injector.count == 1)
    #expect(try folder.read("x.npy") == before)
  }
}
