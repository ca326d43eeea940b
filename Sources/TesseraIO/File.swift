import Glibc
import TesseraCore

/// An open regular file, read and written at explicit offsets from any thread; closed with the object.
package final class File: Sendable {
  package let path: String
  let descriptor: Int32
  let background = BackgroundSync()

  package enum Access: Sendable {
    case read
    case readWrite
    /// Created when missing, content kept.
    case create
  }

  /// - Throws: `.notFound`; `.corrupt` when `path` is not a regular file; `.system`.
  package convenience init(_ path: String, _ access: Access = .read) throws {
    let flags: Int32 =
      switch access {
      case .read: File.readingFlags
      case .readWrite: O_RDWR
      case .create: O_RDWR | O_CREAT
      }
    try self.init(path, owning: try Syscalls.open(path, flags))
  }

  /// A FIFO in a store must not hang the open.
  static let readingFlags = O_RDONLY | O_NONBLOCK

  /// - Parameter descriptor: closed with the object, or when it is no regular file's.
  init(_ path: String, owning descriptor: Int32) throws {
    do {
      let mode = try Syscalls.status(descriptor, path: path).st_mode & S_IFMT
      guard mode == S_IFREG else {
        throw TesseraError(
          .corrupt, "cannot open", path: path, expected: "a regular file",
          got: mode == S_IFDIR ? "a directory" : "a special file")
      }
    } catch {
      // Before the properties are set: after that `deinit` would close it again, when the number may be
      // another thread's file.
      Syscalls.close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    Syscalls.unlock(descriptor)
    Syscalls.close(descriptor)
  }

  /// The size now, in bytes.
  package func size() throws -> Int {
    try Int(Syscalls.status(descriptor, path: path).st_size)
  }

  /// Size, modification time, inode and link count.
  package func stamp() throws -> FileStamp {
    FileStamp(try Syscalls.status(descriptor, path: path))
  }

  /// Fills `target` from `offset`; a file that ends before is `.corrupt`.
  package func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while done < target.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: target[done...])
      let count = try Syscalls.read(descriptor, into: rest, at: offset + done, path: path)
      guard count > 0 else {
        throw TesseraError(
          .corrupt, "truncated file", path: path, expected: "\(offset + target.count) bytes or more",
          got: "\(offset + done)")
      }
      done += count
    }
  }

  /// Writes all of `source` at `offset`.
  package func write(_ source: UnsafeRawBufferPointer, at offset: Int) throws {
    var done = 0
    while done < source.count {
      let rest = UnsafeRawBufferPointer(rebasing: source[done...])
      let count = try Syscalls.write(descriptor, rest, at: offset + done, path: path)
      guard count > 0 else { throw TesseraError(.system(EIO), "cannot write", path: path) }
      done += count
    }
  }

  package func write(_ source: [UInt8], at offset: Int) throws {
    try source.withUnsafeBytes { try write($0, at: offset) }
  }

  package func truncate(to size: Int) throws {
    try Syscalls.truncate(descriptor, to: size, path: path)
  }

  /// Returns when everything written is on the disk.
  package func sync() throws {
    if let code = background.finish() { throw Syscalls.failure(.sync, code, path) }
    try Syscalls.sync(descriptor, path: path)
  }

  /// Has what was written so far brought to the disk while others go on, so that little is left for `sync`.
  package func startSync() { background.start(descriptor) }

  /// Starts writing a range to the disk, so that dirty pages do not pile up before `sync`.
  package func startWriteback(_ range: Range<Int>) {
    Syscalls.startWriteback(descriptor, range)
  }

  /// Gives up the page cache's copy of a range that nobody will read again soon.
  package func forget(_ range: Range<Int>) {
    // The kernel keeps a folio that is only partly in the range, and folios may be as large as a huge page.
    let folio = Syscalls.hugePageBytes
    Syscalls.forget(descriptor, range.lowerBound / folio * folio..<range.upperBound)
  }

  package func lock() throws { try Syscalls.lock(descriptor, path: path) }

  /// Opens a file to change it, locked: the one that has the name once the lock is taken.
  ///
  /// - Parameter waiting: nil throws `.busy` when another process has the lock.
  package static func locked(_ path: String, waiting: LockWaiting? = nil) throws -> File {
    while true {
      let file = try File(path, .readWrite)
      if try PathLock.take(file.descriptor, at: path, waiting: waiting, name: path) { return file }
    }
  }

  /// The whole of a small file.
  ///
  /// - Throws: `.corrupt` when it is larger than `limit`, before reading.
  package static func contents(_ path: String, limit: Int) throws -> [UInt8] {
    try File(path).contents(limit: limit)
  }

  /// All that is in it, if it is small.
  ///
  /// - Throws: `.corrupt` when it is larger than `limit`, before reading.
  package func contents(limit: Int) throws -> [UInt8] {
    let size = try size()
    guard size <= limit else {
      throw TesseraError(
        .corrupt, "file is too large", path: path, expected: "at most \(limit) bytes", got: "\(size)")
    }
    return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      try read(at: 0, into: UnsafeMutableRawBufferPointer(buffer))
      count = size
    }
  }
}

/// What tells one version of a file from another without reading it.
package struct FileStamp: Sendable, Hashable {
  package var size: Int
  package var modified: Int
  package var inode: UInt64
  package var device: UInt64
  package var links: Int

  init(_ status: stat) {
    size = Int(status.st_size)
    modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    inode = UInt64(status.st_ino)
    device = UInt64(status.st_dev)
    links = Int(status.st_nlink)
  }

  package init(path: String) throws { self.init(try Syscalls.status(path)) }

  /// Whether both are one file under two names.
  package func isSameFile(as other: FileStamp) -> Bool { inode == other.inode && device == other.device }
}
