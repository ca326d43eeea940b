// https://man7.org/linux/man-pages/man5/proc_locks.5.html: a line for each lock,
//
//   1: FLOCK  ADVISORY  WRITE 7049 fe:00:16220313 0 EOF
//
// with the process, and the device (hexadecimal) and inode of the file. Those who wait have `->` after the number.

import TesseraCore

/// Says who has a lock, as far as the system tells.
enum LockHolder {
  /// Long command lines are cut.
  private static let maximumCharacters = 80

  /// `process 7049 (tessera append x.zarr more.npy)`; `another process` where that is hidden.
  static func describe(_ descriptor: Int32) -> String {
    guard let status = try? Syscalls.status(descriptor, path: ""),
      let process = holder(
        of: status.st_ino, on: status.st_dev, in: ProcessLimits.text("/proc/locks", limit: 1 << 20) ?? "")
    else { return "another process" }
    if process == Syscalls.processIdentifier { return "this process" }
    guard let command = command(of: process) else { return "process \(process)" }
    return "process \(process) (\(command))"
  }

  /// The process that has a lock on an inode, by the text of `/proc/locks`.
  static func holder(of inode: UInt, on device: UInt, in text: String) -> Int? {
    let major = (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)
    let minor = (device & 0xFF) | (device >> 12 & ~0xFF)
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count >= 6, fields[1] == "FLOCK" else { continue }
      let file = fields[5].split(separator: ":")
      guard file.count == 3, UInt(file[0], radix: 16) == major, UInt(file[1], radix: 16) == minor,
        UInt(file[2]) == inode
      else { continue }
      return Int(fields[4]).flatMap { $0 > 0 ? $0 : nil }
    }
    return nil
  }

  private static func command(of process: Int) -> String? {
    guard let text = ProcessLimits.text("/proc/\(process)/cmdline", limit: 4096) else { return nil }
    var words = text.split(separator: "\0").map(String.init)
    guard !words.isEmpty else { return nil }
    words[0] = Path.name(words[0])
    let line = words.joined(separator: " ")
    let isLong = line.count > maximumCharacters
    return TesseraError.printable(isLong ? line.prefix(maximumCharacters) + "…" : line)
  }
}
