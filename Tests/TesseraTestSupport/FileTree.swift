import TesseraIO

/// Every file at and below a path, by its path from there, with its bytes; nil where nothing is.
package func snapshot(_ path: String) throws -> [String: [UInt8]]? {
  switch try Directory.kind(path, followLinks: false) {
  case nil: return nil
  case .directory:
    var files: [String: [UInt8]] = [:]
    for name in try Directory.names(path) {
      for (below, bytes) in try snapshot(Path.join(path, name)) ?? [:] {
        files[below.isEmpty ? name : "\(name)/\(below)"] = bytes
      }
    }
    return files
  default: return ["": try File.contents(path, limit: 1 << 30)]
  }
}

/// Puts a copy of what is at `source` at `destination`.
package func copyTree(_ source: String, to destination: String) throws {
  for (below, bytes) in try snapshot(source) ?? [:] {
    let path = below.isEmpty ? destination : Path.join(destination, below)
    try Directory.make(Path.parent(path))
    try File(path, .create).write(bytes, at: 0)
  }
}
