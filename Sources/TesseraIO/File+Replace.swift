import TesseraCore

extension File {
  /// Writers of the same file at the same time that each find a temporary name.
  private static let maximumWriters = 16
  /// Updates of small files take milliseconds; whoever needs longer was stopped.
  private static let longestUpdate = 60.0

  /// Replaces the file at `path` by `contents`, durably and in one step; of several writers at the same time the last
  /// one stays.
  ///
  /// - Throws: `.system`, with the old file as it was.
  package static func replace(_ path: String, with contents: [UInt8]) throws {
    try rewrite(path) { file in
      try file.write(contents, at: 0)
      return contents.count
    }
    try afterwards(path, "may not outlive a power failure") { try Directory.sync(Path.parent(path)) }
  }

  /// Replaces the file at `path` by what is written, in one step; durably once its folder is synced.
  ///
  /// - Parameter write: writes all bytes, from 0 on, and returns how many; there may be others beyond them.
  /// - Throws: `.system` and what `write` throws, with the old file as it was.
  package static func rewrite(_ path: String, write: (File) throws -> Int) throws {
    let (file, number) = try claimTemporary(of: path)
    try replace(path, by: file, write)
    // Killed when it was one of several writers, its name might not be used again soon.
    _ = try? removeLeftover(temporary(of: path, number + 1))
  }

  /// Replaces the file at `path` by what is made of it, durably and in one step; one update follows another, so that
  /// none goes by what another is about to change.
  ///
  /// - Parameter contents: reads the file as it is, and whatever else; nil leaves it.
  /// - Throws: `.busy` when another update does not come to its end; `.system`, with the old file as it was.
  package static func update(_ path: String, _ contents: () throws -> [UInt8]?) throws {
    let isReplaced = try replace(path, by: try claimFirstTemporary(of: path)) { file in
      guard let contents = try contents() else { return nil }
      try file.write(contents, at: 0)
      return contents.count
    }
    guard isReplaced else { return }
    try afterwards(path, "may not outlive a power failure") { try Directory.sync(Path.parent(path)) }
  }

  /// - Returns: whether there was something to replace it with.
  @discardableResult
  private static func replace(_ path: String, by file: File, _ write: (File) throws -> Int?) throws -> Bool {
    do {
      guard let count = try write(file) else {
        try Directory.remove(file.path)
        return false
      }
      // A leftover of a killed run may be longer.
      if try file.size() > count { try file.truncate(to: count) }
      try file.sync()
      try Syscalls.rename(file.path, to: path)
      // Locked until it has its name.
      withExtendedLifetime(file) {}
      return true
    } catch {
      try? Directory.remove(file.path)
      throw error
    }
  }

  private static func temporary(of path: String, _ number: Int) -> String {
    let suffix = number == 0 ? "" : ".\(number)"
    return Path.join(Path.parent(path), ".\(Path.name(path))\(suffix).tessera-partial")
  }

  /// The first temporary file that nobody else has, locked until the object goes; it may hold a leftover.
  private static func claimTemporary(of path: String) throws -> (file: File, number: Int) {
    for number in 0..<maximumWriters {
      let name = temporary(of: path, number)
      let found = try Directory.kind(name, followLinks: false)
      if found != nil, found != .file { try Directory.remove(name) }
      do {
        if let file = try lockedFile(name) { return (file, number) }
      } catch {
        if found != .file { try? Directory.remove(name) }
        throw error
      }
    }
    throw TesseraError(.busy, "other processes are writing here", path: path)
  }

  /// That of updates, once nobody else has it.
  private static func claimFirstTemporary(of path: String) throws -> File {
    let name = temporary(of: path, 0)
    if let found = try Directory.kind(name, followLinks: false), found != .file { try Directory.remove(name) }
    let deadline = ProcessLimits.now + longestUpdate
    while true {
      if let file = try lockedFile(name) { return file }
      guard ProcessLimits.now < deadline else {
        throw TesseraError(.busy, "another process is writing here", path: path)
      }
      Syscalls.pause(seconds: 0.002)
    }
  }

  /// nil when another writer has the file, or has just given it another name.
  private static func lockedFile(_ name: String) throws -> File? {
    let file = try File(name, .create)
    do {
      try file.lock()
    } catch let error as TesseraError where error.kind == .busy {
      return nil
    }
    guard try Directory.kind(name, followLinks: false) == .file else { return nil }
    do {
      return try FileStamp(path: name).isSameFile(as: file.stamp()) ? file : nil
    } catch let error as TesseraError where error.kind == .notFound {
      // Renamed by its writer after the look above.
      return nil
    }
  }

  /// Removes a temporary file that no writer has locked.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  package static func removeLeftover(_ name: String) throws -> Bool {
    guard try Directory.kind(name, followLinks: false) == .file, let file = try lockedFile(name) else {
      return false
    }
    try withExtendedLifetime(file) { try Directory.remove(name) }
    return true
  }
}
