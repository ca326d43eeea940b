import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// `.npy` files: in place where that can be done, anew where it cannot.
@Suite struct NpyAppendingTests {
  private let added = ModelArray(shape: [2, 3], dtype: .int16, bytes: Array(100..<112))

  private func check(_ folder: TemporaryFolder, _ name: String, inPlace: Bool) throws {
    let path = folder.at(name)
    try added.writeNpy(folder.at("more.npy"))
    let old = try ModelArray(reading: path)
    let inode = try FileStamp(path: path).inode
    let reader = try StoredArray.open(path)
    try Appending([folder.at("more.npy")], to: path).run()
    #expect(try ModelArray(reading: path) == old.appending([added]), "\(name)")
    #expect(try ModelArray(reading: reader) == old, "\(name): opened before")
    #expect(try (FileStamp(path: path).inode == inode) == inPlace, "\(name)")
    #expect(try leftovers(folder.path) == [])
  }

  @Test func inPlaceWhenTheHeaderHasRoom() throws {
    let folder = try TemporaryFolder()
    try ModelArray(shape: [4, 3], dtype: .int16, bytes: Array(0..<24)).store(folder.at("x.npy"))
    try check(folder, "x.npy", inPlace: true)
    try check(folder, "x.npy", inPlace: true)
  }

  @Test func whatFollowsTheElementsIsOverwritten() throws {
    let folder = try TemporaryFolder()
    let header = try NpyHeader.bytes(dtype: .int16, shape: Shape([4, 3]))
    try folder.write("x.npy", header + Array(0..<24) + [UInt8](repeating: 0xEE, count: 100))
    try check(folder, "x.npy", inPlace: true)
  }

  /// Nine rows under a header without any padding.
  private func tight(_ folder: TemporaryFolder, _ name: String) throws {
    let literal = Array("{'descr': '<i2', 'fortran_order': False, 'shape': (9, 3), }\n".utf8)
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(literal.count), 0]
    try folder.write(name, magic + literal + Array(0..<54))
  }

  @Test func anewWhenTheHeaderHasNoRoom() throws {
    let folder = try TemporaryFolder()
    // Nine rows, and no room for another digit.
    try tight(folder, "x.npy")
    try check(folder, "x.npy", inPlace: false)
  }

  @Test func anewForFortranOrderAndBigEndian() throws {
    let folder = try TemporaryFolder()
    for (isFortran, order) in [(true, ByteOrder.little), (false, .big), (true, .big)] {
      let header = try NpyHeader.bytes(
        dtype: .int16, order: order, fortranOrder: isFortran, shape: Shape([4, 3]))
      let name = "\(isFortran) \(order).npy"
      try folder.write(name, header + Array(0..<24))
      try check(folder, name, inPlace: false)
    }
  }

  @Test func anewForAFileWithTwoNames() throws {
    let folder = try TemporaryFolder()
    let old = ModelArray(shape: [4, 3], dtype: .int16, bytes: Array(0..<24))
    try old.store(folder.at("x.npy"))
    try Syscalls.link(folder.at("x.npy"), to: folder.at("other.npy"))
    try check(folder, "x.npy", inPlace: false)
    #expect(try ModelArray(reading: folder.at("other.npy")) == old)
  }

  @Test func theShardOfAnAdoptedStoreStaysOne() throws {
    let folder = try TemporaryFolder()
    let old = ModelArray(shape: [4, 3], dtype: .int16, bytes: Array(0..<24))
    try old.store(folder.at("x.npy"))
    try Adoption(folder.at("x.npy"), as: folder.at("x.zarr"), keepsLink: true).run()
    try check(folder, "x.npy", inPlace: false)
    #expect(try ModelArray(reading: folder.at("x.zarr")) == old)
    try Appending([folder.at("more.npy")], to: folder.at("x.zarr")).run()
    #expect(try ModelArray(reading: folder.at("x.zarr")) == old.appending([added]))
  }

  /// Rows would be written over the shard's index.
  @Test func aShardIsNotAppendedTo() throws {
    let folder = try TemporaryFolder()
    let old = ModelArray(shape: [4, 3], dtype: .int16, bytes: Array(0..<24))
    try old.store(folder.at("x.npy"))
    try Adoption(folder.at("x.npy"), as: folder.at("x.zarr")).run()
    try added.writeNpy(folder.at("more.npy"))
    try makeSymbolicLink(to: "x.zarr/c/0/0", at: folder.at("link.npy"))
    let before = try snapshot(folder.at("x.zarr"))
    for name in ["x.zarr/c/0/0", "link.npy"] {
      let error = tesseraError { try Appending([folder.at("more.npy")], to: folder.at(name)).run() }
      #expect(error?.kind == .usage && error?.path == folder.at(name), "\(error as Any)")
      #expect(tesseraError { _ = try ArrayWriter.open(folder.at(name)) }?.kind == .usage)
    }
    #expect(try snapshot(folder.at("x.zarr")) == before)
    try Appending([folder.at("more.npy")], to: folder.at("x.zarr")).run()
    #expect(try ModelArray(reading: folder.at("x.zarr")) == old.appending([added]))
  }

  /// A document that cannot be read may be that of an array whose shard the file is.
  @Test func besideADamagedDocumentTheFileIsNamed() throws {
    let folder = try TemporaryFolder()
    try added.writeNpy(folder.at("more.npy"))
    try added.writeNpy(folder.at("x.npy"))
    try folder.write("zarr.json", text: "{")
    let path = folder.at("x.npy")
    let appending = #expect(throws: TesseraError.self) { try Appending([folder.at("more.npy")], to: path) }
    let adopting = #expect(throws: TesseraError.self) { try Adoption(path, as: folder.at("in/x.zarr")) }
    for error in [appending, adopting] {
      #expect(error?.kind == .corrupt && error?.path == path, "\(error as Any)")
      #expect(error?.what.hasPrefix("cannot tell whether this is a shard: ") == true, "\(error as Any)")
      #expect(error?.what.contains("/zarr.json: ") == true, "\(error as Any)")
    }
  }

  @Test func throughASymbolicLink() throws {
    let folder = try TemporaryFolder()
    try Directory.make(folder.at("data"))
    let old = ModelArray(shape: [9, 3], dtype: .int16, bytes: Array(0..<54))
    for (name, isPlain) in [("plain", true), ("tight", false)] {
      let target = folder.at("data/\(name).npy")
      if isPlain { try old.store(target) } else { try tight(folder, "data/tight.npy") }
      try makeSymbolicLink(to: "data/\(name).npy", at: folder.at("\(name).npy"))
      try added.writeNpy(folder.at("more.npy"))
      let error = tesseraError {
        try Appending([folder.at("more.npy")], to: folder.at("\(name).npy")).run()
      }
      // In place, or not at all: a new file would not be the one that is meant.
      #expect(error?.kind == (isPlain ? nil : .usage), "\(name): \(error as Any)")
      let expected = isPlain ? old.appending([added]) : old
      #expect(try ModelArray(reading: folder.at("\(name).npy")) == expected, "\(name)")
      #expect(try ModelArray(reading: target) == expected, "\(name): the file that is meant")
    }
  }
}
