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
  /// What is needed to resume is noted here. Without the note there is nothing to resume: it is written before anything is
  /// built, and removed before what was built is moved away.
  package var note: String { Path.join(folder, Staging.noteName) }
  package static let noteName = "resume.json"
  private static let suffix = ".tessera-partial"

  /// Whether what has this name is being built, or was left by a killed run.
  package static func isTemporary(_ name: String) -> Bool { name.hasPrefix(".") && name.hasSuffix(suffix) }

  /// Whether `folder` is what an earlier, killed run left.
  package let isResumed: Bool
  private let overwrites: Bool
  /// Of the folder, and of what is replaced, so that nobody else is changing it.
  private let locks: Lock<[PathLock]>
  private let isSettled = Atomic<Bool>(false)

  /// - Parameters:
  ///   - overwrites: whether what is at the destination may be replaced.
  ///   - resumes: whether what an earlier run left is kept.
  ///   - waiting: nil throws `.busy` instead of waiting for other writers.
  /// - Throws: `.exists` when something is there and may not be replaced; `.busy` when another process
  ///   builds the same destination, or changes what is to be replaced; `.notFound` when the folder to build in is
  ///   missing.
  package init(
    _ destination: String, overwrites: Bool = false, resumes: Bool = false, waiting: LockWaiting? = nil
  ) throws {
    self.destination = Path.trimmed(destination)
    self.overwrites = overwrites
    let parent = Path.parent(destination)
    try Directory.require(parent)
    folder = Path.join(parent, ".\(Path.name(self.destination))\(Staging.suffix)")
    let claim = try Staging.claim(
      self.destination, folder, overwrites: overwrites, resumes: resumes, waiting: waiting)
    (locks, isResumed) = (Lock(claim.locks), claim.isResumed)
  }

  deinit { try? discard() }

  /// Finds out whether a destination can be built, before long work of which that is the end. What an earlier run left to
  /// be resumed from stays.
  ///
  /// - Throws: as `init`.
  package static func rehearse(
    _ destination: String, overwrites: Bool = false, waiting: LockWaiting? = nil
  ) throws {
    let staging = try Staging(destination, overwrites: overwrites, resumes: true, waiting: waiting)
    if staging.isResumed { staging.keep() } else { try staging.discard() }
  }

  /// Refuses a destination at which something is, a link that leads nowhere too, that may not be replaced.
  ///
  /// - Throws: `.exists`.
  package static func requireFree(_ destination: String, overwrites: Bool) throws {
    if !overwrites, try Directory.kind(destination, followLinks: false) != nil {
      throw existsAlready(destination)
    }
  }

  private static func existsAlready(_ path: String) -> TesseraError {
    TesseraError(.exists, "exists already (--overwrite replaces it)", path: path)
  }

  private typealias Claim = (locks: [PathLock], isResumed: Bool)

  /// Locks what is to be replaced, then the staging folder, and has another go where the former was replaced
  /// before the latter was locked.
  private static func claim(
    _ destination: String, _ folder: String, overwrites: Bool, resumes: Bool, waiting: LockWaiting?
  ) throws -> Claim {
    while true {
      let before = try stamp(destination)
      if before != nil, !overwrites { throw existsAlready(destination) }
      let old = try before.flatMap { _ in try lockOld(destination, waiting) }
      let (lock, isNew) = try claimFolder(folder, destination, waiting)
      do {
        if try isSame(stamp(destination), before) {
          let isResumed = try resumes && Directory.kind(Path.join(folder, noteName)) == .file
          if !isResumed {
            for name in try Directory.names(folder) { try Directory.remove(Path.join(folder, name)) }
          }
          return ([lock] + (old.map { [$0] } ?? []), isResumed)
        }
        if isNew { try Directory.remove(folder) }
      } catch {
        if isNew { try? Directory.remove(folder) }
        throw error
      }
    }
  }

  private static func stamp(_ path: String) throws -> FileStamp? {
    do {
      return FileStamp(try Syscalls.status(path, followLinks: false))
    } catch let error as TesseraError where error.kind == .notFound {
      return nil
    }
  }

  private static func isSame(_ a: FileStamp?, _ b: FileStamp?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return a.isSameFile(as: b)
  }

  /// - Returns: nil for what nobody writes into, or has not the right to open.
  private static func lockOld(_ destination: String, _ waiting: LockWaiting?) throws -> PathLock? {
    switch try Directory.kind(destination, followLinks: false) {
    case nil, .other: return nil
    case .file, .directory: break
    }
    do {
      return try PathLock(destination, waiting: waiting)
    } catch let error as TesseraError where [.system(EACCES), .notFound].contains(error.kind) {
      return nil
    }
  }

  /// Makes or takes over the staging folder, locked.
  private static func claimFolder(
    _ folder: String, _ destination: String, _ waiting: LockWaiting?
  ) throws -> (lock: PathLock, isNew: Bool) {
    var isNew = false
    do {
      let lock = try PathLock(folder, waiting: waiting, name: destination) {
        isNew = try makeFolder(folder)
        do {
          return try Syscalls.open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch let error as TesseraError where error.kind == .notFound && !isNew {
          return nil
        }
      }
      return (lock, isNew)
    } catch {
      // When it is another's by now, that one has locked it; what is in it is not to be touched.
      if isNew, case .system = (error as? TesseraError)?.kind { try? Syscalls.removeDirectory(folder) }
      throw error
    }
  }

  /// - Returns: whether it was not there.
  private static func makeFolder(_ folder: String) throws -> Bool {
    do {
      try Syscalls.makeDirectory(folder)
      return true
    } catch let error as TesseraError where error.kind == .exists {
      return false
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
    // What is replaced takes the payload's place, and must not be gone on with.
    for staging in all { try Directory.remove(staging.note) }
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
    // Whoever waits must not have to wait for the object to go.
    defer { locks.withLock { $0 = [] } }
    try Directory.remove(folder)
  }

  /// Leaves the staging folder for a later run to resume from.
  package func keep() { isSettled.store(true, ordering: .relaxed) }
}
