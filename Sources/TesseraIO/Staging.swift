import Glibc
import Synchronization
import TesseraCore

/// Builds a file or folder beside its destination and puts it there whole, or not at all.
///
/// What is built is `payload`, in a folder `.NAME.tessera-partial` beside the destination that is locked
/// by the process building it. An object that goes away unpublished removes it; a killed process
/// leaves it, unlocked, for the next run to remove or to resume from.
package final class Staging: Sendable {
  package let destination: String
  /// The folder that holds the payload and what is needed to resume.
  package let folder: String
  /// Where to build. Nothing is there at first, unless `isResumed`.
  package var payload: String { Path.join(folder, "payload") }
  /// Whether `folder` is what an earlier, killed run left.
  package let isResumed: Bool
  private let overwrites: Bool
  private let lock: Int32
  private let isSettled = Atomic<Bool>(false)

  /// - Parameters:
  ///   - overwrites: whether what is at the destination may be replaced.
  ///   - resumes: whether what an earlier run left is kept.
  /// - Throws: `.exists` when something is there and may not be replaced; `.busy` when another process
  ///   builds the same destination; `.notFound` when the folder to build in is missing.
  package init(_ destination: String, overwrites: Bool = false, resumes: Bool = false) throws {
    self.destination = Path.trimmed(destination)
    self.overwrites = overwrites
    let parent = Path.parent(destination)
    guard try Directory.kind(parent) == .directory else {
      throw TesseraError(.notFound, "no such folder", path: parent)
    }
    if !overwrites, try Directory.kind(self.destination, followLinks: false) != nil {
      throw Staging.existsAlready(self.destination)
    }
    folder = Path.join(parent, ".\(Path.name(self.destination)).tessera-partial")
    (lock, isResumed) = try Staging.claim(folder, resumes: resumes)
  }

  deinit {
    try? discard()
    Syscalls.close(lock)
  }

  private static func existsAlready(_ path: String) -> TesseraError {
    TesseraError(.exists, "exists already (--overwrite replaces it)", path: path)
  }

  /// Creates or takes over the staging folder, locked.
  private static func claim(_ folder: String, resumes: Bool) throws -> (lock: Int32, isResumed: Bool) {
    var isNew = true
    do {
      try Syscalls.makeDirectory(folder)
    } catch let error as TesseraError where error.kind == .exists {
      isNew = false
    }
    let lock: Int32
    do {
      lock = try Syscalls.open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    } catch {
      if isNew { try? Directory.remove(folder) }
      throw error
    }
    do {
      try Syscalls.lock(lock, path: folder)
      if !isNew && !resumes {
        for name in try Directory.names(folder) { try Directory.remove(Path.join(folder, name)) }
      }
      return (lock, !isNew && resumes)
    } catch {
      Syscalls.close(lock)
      if isNew { try? Directory.remove(folder) }
      throw error
    }
  }

  /// Moves the payload, whose data must have been synced, to the destination.
  ///
  /// - Throws: `.exists` when something appeared there meanwhile and may not be replaced.
  package func publish() throws {
    if try Directory.kind(payload) == .directory { try Directory.syncTree(payload) }
    if try !overwrites || Directory.kind(destination, followLinks: false) == nil {
      try moveToFreeName()
    } else if try Directory.kind(payload) == .file,
      try Directory.kind(destination, followLinks: false) != .directory
    {
      try Syscalls.rename(payload, to: destination)
    } else {
      // Exchanged in one step, so that at no instant there is nothing at the destination.
      try Syscalls.renameExchange(payload, with: destination)
    }
    // Done; what is left of the staging folder is for the next run to remove.
    defer { try? discard() }
    try afterwards(destination, "may not outlive a power failure") {
      try Directory.sync(Path.parent(destination))
    }
  }

  private func moveToFreeName() throws {
    do {
      try Syscalls.renameNoReplace(payload, to: destination)
    } catch let error as TesseraError where error.kind == .exists {
      throw Staging.existsAlready(destination)
    } catch let error as TesseraError where error.kind == .system(EINVAL) {
      // A file system without that flag; the name was free a moment ago.
      try Syscalls.rename(payload, to: destination)
    }
  }

  /// Removes the staging folder and whatever is in it.
  package func discard() throws {
    if isSettled.exchange(true, ordering: .relaxed) { return }
    try Directory.remove(folder)
  }

  /// Leaves the staging folder for a later run to resume from.
  package func keep() { isSettled.store(true, ordering: .relaxed) }
}
