import TesseraCore
import TesseraIO

extension Appending {
  /// What keeps other writers away while rows are appended.
  enum Hold {
    /// Of the array and the groups around it.
    case zarr([PathLock])
    case npyInPlace(File)
    case npyAnew(Staging)
  }

  /// Calls `body` with the work to do, once nobody else is writing here.
  ///
  /// It is planned anew under the lock: what was read before it may be of several moments.
  ///
  /// - Throws: `.busy` when others have changed the array since it was planned, unless waiting for them was asked for.
  func withLock<Result>(_ body: (Appending, Hold) throws -> Result) throws -> Result {
    let waiting = options.lockWaiting
    var work = self
    while true {
      let hold = try work.lock(waiting)
      defer { withExtendedLifetime(hold) {} }
      let fresh = try Appending(sources, to: path, options: options)
      if fresh.isDone(under: hold), waiting != nil || isOfTheSameArray(as: fresh) {
        return try body(fresh, hold)
      }
      guard waiting != nil else {
        throw TesseraError(.busy, "the array was changed meanwhile; try again", path: destination.path)
      }
      work = fresh
    }
  }

  private func lock(_ waiting: LockWaiting?) throws -> Hold {
    switch target {
    case .zarr:
      try ZarrGroup.requireConfined(destination.path, isThere: true)
      let groups = try ZarrGroup.lockParents(of: destination.path, waiting: waiting)
      return .zarr(groups + [try PathLock(destination.path, waiting: waiting)])
    case .npyInPlace: return .npyInPlace(try File.locked(destination.path, waiting: waiting))
    case .npyAnew: return .npyAnew(try Staging(destination.path, overwrites: true, waiting: waiting))
    }
  }

  /// Whether it wants that lock, and no other.
  private func isDone(under hold: Hold) -> Bool {
    switch (target, hold) {
    case (.zarr, .zarr), (.npyInPlace, .npyInPlace), (.npyAnew, .npyAnew): true
    default: false
    }
  }

  /// Whether the array has not changed between two plans: its shape, and how its elements are stored.
  private func isOfTheSameArray(as other: Appending) -> Bool {
    switch (target, other.target) {
    case (.zarr, .zarr):
      (old as? ZarrDriver)?.metadata.document == (other.old as? ZarrDriver)?.metadata.document
        && old.description.attributes == other.old.description.attributes
    case (.npyInPlace(let header, _, _), .npyInPlace(let otherHeader, _, _)): header == otherHeader
    case (.npyAnew(_, let header), .npyAnew(_, let otherHeader)): header == otherHeader
    default: false
    }
  }
}
