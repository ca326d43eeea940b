import Glibc
import TesseraCore

/// The advisory lock of a folder, held while the object lives; a killed process leaves none behind.
package final class DirectoryLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `.busy` when another process holds it.
  package init(_ path: String) throws {
    let descriptor = try Syscalls.open(path, O_RDONLY | O_DIRECTORY)
    do {
      try Syscalls.lock(descriptor, path: path)
    } catch {
      Syscalls.close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { Syscalls.close(descriptor) }
}
