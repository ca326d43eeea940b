import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Archives and groups, and what a group says of arrays that come and change.
@Suite struct GroupTests {
  private static let arrays: [(String, ModelArray)] = {
    var random = SeededGenerator(seed: 91)
    return [
      ("a", ModelArray(shape: [7, 3], dtype: .int32, random: &random)),
      ("deep/er/b", ModelArray(shape: [5], dtype: .float64, random: &random)),
      ("deep/c", ModelArray(shape: [], dtype: .uint8, random: &random)),
      ("z", ModelArray(shape: [0, 4], dtype: .complex64, random: &random)),
    ]
  }()

  /// A group of the arrays, in folders within folders.
  private func group(_ path: String) throws {
    let plain = Array(#"{"zarr_format": 3, "node_type": "group", "attributes": {"which": "plain"}}"#.utf8)
    for folder in ["", "deep", "deep/er"] {
      try Directory.make(Path.join(path, folder))
      try File(Path.join(Path.join(path, folder), "zarr.json"), .create).write(plain, at: 0)
    }
    for (name, array) in GroupTests.arrays { try array.writeRawZarr(Path.join(path, name)) }
  }

  /// The shapes of members by name, as the store tells them.
  private func shapes(_ path: String) throws -> [String: [Int]] {
    guard case .members(_, let members) = try StoredArray.contents(of: path) else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: members.map { (String($0.path.dropFirst(path.count + 1)), $0.shape.dimensions) })
  }

  private func check(_ path: String, _ note: String) throws {
    #expect(
      try shapes(path) == Dictionary(uniqueKeysWithValues: GroupTests.arrays.map { ($0, $1.shape) }),
      "\(note)")
    for (name, array) in GroupTests.arrays {
      #expect(try ModelArray(reading: Path.join(path, name)) == array, "\(note): \(name)")
    }
    let report = try Verification(path).run()
    #expect(report.problems == [] && report.arrays == GroupTests.arrays.count, "\(note): \(report.problems)")
  }

  @Test(arguments: [2, 3])
  func archivesToGroupsAndBack(_ format: Int) throws {
    let folder = try TemporaryFolder()
    try group(folder.at("g.zarr"))
    try check(folder.at("g.zarr"), "by hand")
    try Conversion(from: folder.at("g.zarr"), to: folder.at("g.npz")).run()
    try check(folder.at("g.npz"), "archive")
    let layout = ArrayLayout(codec: .lz4, zarrFormat: format)
    try Conversion(from: folder.at("g.npz"), to: folder.at("h.zarr"), layout: layout).run()
    try check(folder.at("h.zarr"), "group of format \(format)")
    guard case .members(let found, _) = try StoredArray.contents(of: folder.at("h.zarr")) else { return }
    #expect(found == (format == 2 ? .zarr2 : .zarr3))
    // Each level is a group of its own.
    #expect(try shapes(folder.at("h.zarr/deep")) == ["er/b": [5], "c": []])
    #expect(try shapes(folder.at("h.zarr/deep/er")) == ["b": [5]])
    try Conversion(from: folder.at("h.zarr"), to: folder.at("i.npz")).run()
    try check(folder.at("i.npz"), "and back")
    try Conversion(from: folder.at("h.zarr/deep"), to: folder.at("j.npz")).run()
    #expect(try shapes(folder.at("j.npz")) == ["er/b": [5], "c": []])
    try Conversion(from: folder.at("h.zarr/deep/er/b"), to: folder.at("k.npy")).run()
    #expect(try ModelArray(reading: folder.at("k.npy")) == GroupTests.arrays[1].1)
    #expect(tesseraError { _ = try StoredArray.open(folder.at("h.zarr")) }?.kind == .usage)
  }

  /// Whether the group's own copy of the metadata, which other software goes by, is what the folders say.
  private func expectFreshCopy(_ path: String, _ note: String) throws {
    guard case .group(var group) = try ZarrStore.open(path) else {
      Issue.record("\(note): no group")
      return
    }
    let copy = try #require(group.consolidated, "\(note)")
    group.consolidated = nil
    let found = try group.arrays(in: path)
    #expect(copy.map(\.path) == found.map(\.path).sorted(), "\(note)")
    for (path, metadata) in found {
      let known = copy.first { $0.path == path }?.metadata
      #expect(known?.shape == metadata.shape, "\(note): shape of \(path)")
      #expect(known?.attributes == metadata.attributes, "\(note): attributes of \(path)")
    }
  }

  private func consolidated(_ folder: TemporaryFolder, _ format: Int) throws -> String {
    try group(folder.at("g.zarr"))
    try Conversion(from: folder.at("g.zarr"), to: folder.at("h.zarr"), layout: .init(zarrFormat: format))
      .run()
    try expectFreshCopy(folder.at("h.zarr"), "at first")
    return folder.at("h.zarr")
  }

  @Test(arguments: [2, 3])
  func aConvertedArrayIsAddedToTheCopy(_ format: Int) throws {
    let folder = try TemporaryFolder()
    let path = try consolidated(folder, format)
    try GroupTests.arrays[0].1.writeNpy(folder.at("n.npy"))
    for name in ["new", "deep/new", "other/place"] {
      try Conversion(from: folder.at("n.npy"), to: Path.join(path, name), layout: .init(zarrFormat: format))
        .run()
      try expectFreshCopy(path, "format \(format), after \(name)")
      #expect(try shapes(path)[name] == [7, 3])
    }
    // What replaces an array has another shape.
    let layout = ArrayLayout(zarrFormat: format)
    try Conversion(
      from: folder.at("n.npy"), to: Path.join(path, "deep/c"), layout: layout, options: .init(overwrite: true)
    )
    .run()
    try expectFreshCopy(path, "format \(format), after replacing")
  }

  @Test(arguments: [2, 3])
  func aWrittenArrayIsAddedToTheCopy(_ format: Int) throws {
    let folder = try TemporaryFolder()
    let path = try consolidated(folder, format)
    try GroupTests.arrays[0].1.store(Path.join(path, "deep/new"), layout: .init(zarrFormat: format))
    try expectFreshCopy(path, "format \(format), created")
    let writer = try ArrayWriter.open(Path.join(path, "a"))
    writer.attributes["unit"] = "m"
    try writer.append([Int32](1...3))
    try writer.close()
    try expectFreshCopy(path, "format \(format), longer")
    #expect(try shapes(path)["a"] == [8, 3])
  }

  @Test(arguments: [2, 3])
  func appendedRowsAreInTheCopy(_ format: Int) throws {
    let folder = try TemporaryFolder()
    let path = try consolidated(folder, format)
    try GroupTests.arrays[0].1.writeNpy(folder.at("n.npy"))
    try Appending([folder.at("n.npy")], to: Path.join(path, "a")).run()
    try expectFreshCopy(path, "format \(format)")
    #expect(try shapes(path)["a"] == [14, 3])
  }

  @Test func anAdoptedArrayIsAddedToTheCopy() throws {
    let folder = try TemporaryFolder()
    let path = try consolidated(folder, 3)
    try GroupTests.arrays[0].1.writeNpy(folder.at("n.npy"))
    try Adoption(folder.at("n.npy"), as: Path.join(path, "new")).run()
    try expectFreshCopy(path, "adopted")
  }

  /// Readers of a group look for members of its own format.
  @Test(arguments: [2, 3])
  func aNewMemberHasTheFormatOfItsGroup(_ format: Int) throws {
    let folder = try TemporaryFolder()
    let path = try consolidated(folder, format)
    try GroupTests.arrays[0].1.writeNpy(folder.at("n.npy"))
    try makeSymbolicLink(to: "h.zarr", at: folder.at("alias.zarr"))
    for name in [
      "h.zarr/new", "h.zarr/deep/new", "h.zarr/other/place", "h.zarr/../h.zarr/dots", "alias.zarr/l",
    ] {
      try Conversion(from: folder.at("n.npy"), to: folder.at(name)).run()
    }
    try ArrayWriter.create(Path.join(path, "made"), shape: Shape([7, 3]), dtype: .int32).close()
    try Conversion(from: folder.at("g.zarr"), to: Path.join(path, "all")).run()
    try expectFreshCopy(path, "format \(format)")
    for name in ["new", "deep/new", "other/place", "dots", "l", "made", "all/a"] {
      #expect(try shapes(path)[name] == [7, 3], "format \(format): \(name)")
      guard case .array(let metadata) = try ZarrStore.open(Path.join(path, name)) else { continue }
      #expect(metadata.version == format, "\(name)")
    }
  }

  @Test func anotherFormatThanTheGroupsIsRefused() throws {
    let cases: [(Int, [ArrayLayout])] = [
      (2, [.init(zarrFormat: 3), .init(chunks: [7, 3], shards: .shape([7, 3])), .init(checksum: true)]),
      (3, [.init(zarrFormat: 2)]),
    ]
    for (format, layouts) in cases {
      let adoption: TesseraError.Kind? = format == 2 ? .usage : nil
      let folder = try TemporaryFolder()
      let path = try consolidated(folder, format)
      try GroupTests.arrays[0].1.writeNpy(folder.at("n.npy"))
      let before = try snapshot(folder.path)
      for layout in layouts {
        for name in ["new", "other/new"] {
          let new = Path.join(path, name)
          let converted = tesseraError {
            try Conversion(from: folder.at("n.npy"), to: new, layout: layout).run()
          }
          #expect(converted?.kind == .usage, "format \(format), \(name), \(layout)")
          let made = tesseraError {
            _ = try ArrayWriter.create(new, shape: Shape([7, 3]), dtype: .int32, layout: layout)
          }
          #expect(made?.kind == .usage, "format \(format), \(name), \(layout)")
        }
      }
      let adopted = tesseraError { _ = try Adoption(folder.at("n.npy"), as: Path.join(path, "new")) }
      #expect(adopted?.kind == adoption)
      #expect(try snapshot(folder.path) == before)
    }
  }

  /// Documents further up are somebody else's where folders lie between that are no groups.
  @Test func aFolderInAGroupHasNoFormat() throws {
    let folder = try TemporaryFolder()
    let path = try consolidated(folder, 2)
    try GroupTests.arrays[0].1.writeNpy(folder.at("n.npy"))
    try Directory.make(Path.join(path, "plain/sub"))
    let layout = ArrayLayout(checksum: true)
    try Conversion(from: folder.at("n.npy"), to: Path.join(path, "plain/o.zarr"), layout: layout).run()
    for text in ["no JSON", "{\"node_type\": \"array\"}"] {
      _ = try? Syscalls.unlink(folder.at("zarr.json"))
      try File(folder.at("zarr.json"), .create).write(Array(text.utf8), at: 0)
      try Directory.make(folder.at("a/b"))
      let destination = folder.at("a/b/\(text.count).zarr")
      try Conversion(from: folder.at("n.npy"), to: destination).run()
      guard case .array(let metadata) = try ZarrStore.open(destination) else { continue }
      #expect(metadata.version == 3)
    }
  }

  /// Format 3 reserves them.
  @Test(arguments: [2, 3]) func namesWithTwoUnderscores(_ format: Int) throws {
    let folder = try TemporaryFolder()
    let path = try consolidated(folder, format)
    try GroupTests.arrays[0].1.writeNpy(folder.at("n.npy"))
    let error = tesseraError { try Conversion(from: folder.at("n.npy"), to: Path.join(path, "__x")).run() }
    #expect(error?.kind == (format == 2 ? nil : .usage))
    guard format == 3 else { return }
    // Of others, it can be replaced.
    try Conversion(from: folder.at("n.npy"), to: Path.join(path, "x")).run()
    try Syscalls.rename(Path.join(path, "x"), to: Path.join(path, "__x"))
    let again = TransferOptions(overwrite: true)
    try Conversion(from: folder.at("n.npy"), to: Path.join(path, "__x"), options: again).run()
  }

  @Test func anEmptyArchiveBecomesAnEmptyGroup() throws {
    let folder = try TemporaryFolder()
    let end: [UInt8] = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)
    try File(folder.at("e.npz"), .create).write(end, at: 0)
    try Conversion(from: folder.at("e.npz"), to: folder.at("e.zarr")).run()
    #expect(try shapes(folder.at("e.zarr")).isEmpty)
  }

  @Test func aGroupOfAnyNameAdopts() throws {
    let folder = try TemporaryFolder()
    try Directory.make(folder.at("plain"))
    try ZarrGroup.write([], version: 3, to: folder.at("plain"))
    try GroupTests.arrays[0].1.writeNpy(folder.at("n.npy"))
    try Adoption(folder.at("n.npy"), as: folder.at("plain/n")).run()
    #expect(try shapes(folder.at("plain")) == ["n": [7, 3]])
  }

  /// What a group within says of itself, and groups without arrays, are kept when the copy is made anew.
  @Test func groupsWithinKeepWhatTheySay() throws {
    let folder = try TemporaryFolder()
    let path = try consolidated(folder, 3)
    let said = #"{"zarr_format": 3, "node_type": "group", "attributes": {"which": "deep"}}"#
    try folder.write("h.zarr/deep/zarr.json", text: said)
    try folder.write("h.zarr/bare/zarr.json", text: said)
    try GroupTests.arrays[0].1.writeNpy(folder.at("n.npy"))
    try Conversion(from: folder.at("n.npy"), to: Path.join(path, "deep/new")).run()
    let own = try JSONValue(parsing: File.contents(Path.join(path, "deep/zarr.json"), limit: 1 << 20))
    #expect(own["attributes"]?["which"] == "deep")
    let root = try JSONValue(parsing: File.contents(Path.join(path, "zarr.json"), limit: 1 << 20))
    let members = root["consolidated_metadata"]?["metadata"]
    #expect(members?["deep/new"] != nil)
    #expect(members?["deep"]?["attributes"]?["which"] == "deep")
    #expect(members?["bare"]?["attributes"]?["which"] == "deep")
  }

  /// A group made by hand that says its own name, without consolidated metadata.
  private func nameGroup(_ folder: TemporaryFolder, _ path: String, _ format: Int) throws {
    let said = "{\"name\": \"\(Path.name(path))\"}"
    if format == 3 {
      let text = "{\"zarr_format\": 3, \"node_type\": \"group\", \"attributes\": \(said)}"
      try folder.write(Path.join(path, "zarr.json"), text: text)
    } else {
      try folder.write(Path.join(path, ".zgroup"), text: "{\"zarr_format\": 2}")
      try folder.write(Path.join(path, ".zattrs"), text: said)
    }
  }

  /// What the consolidated metadata of a group has as the attributes of a group in it.
  private func consolidatedAttributes(
    _ folder: TemporaryFolder, _ path: String, _ format: Int, of name: String
  ) throws -> JSONValue? {
    if format == 3 {
      let root = try JSONValue(parsing: folder.read(Path.join(path, "zarr.json")))
      return root["consolidated_metadata"]?["metadata"]?[name]?["attributes"]
    }
    let root = try JSONValue(parsing: folder.read(Path.join(path, ".zmetadata")))
    #expect(root["metadata"]?["\(name)/.zgroup"]?["zarr_format"]?.int == 2)
    return root["metadata"]?["\(name)/.zattrs"]
  }

  /// The first conversion goes by the folders, the second one by consolidated metadata.
  @Test(arguments: [2, 3], [2, 3])
  func attributesAndEmptyGroupsAreKept(_ first: Int, _ second: Int) throws {
    let folder = try TemporaryFolder()
    let names = ["deep", "deep/bare", "bare", "bare/within"]
    for path in ["g.zarr"] + names.map({ "g.zarr/\($0)" }) { try nameGroup(folder, path, first) }
    let array = GroupTests.arrays[0].1
    try array.store(folder.at("g.zarr/deep/a"), layout: .init(zarrFormat: first), attributes: ["unit": "m"])
    for (source, path, format) in [("g.zarr", "h.zarr", second), ("h.zarr", "i.zarr", first)] {
      try Conversion(from: folder.at(source), to: folder.at(path), layout: .init(zarrFormat: format)).run()
      for name in ["."] + names {
        let place = name == "." ? path : "\(path)/\(name)"
        guard case .group(let group) = try ZarrStore.open(folder.at(place)) else {
          Issue.record("\(place) is no group")
          continue
        }
        #expect(group.version == format, "\(place)")
        #expect(group.attributes["name"]?.string == (name == "." ? "g.zarr" : Path.name(name)), "\(place)")
        if name == "." { continue }
        let copy = try consolidatedAttributes(folder, path, format, of: name)
        #expect(copy?["name"]?.string == Path.name(name), "\(place)")
      }
      try expectFreshCopy(folder.at(path), path)
      #expect(try shapes(folder.at(path)) == ["deep/a": array.shape])
      #expect(try ModelArray(reading: folder.at("\(path)/deep/a")) == array)
      #expect(try StoredArray.open(folder.at("\(path)/deep/a")).attributes["unit"] == "m")
    }
  }

  /// Consolidated metadata of version 2 that lists groups by these names, and what converting their group says.
  private func error(listing names: [String]) throws -> (TesseraError?, TemporaryFolder) {
    let folder = try TemporaryFolder()
    try nameGroup(folder, "g.zarr", 2)
    try nameGroup(folder, "g.zarr/there", 2)
    var members = JSONObject()
    for name in names { members["\(name)/.zgroup"] = ["zarr_format": 2] }
    let consolidated: JSONObject = ["zarr_consolidated_format": 1, "metadata": .object(members)]
    try folder.write("g.zarr/.zmetadata", text: JSONValue.object(consolidated).text())
    let error = tesseraError { try Conversion(from: folder.at("g.zarr"), to: folder.at("h.zarr")).run() }
    return (error, folder)
  }

  /// What is consolidated may be older than the folders.
  @Test func aGroupThatIsListedAndNotThereIsLeftOut() throws {
    let (error, folder) = try error(listing: ["there", "gone"])
    #expect(error == nil)
    #expect(try ZarrGroup.members(in: folder.at("h.zarr")) == ["there"])
  }

  /// A key of 64 KiB stood for a gigabyte of paths of the groups around it.
  @Test func whatIsListedTooDeepOrWithoutANameIsLeftOut() throws {
    let deep = String(repeating: "a/", count: 32 << 10) + "a"
    let (error, folder) = try error(listing: ["there", deep, "x\u{0}", "..\u{0}"])
    #expect(error == nil)
    #expect(try ZarrGroup.members(in: folder.at("h.zarr")) == ["there"])
  }

  /// The groups around an array that is only listed took memory that grows with the square of their depth.
  @Test func arraysThatAreListedFarTooDeepAreRefused() throws {
    let folder = try TemporaryFolder()
    try nameGroup(folder, "g.zarr", 2)
    try GroupTests.arrays[0].1.store(folder.at("g.zarr/a"), layout: .init(zarrFormat: 2))
    let array = String(decoding: try folder.read("g.zarr/a/.zarray"), as: UTF8.self)
    let deep = String(repeating: "a/", count: 32 << 10) + "a"
    try folder.write(
      "g.zarr/.zmetadata",
      text: "{\"zarr_consolidated_format\": 1, \"metadata\": {\"\(deep)/.zarray\": \(array)}}")
    let error = tesseraError { _ = try Conversion(from: folder.at("g.zarr"), to: folder.at("h.zarr")) }
    #expect(error != nil)
  }

  @Test(arguments: [31, 32, 33]) func whatIsNestedAsDeepAsIsLookedForIsKept(_ depth: Int) throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "d/", count: depth - 1) + "a"
    try nameGroup(folder, "g.zarr/" + Path.parent(name), 2)
    var group = Path.parent(Path.parent(name))
    while true {
      try nameGroup(folder, Path.join("g.zarr", group), 2)
      if group == "." { break }
      group = Path.parent(group)
    }
    let array = GroupTests.arrays[0].1
    try array.store(folder.at("a.zarr"), layout: .init(zarrFormat: 2))
    let document = String(decoding: try folder.read("a.zarr/.zarray"), as: UTF8.self)
    try folder.write("g.zarr/\(name)/.zarray", text: document)
    try folder.write(
      "g.zarr/.zmetadata",
      text: "{\"zarr_consolidated_format\": 1, \"metadata\": {\"\(name)/.zarray\": \(document)}}")
    let error = tesseraError { try Conversion(from: folder.at("g.zarr"), to: folder.at("h.zarr")).run() }
    #expect(error?.kind == (depth <= 32 ? nil : .usage))
    if depth <= 32 { #expect(try shapes(folder.at("h.zarr")) == [name: array.shape]) }
  }

  /// They would not be found without consolidated metadata.
  @Test(arguments: [2, 3]) func namesThatAreNotLookedForAreRefused(_ format: Int) throws {
    let folder = try TemporaryFolder()
    let array = GroupTests.arrays[0].1
    try nameGroup(folder, "g.zarr", format)
    try array.writeNpy(folder.at("a.npy"))
    let deep = String(repeating: "d/", count: 32) + "a"
    for name in [".a", "b/.c", "..zmetadata.tessera-partial", ".zarr.json.tessera-partial", deep] {
      let error = tesseraError {
        _ = try Conversion(from: folder.at("a.npy"), to: folder.at("g.zarr/\(name)"))
      }
      #expect(error?.kind == .usage, "\(name)")
    }
    try Conversion(from: folder.at("a.npy"), to: folder.at("g.zarr/" + deep.dropFirst(2))).run()
    for _ in 0..<2 {
      let error = tesseraError { _ = try Conversion(from: folder.at("g.zarr"), to: folder.at("h.zarr/in/h")) }
      #expect(error?.kind == .usage)
      // The same where the group is there.
      try Conversion(
        from: folder.at("a.npy"), to: folder.at("h.zarr/in/x"), options: .init(overwrite: true)
      ).run()
    }
  }

  /// What a group says is a level deeper in version 3.
  @Test func attributesThatCouldNotBeReadAgainAreRefusedBeforeAnythingIsWritten() throws {
    let folder = try TemporaryFolder()
    try nameGroup(folder, "g.zarr", 2)
    let deep = String(repeating: "[", count: 127) + String(repeating: "]", count: 127)
    try folder.write("g.zarr/.zattrs", text: "{\"a\": \(deep)}")
    let convert = { (format: Int) in
      try Conversion(from: folder.at("g.zarr"), to: folder.at("h.zarr"), layout: .init(zarrFormat: format))
    }
    #expect(tesseraError { _ = try convert(3) }?.kind == .unsupported)
    _ = try convert(2).run()
    #expect(try ZarrStore.attributes(ofGroup: folder.at("h.zarr"))["a"] != nil)
  }

  /// Attributes as deep as can be read are some levels deeper in the document of the group around.
  private func nameDeep(_ folder: TemporaryFolder, _ path: String, _ format: Int) throws {
    let deep = String(repeating: "[", count: 125) + String(repeating: "]", count: 125)
    try nameGroup(folder, path, format)
    if format == 3 {
      let text = "{\"zarr_format\": 3, \"node_type\": \"group\", \"attributes\": {\"a\": [\(deep)]}}"
      try folder.write("\(path)/zarr.json", text: text)
    } else {
      try folder.write("\(path)/.zattrs", text: "{\"a\": [\(deep)]}")
    }
  }

  private func isConsolidated(_ folder: TemporaryFolder, _ path: String) throws -> Bool? {
    guard case .group(let group) = try ZarrStore.open(folder.at(path)) else { return nil }
    return group.consolidated != nil
  }

  @Test(arguments: [(3, 3), (2, 2), (2, 3)])
  func whatCouldNotBeReadAsOneDocumentIsNotConsolidated(_ from: Int, _ to: Int) throws {
    let folder = try TemporaryFolder()
    try nameGroup(folder, "g.zarr", from)
    try nameDeep(folder, "g.zarr/deep", from)
    try Conversion(from: folder.at("g.zarr"), to: folder.at("h.zarr"), layout: .init(zarrFormat: to)).run()
    #expect(try isConsolidated(folder, "h.zarr") == false)
    let kept = try ZarrStore.attributes(ofGroup: folder.at("h.zarr/deep"))
    #expect(kept == (try ZarrStore.attributes(ofGroup: folder.at("g.zarr/deep"))))
    #expect(!kept.isEmpty)
  }

  /// The group around could not be opened any more.
  @Test(arguments: [2, 3]) func refreshingLeavesOutWhatCouldNotBeRead(_ format: Int) throws {
    let folder = try TemporaryFolder()
    let array = GroupTests.arrays[0].1
    for group in ["in.zarr", "g.zarr"] {
      try nameGroup(folder, group, format)
      try array.store(folder.at("\(group)/a"), layout: .init(zarrFormat: format))
    }
    try Conversion(from: folder.at("in.zarr"), to: folder.at("h.zarr"), layout: .init(zarrFormat: format))
      .run()
    #expect(try isConsolidated(folder, "h.zarr") == true)
    try nameDeep(folder, "h.zarr/deep", format)
    try Conversion(from: folder.at("g.zarr/a"), to: folder.at("h.zarr/b")).run()
    #expect(try isConsolidated(folder, "h.zarr") == false)
    #expect(try shapes(folder.at("h.zarr")) == ["a": array.shape, "b": array.shape])
  }

  /// They count towards the memory that a conversion may take.
  @Test func attributesOfGroupsTakeMemory() throws {
    let folder = try TemporaryFolder()
    try nameGroup(folder, "g.zarr", 2)
    try GroupTests.arrays[0].1.store(folder.at("g.zarr/a"), layout: .init(zarrFormat: 2))
    let zeros = String(repeating: "0,", count: 600_000) + "0"
    try folder.write("g.zarr/.zattrs", text: "{\"a\": [\(zeros)]}")
    let convert = { (memory: Int) in
      try Conversion(
        from: folder.at("g.zarr"), to: folder.at("h.zarr"), options: .init(memory: memory, threads: 1)
      ).run()
    }
    #expect(tesseraError { _ = try convert(64 << 20) }?.kind == .memory)
    _ = try convert(256 << 20)
    guard case .group(let group) = try ZarrStore.open(folder.at("h.zarr")) else {
      Issue.record("no group")
      return
    }
    #expect(group.attributes["a"]?.array?.count == 600_001)
  }

  /// In version 2 the root's attributes are consolidated like all others.
  @Test func theRootsAttributesAreConsolidated() throws {
    let folder = try TemporaryFolder()
    try nameGroup(folder, "g.zarr", 3)
    try Conversion(from: folder.at("g.zarr"), to: folder.at("h.zarr"), layout: .init(zarrFormat: 2)).run()
    let root = try JSONValue(parsing: folder.read("h.zarr/.zmetadata"))
    #expect(root["metadata"]?[".zattrs"]?["name"] == "g.zarr")
  }

  /// Its document would lie among the array's chunks, or it is the array.
  @Test(arguments: [("a", TesseraError.Kind.corrupt), ("a/c", .usage)])
  func aGroupThatIsSaidToBeInAnArrayIsRefused(_ name: String, _ kind: TesseraError.Kind) throws {
    let folder = try TemporaryFolder()
    try nameGroup(folder, "g.zarr", 2)
    try GroupTests.arrays[0].1.store(folder.at("g.zarr/a"), layout: .init(zarrFormat: 2))
    try nameGroup(folder, "g.zarr/a/c", 2)
    let array = String(decoding: try folder.read("g.zarr/a/.zarray"), as: UTF8.self)
    let members = "{\"a/.zarray\": \(array), \"\(name)/.zgroup\": {\"zarr_format\": 2}}"
    try folder.write(
      "g.zarr/.zmetadata", text: "{\"zarr_consolidated_format\": 1, \"metadata\": \(members)}")
    let error = tesseraError { _ = try Conversion(from: folder.at("g.zarr"), to: folder.at("h.zarr")) }
    #expect(error?.kind == kind)
  }

  /// Where one of the groups that an array needs cannot be made, those that were go too.
  @Test(arguments: [2, 3]) func groupsThatCannotBeMadeLeaveNothing(_ version: Int) throws {
    let folder = try TemporaryFolder()
    func make() throws {
      _ = try ZarrGroup.prepareParents(of: folder.at("g.zarr/in/ner/x"), version: version)
    }
    let counter = FaultInjector(failing: .max, code: 0)
    try FaultInjector.$current.withValue(counter) { try make() }
    #expect(counter.count > 10)
    try Directory.remove(folder.at("g.zarr"))
    for (family, number) in FaultFamily.cases(calls: counter.count) where !family.forever {
      let made = Result {
        try FaultInjector.$current.withValue(family.injector(failing: number)) { try make() }
      }
      if case .success = made { try Directory.remove(folder.at("g.zarr")) }
      #expect(folder.names.isEmpty, "\(family), call \(number)")
    }
  }

  /// What a process leaves that is killed while it makes a group: a folder, and perhaps a document without its name.
  @Test(arguments: [2, 3], [true, false]) func aGroupThatWasBegunIsFinished(
    _ version: Int, _ hasLeftover: Bool
  )
    throws
  {
    let folder = try TemporaryFolder()
    let array = GroupTests.arrays[0].1
    try array.writeNpy(folder.at("x.npy"))
    let group = folder.at("g.zarr/in")
    _ = try ZarrGroup.prepareParents(of: folder.at("g.zarr/in"), version: version)
    try Directory.make(group)
    if hasLeftover {
      let name = version == 2 ? "..zmetadata.tessera-partial" : ".zarr.json.tessera-partial"
      try File(Path.join(group, name), .create).write(Array("{".utf8), at: 0)
    }
    try Conversion(
      from: folder.at("x.npy"), to: Path.join(group, "x"),
      layout: .init(shards: .none, zarrFormat: version), options: .init(threads: 1)
    ).run()
    #expect(try shapes(group) == ["x": array.shape])
    #expect(try shapes(folder.at("g.zarr")) == ["in/x": array.shape])
    #expect(try !Directory.names(group).contains { $0.hasSuffix("tessera-partial") })
  }
}
