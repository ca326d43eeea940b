import Glibc
import TesseraCore

/// New files that were written and must be on the disk before what refers to them is published.
package final class UnsyncedFiles: Sendable {
  private let root: String
  private let paths = Lock<Set<String>?>([])
  /// Beyond this many, syncing the whole file system once is cheaper than each file.
  private static let maximum = 256

  /// - Parameter root: a folder on the file system that holds them all.
  package init(root: String) { self.root = root }

  package func add(_ path: String) {
    paths.withLock { paths in
      paths?.insert(path)
      if let count = paths?.count, count > UnsyncedFiles.maximum { paths = nil }
    }
  }

  /// Takes back a file that was removed, or was synced by itself.
  package func forget(_ path: String) { paths.withLock { _ = $0?.remove(path) } }

  /// Returns when all files added so far are on the disk.
  package func sync() throws {
    // Taken out at once: what another thread adds meanwhile is the next call's.
    let taken = paths.withLock { paths in
      defer { paths = [] }
      return paths
    }
    do {
      try sync(taken)
    } catch {
      paths.withLock { paths in paths = taken.flatMap { taken in paths?.union(taken) } }
      throw error
    }
  }

  /// - Parameter taken: nil for everything on the file system.
  private func sync(_ taken: Set<String>?) throws {
    if let taken {
      for path in taken.sorted() { try File(path).sync() }
    } else {
      let descriptor = try Syscalls.open(root, O_RDONLY | O_DIRECTORY)
      defer { Syscalls.close(descriptor) }
      try Syscalls.syncFileSystem(descriptor, path: root)
    }
  }

  /// Removes the files added since the last sync, as far as they are remembered one by one.
  package func remove() {
    for path in paths.withLock({ $0 }) ?? [] { try? Directory.remove(path) }
  }
}
