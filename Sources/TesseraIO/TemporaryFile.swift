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

  /// An empty file in a folder, to be read and written. Others may write to the folder too: whatever has a name already is
  /// not touched.
  ///
  /// - Throws: `.notFound` when there is no such folder; `.system`; `.exists` where others take name after name.
  package static func make(in folder: String) throws -> File {
    for _ in 1..<mostTaken { if let file = try makeNext(in: folder) { return file } }
    throw TesseraError(.exists, "no free name for a temporary file", path: folder)
  }

  private static let mostTaken = 100

  /// - Returns: nil when the next name is taken, as by a process of the same number that was killed between two calls.
  private static func makeNext(in folder: String) throws -> File? {
    let number = made.wrappingAdd(1, ordering: .relaxed).oldValue
    let path = Path.join(folder, ".tessera-\(getpid())-\(number)")
    let descriptor: Int32
    do {
      descriptor = try Syscalls.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    } catch let error as TesseraError where error.kind == .exists {
      return nil
    }
    do {
      try Syscalls.unlink(path)
    } catch {
      try? Syscalls.unlink(path)
      Syscalls.close(descriptor)
      throw error
    }
    return try File(path, owning: descriptor)
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
