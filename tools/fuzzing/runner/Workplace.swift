import Glibc
import TesseraCore
import TesseraIO
import TesseraStorage

/// A folder of this process for what can only be read from files, in memory where there is one.
enum Workplace {
  private static let path: String = {
    let given = getenv("TESSERA_TMP").map { String(cString: $0) }
    let parent = given ?? (access("/dev/shm", W_OK) == 0 ? "/dev/shm" : TemporaryFile.folder)
    let path = Path.join(parent, "tessera-fuzz-\(getpid())")
    must("a folder for files") { try Directory.make(path) }
    return path
  }()

  /// What long work may use here: little, and one thread, so that the same bytes always do the same.
  static let options = TransferOptions(memory: 64 << 20, threads: 1)

  /// A path at which there is nothing.
  static func free(_ name: String) -> String {
    must("room for a file") { try Directory.remove(Path.join(path, name)) }
    return Path.join(path, name)
  }

  /// A new file.
  static func write(_ name: String, _ bytes: UnsafeRawBufferPointer) -> String {
    let path = free(name)
    must("a file") {
      try Directory.make(Path.parent(path))
      try File(path, .create).write(bytes, at: 0)
    }
    return path
  }

  static func remove() { must("the end of a folder") { try Directory.remove(path) } }
}
