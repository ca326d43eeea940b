import Glibc
package import TesseraIO

/// A way in which a system call fails in tests that fail the Nth call, for every N: once or for ever, with one of the
/// errors that file systems and kernels give.
package struct FaultFamily: Sendable, CustomStringConvertible {
  package let code: Int32
  package let forever: Bool

  /// A broken disk, a full one, a quota; missing permission, a read-only file system; no descriptors of the process or of
  /// the system, no memory; a signal, after which the call is made again. A signal at every call would never end.
  package static let all: [FaultFamily] =
    [EIO, ENOSPC, EDQUOT, EACCES, EPERM, EROFS, EMFILE, ENFILE, ENOMEM, EINTR].map {
      FaultFamily(code: $0, forever: false)
    } + [EIO, ENOSPC, EROFS].map { FaultFamily(code: $0, forever: true) }

  package func injector(failing number: Int) -> FaultInjector {
    FaultInjector(failing: number, code: code, forever: forever)
  }

  package var description: String { "\(String(cString: strerror(code)))\(forever ? ", for ever" : "")" }

  /// Which calls fail in which ways: every call in every way if the environment has `TESSERA_FAULTS=all`; otherwise every
  /// call in a quarter of the ways, and in a debug build every other call in one of them.
  package static func cases(calls: Int) -> [(family: FaultFamily, number: Int)] {
    let step = triesAll ? 1 : quickStep
    return all.enumerated().flatMap { phase, family in
      stride(from: phase % step, to: calls, by: step).map { (family, $0) }
    }
  }

  private static let triesAll = getenv("TESSERA_FAULTS").map { String(cString: $0) == "all" } ?? false

  #if DEBUG
    private static let quickStep = 2 * all.count
  #else
    private static let quickStep = 4
  #endif
}
