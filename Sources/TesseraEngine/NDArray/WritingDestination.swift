import TesseraCore
package import TesseraStorage

/// What is written to one file or store.
package struct WritingDestination: Sendable {
  package typealias Member = (name: String?, array: NDArray)

  package let path: String
  package let layout: ArrayLayout
  /// With names, unless the destination is to hold one array.
  package let members: [Member]
  /// Strings beside the members of an archive.
  package let texts: [(name: String, text: String)]

  /// - Throws: `.usage` for a destination that holds one array, and names that are empty or given twice.
  package init(
    _ path: String, _ members: [Member], texts: [(name: String, text: String)] = [],
    layout: ArrayLayout = .init()
  ) throws {
    (self.path, self.members, self.texts, self.layout) = (path, members, texts, layout)
    let names = members.compactMap(\.name) + texts.map(\.name)
    if !names.isEmpty || members.count != 1 { try check(names) }
  }

  /// One `.npz` archive.
  ///
  /// - Throws: `.usage` for another name; as above.
  package init(
    archive path: String, _ arrays: [(name: String, array: NDArray)],
    texts: [(name: String, text: String)] = [], layout: ArrayLayout = .init()
  ) throws {
    let location = try ArrayLocation(destination: path)
    guard location.form == .npz, location.member == nil else {
      throw TesseraError(
        .usage, "destination of several arrays", path: path, expected: "a name ending in .npz")
    }
    try self.init(path, arrays.map { ($0.name, $0.array) }, texts: texts, layout: layout)
  }

  private func check(_ names: [String]) throws {
    let location = try ArrayLocation(destination: path)
    let holdsSeveral =
      location.form == .npz && location.member == nil || location.form == .zarr && texts.isEmpty
    guard holdsSeveral, members.allSatisfy({ $0.name != nil }) else {
      throw TesseraError(
        .usage, "destination of several arrays", path: path,
        expected: texts.isEmpty ? "a name ending in .npz or .zarr" : "a name ending in .npz")
    }
    var known: Set<String> = []
    for name in names {
      guard !name.isEmpty else { throw TesseraError(.usage, "member without a name", path: path) }
      guard known.insert(name).inserted else {
        throw TesseraError(.usage, "two members are called '\(name)'", path: path)
      }
    }
  }
}
