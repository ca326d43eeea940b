import Glibc
import TesseraCore
import TesseraIO

/// Fails each system call in turn of work that makes several files in an empty folder.
///
/// - Returns: the failures after which there were neither all of the files nor, unless the error says that they are in
///   place, none of them.
package func splitOutcomes(
  of files: [String], in folder: TemporaryFolder, _ work: () throws -> Void
) throws -> [String] {
  let counter = FaultInjector(failing: .max, code: 0)
  try FaultInjector.$current.withValue(counter) { try work() }
  guard folder.names == files else { return ["without a failure: \(folder.names)"] }
  return try (0..<counter.count).compactMap { number in
    for name in folder.names { try Directory.remove(folder.at(name)) }
    var failure: TesseraError?
    do {
      try FaultInjector.$current.withValue(FaultInjector(failing: number, code: ENOSPC)) { try work() }
    } catch let error as TesseraError { failure = error }
    // Files within the staging folder are replaced too, and say so of themselves.
    let isInPlace =
      failure.map { $0.what.hasPrefix("is in place") && $0.path?.contains("tessera-partial") == false }
    let found = folder.names.filter { !$0.contains("tessera-partial") }
    return found == (isInPlace ?? true ? files : [])
      ? nil : "call \(number), \(failure.map { "\($0)" } ?? "no error"): \(found)"
  }
}
