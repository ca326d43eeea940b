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
    try forEachKey(in: folder, keys: keys, grid: grid) { index, kind in
      guard kind == .file else { return }
      try body(index, FileStamp(path: Path.join(folder.path, keys.path(index))))
    }
  }

  /// Calls `body` with the index of everything whose name is a key of the grid, and with what it is, or leads to: it
  /// need not be a file.
  package static func forEachKey(
    in folder: StoreFolder, keys: ChunkKeys, grid: ChunkGrid, _ body: ([Int], Directory.Kind) throws -> Void
  ) throws {
    let rank = grid.shape.rank
    try walk(folder, prefix: "", depth: keys.separator == "/" ? rank + 1 : 1) { key, kind in
      guard let index = keys.index(key, rank: rank), zip(index, grid.counts).allSatisfy({ $0 < $1 }) else {
        return
      }
      try body(index, kind)
    }
  }

  private static func walk(
    _ folder: StoreFolder, prefix: String, depth: Int, _ body: (String, Directory.Kind) throws -> Void
  ) throws {
    let path = prefix.isEmpty ? folder.path : Path.join(folder.path, prefix)
    try Directory.forEach(path) { name, kind in
      if name.hasPrefix(".") { return }
      let key = prefix.isEmpty ? name : "\(prefix)/\(name)"
      guard let found = try kind == .other ? folder.kind(key) : kind else { return }
      try body(key, found)
      if found == .directory, depth > 1 { try walk(folder, prefix: key, depth: depth - 1, body) }
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
