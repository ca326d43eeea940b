import Glibc
import Synchronization
import TesseraCore

/// Files without a name, which are gone with the process that has them open.
package enum TemporaryFile {
  private static let made = Atomic<Int>(0)

  /// The folder for temporary files: `TMPDIR`, or `/tmp`.
  package static var folder: String {
    guard let named = getenv("TMPDIR").map({ String(cString: $0) }), !named.isEmpty else { return "/tmp" }
    return named
  }

  /// An empty file in a folder, to be read and written.
  ///
  /// - Throws: `.notFound` when there is no such folder; `.system`.
  package static func make(in folder: String) throws -> File {
    let number = made.wrappingAdd(1, ordering: .relaxed).oldValue
    let path = Path.join(folder, ".tessera-\(getpid())-\(number)")
    // Of a process that had the same number and was killed between two calls.
    try Directory.remove(path)
    do {
      let file = try File(path, .create)
      try Directory.remove(path)
      return file
    } catch {
      try? Directory.remove(path)
      throw error
    }
  }

  /// Refuses a file that its folder has no room for.
  ///
  /// - Throws: `.system(ENOSPC)`.
  package static func require(_ bytes: Int, in folder: String) throws {
    guard let available = Syscalls.availableBytes(folder), available < bytes else { return }
    throw TesseraError(
      .system(ENOSPC), "not enough room for temporary files", path: folder, expected: ByteSize.format(bytes),
      got: ByteSize.format(available))
  }
}
