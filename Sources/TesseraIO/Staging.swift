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
  package func publish() throws { try Staging.publish([self]) }

  /// Moves several payloads to their destinations, one right after another: all of them, or none.
  ///
  /// When one cannot be moved, those before it are moved back. A process that is killed, or a machine that fails,
  /// between the first move and the last leaves those that were made; so does a file system that can neither exchange
  /// two names nor undo a move.
  ///
  /// - Throws: `.exists` when something appeared at one of them meanwhile and may not be replaced.
  package static func publish(_ all: [Staging]) throws {
    for staging in all where try Directory.kind(staging.payload) == .directory {
      try Directory.syncTree(staging.payload)
    }
    var moves: [(staging: Staging, move: Move)] = []
    do {
      for staging in all { moves.append((staging, try staging.move(undoably: all.count > 1))) }
    } catch {
      for (staging, move) in moves.reversed() { staging.undo(move) }
      throw error
    }
    // Done; what is left of the staging folders is for the next run to remove.
    defer { for staging in all { try? staging.discard() } }
    let failures = all.map { staging in
      Result {
        try afterwards(staging.destination, "may not outlive a power failure") {
          try Directory.sync(Path.parent(staging.destination))
        }
      }
    }
    for failure in failures { try failure.get() }
  }

  /// How a payload came to its destination.
  private enum Move { case toFreeName, exchanged, replacing }

  private func move(undoably: Bool) throws -> Move {
    if try !overwrites || Directory.kind(destination, followLinks: false) == nil {
      try moveToFreeName()
      return .toFreeName
    }
    let isFileOverFile =
      try Directory.kind(payload) == .file && Directory.kind(destination, followLinks: false) != .directory
    if !isFileOverFile || undoably {
      do {
        // In one step, so that at no instant there is nothing at the destination.
        try Syscalls.renameExchange(payload, with: destination)
        return .exchanged
      } catch let error as TesseraError where error.kind == .system(EINVAL) && isFileOverFile {
        // A file system without that flag.
      }
    }
    try Syscalls.rename(payload, to: destination)
    return .replacing
  }

  /// As far as that can be done: there is no telling what is wrong when even this fails.
  private func undo(_ move: Move) {
    switch move {
    case .toFreeName: try? Syscalls.rename(destination, to: payload)
    case .exchanged: try? Syscalls.renameExchange(payload, with: destination)
    case .replacing: return
    }
    try? Directory.sync(Path.parent(destination))
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
