package import TesseraCore
package import TesseraIO

/// The files of a Zarr array as they are on disk, found by listing: a sparse array has few, however
/// large its grid. They come in no particular order, and no list of them is made.
package enum ZarrFiles {
  /// Calls `body` with the index and stamp of every file whose name is a key of the grid.
  ///
  /// - Throws: `.corrupt` for a symbolic link that may not be followed.
  package static func forEach(
    in folder: StoreFolder, keys: ChunkKeys, grid: ChunkGrid, _ body: ([Int], FileStamp) throws -> Void
  ) throws {
    try forEach(in: folder, keys: keys, grid: grid) { index in
      try body(index, FileStamp(path: Path.join(folder.path, keys.path(index))))
    }
  }

  /// Calls `body` with the index of every file whose name is a key of the grid.
  package static func forEach(
    in folder: StoreFolder, keys: ChunkKeys, grid: ChunkGrid, _ body: ([Int]) throws -> Void
  ) throws {
    try forEach(in: folder, keys: keys, rank: grid.shape.rank) { index in
      if zip(index, grid.counts).allSatisfy({ $0 < $1 }) { try body(index) }
    }
  }

  /// Calls `body` with the index of every file whose name is a key, also beyond what the shape has.
  package static func forEach(
    in folder: StoreFolder, keys: ChunkKeys, rank: Int, _ body: ([Int]) throws -> Void
  ) throws {
    try walk(folder, prefix: "", depth: keys.separator == "/" ? rank + 1 : 1) { key in
      if let index = keys.index(key, rank: rank) { try body(index) }
    }
  }

  private static func walk(
    _ folder: StoreFolder, prefix: String, depth: Int, _ body: (String) throws -> Void
  ) throws {
    let path = prefix.isEmpty ? folder.path : Path.join(folder.path, prefix)
    try Directory.forEach(path) { name, kind in
      if name.hasPrefix(".") { return }
      let key = prefix.isEmpty ? name : "\(prefix)/\(name)"
      switch try kind == .other ? folder.kind(key) : kind {
      case .file: try body(key)
      case .directory where depth > 1: try walk(folder, prefix: key, depth: depth - 1, body)
      default: break
      }
    }
  }
}

extension ChunkKeys {
  /// The index that a path within the store stands for; nil when it is no key.
  package func index(_ key: String, rank: Int) -> [Int]? {
    var body = key[...]
    if style == .standard {
      guard body.hasPrefix("c") else { return nil }
      body = body.dropFirst()
      if rank == 0 { return body.isEmpty ? [] : nil }
      guard body.first == separator else { return nil }
      body = body.dropFirst()
    } else if rank == 0 {
      return body == "0" ? [] : nil
    }
    let index = body.split(separator: separator, omittingEmptySubsequences: false).map { Int($0) }
    guard index.count == rank, index.allSatisfy({ $0 != nil && $0! >= 0 }) else { return nil }
    let numbers = index.compactMap(\.self)
    // Only the canonical spelling: "01" and "+1" are other people's files.
    return path(numbers) == key ? numbers : nil
  }
}
