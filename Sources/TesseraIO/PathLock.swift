import Glibc
import TesseraCore

/// The advisory lock of a folder or file, held while the object lives; a killed process leaves none behind.
package final class PathLock: Sendable {
  private let descriptor: Int32

  /// - Parameters:
  ///   - mode: several may have it `.shared` at a time.
  ///   - waiting: nil throws `.busy` when another process has it.
  package convenience init(
    _ path: String, _ mode: Syscalls.LockMode = .exclusive, waiting: LockWaiting? = nil
  ) throws {
    try self.init(path, mode, waiting: waiting, name: path) {
      // A FIFO must not hang the open.
      try Syscalls.open(path, O_RDONLY | O_NONBLOCK)
    }
  }

  /// Opens something by its path and locks it: what has the name once the lock is taken. Another writer may have
  /// replaced or removed what was opened.
  ///
  /// - Parameters:
  ///   - name: how messages call it.
  ///   - open: gives nil where it found that somebody else has just removed it, to be called again.
  init(
    _ path: String, _ mode: Syscalls.LockMode = .exclusive, waiting: LockWaiting?, name: String,
    open: () throws -> Int32?
  ) throws {
    while true {
      guard let descriptor = try open() else { continue }
      do {
        if try PathLock.take(descriptor, mode, at: path, waiting: waiting, name: name) {
          self.descriptor = descriptor
          return
        }
      } catch {
        Syscalls.close(descriptor)
        throw error
      }
      Syscalls.close(descriptor)
    }
  }

  deinit {
    Syscalls.unlock(descriptor)
    Syscalls.close(descriptor)
  }

  /// Locks what was opened by a path, unless it loses its name before.
  ///
  /// - Returns: whether what was locked still has the name.
  static func take(
    _ descriptor: Int32, _ mode: Syscalls.LockMode = .exclusive, at path: String, waiting: LockWaiting?,
    name: String
  ) throws -> Bool {
    let own = FileStamp(try Syscalls.status(descriptor, path: path))
    func hasName() throws -> Bool {
      do {
        return try FileStamp(path: path).isSameFile(as: own)
      } catch let error as TesseraError where error.kind == .notFound {
        return false
      }
    }
    guard let waiting else {
      try Syscalls.lock(descriptor, mode, path: name)
      return try hasName()
    }
    // Whoever has replaced it may keep the lock of what it was for long.
    return try waiting.lock(descriptor, mode, name: name, while: hasName) && hasName()
  }
}
