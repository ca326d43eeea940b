import Glibc
import TesseraCore
import TesseraIO

extension Repair {
  /// Checks one array as `Verification` does, then goes through the files in which there are problems.
  func repairArray(_ path: String, _ model: MemoryModel, _ report: inout Report) throws {
    let waiting = options.lockWaiting
    let locks = try ZarrGroup.lockParents(of: path, waiting: waiting) + [PathLock(path, waiting: waiting)]
    defer { withExtendedLifetime(locks) {} }
    // Under the lock, as it is what counts.
    guard case .array(let metadata) = try ZarrStore.open(path) else {
      throw TesseraError(.busy, "the array was replaced meanwhile; try again", path: path)
    }
    report.found.arrays += 1
    let driver = try naming(path) { try ZarrDriver(metadata, path: path) }
    try removeLeftovers(inArray: path, rank: metadata.shape.rank, &report)
    let damaged = try Verification.verify(driver, model, options, &report.found)
    for file in damaged {
      try options.checkCancellation()
      try attempt(&report) { report in try repairFile(file, of: driver, model, &report) }
    }
  }

  private func repairFile(
    _ index: [Int], of driver: ZarrDriver, _ model: MemoryModel, _ report: inout Report
  ) throws {
    let path = driver.files.path(index)
    guard try !Syscalls.isLink(path) else {
      throw TesseraError(
        .unsupported, "not repaired, as it is a symbolic link", path: path,
        expected: "the file it leads to; then verify again")
    }
    try driver.files.folder.requireConfinedParent(of: driver.metadata.keys.path(index))
    // Only a regular file can be opened: a folder is nobody's chunk, and stays.
    var examination = try FileExamination(index, of: driver, model, options)
    examination.heldBytes = report.losses.count.saturatingMultiply(FileExamination.bytesPerLoss)
    try Repair.run(&examination)
    switch examination.outcome {
    case .sound:
      throw TesseraError(
        .system(EIO), "the problem that was found was not there when it was read again", path: path,
        expected: "the same bytes each time; look after the disk")
    case .lost:
      try Directory.remove(path)
      report.removed.append(path)
    case .patched(let patches):
      try Repair.replace(path, by: patches)
      report.rewritten.append(path)
    }
    report.corrected += examination.corrected
    for loss in examination.losses {
      report.losses.append(loss)
      tell?(loss)
    }
    try afterwards(path, "may not outlive a power failure") { try Directory.sync(Path.parent(path)) }
  }

  private static func run(_ examination: inout FileExamination) throws {
    do {
      try examination.run()
    } catch let failure as FileExamination.NotJudged {
      throw failure.error.at(examination.path)
    }
  }

  /// Puts a copy of a file with some bytes changed in its place.
  private static func replace(_ path: String, by patches: [FileExamination.Patch]) throws {
    let old = try File(path)
    let size = try old.size()
    try File.rewrite(path) { new in
      try Buffer.withTemporary(min(1 << 20, max(1, size))) { buffer in
        for start in stride(from: 0, to: size, by: buffer.count) {
          let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, size - start)])
          try old.read(at: start, into: piece)
          try new.write(UnsafeRawBufferPointer(piece), at: start)
        }
      }
      for patch in patches { try new.write(patch.bytes, at: patch.offset) }
      return size
    }
  }
}
