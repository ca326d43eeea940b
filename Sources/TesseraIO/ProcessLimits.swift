import CLinux
import Glibc
import TesseraCore

/// What the machine, and the control groups this process is in, allow it.
package enum ProcessLimits {
  /// Cores this process may run on.
  package static var cores: Int {
    let allowed = Int(linux_core_count())
    return allowed > 0 ? allowed : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// Bytes of memory: the machine's, or the least limit of the process's cgroups (v1 and v2).
  package static var memory: Int {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * Syscalls.pageSize
    return min(machine, controlGroupLimit() ?? machine)
  }

  /// A quarter of what the process may use, at least 64 MiB.
  package static var defaultBudget: Int { max(memory / 4, 64 << 20) }

  /// Makes large blocks of memory go back to the system as soon as they are freed, for the rest of the process.
  ///
  /// Otherwise glibc raises its threshold to the size of the first such block that is freed, up to 32 MiB; later
  /// ones share a heap with holes that nobody else fits (https://man7.org/linux/man-pages/man3/mallopt.3.html).
  package static func separateLargeBlocks() { _ = areLargeBlocksApart }

  private static let areLargeBlocksApart = linux_map_large_blocks(1 << 20) == 1

  private static func controlGroupLimit() -> Int? {
    guard let text = text("/proc/self/cgroup") else { return nil }
    var limits: [Int] = []
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      if fields[1].isEmpty {
        limits += limitsAbove(String(fields[2]), root: "/sys/fs/cgroup", file: "memory.max")
      } else if fields[1].split(separator: ",").contains("memory") {
        limits += limitsAbove(
          String(fields[2]), root: "/sys/fs/cgroup/memory", file: "memory.limit_in_bytes")
      }
    }
    return limits.min()
  }

  /// The limits of a group and of the groups above it; in a container the group's own path may be hidden.
  private static func limitsAbove(_ group: String, root: String, file: String) -> [Int] {
    var limits: [Int] = []
    var path = Path.trimmed(group)
    while true {
      if let value = text(Path.join(root + path, file)).flatMap({ Int($0.trimmingLine) }), value > 0 {
        limits.append(value)
      }
      if path == "/" || path == "." { return limits }
      path = Path.parent(path)
    }
  }

  /// A pseudo-file, whose size is not known beforehand: at most its first `limit` bytes.
  static func text(_ path: String, limit: Int = 4096) -> String? {
    guard let descriptor = try? Syscalls.open(path, O_RDONLY) else { return nil }
    defer { Syscalls.close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit)
    var end = 0
    while end < limit {
      // Such a file gives a page at a time, however many bytes were asked for.
      let count = bytes.withUnsafeMutableBytes {
        (try? Syscalls.read(descriptor, into: .init(rebasing: $0[end...]), at: end, path: path)) ?? 0
      }
      guard count > 0 else { break }
      end += count
    }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  /// The peak resident set so far, in bytes (`VmHWM`).
  package static var peakResident: Int {
    guard let status = text("/proc/self/status"),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({
        Int($0)
      })
    else { return 0 }
    return kibibytes << 10
  }

  /// Seconds on a clock that never goes back.
  package static var now: Double { seconds(CLOCK_MONOTONIC) }

  /// Seconds that the calling thread has worked, however busy the machine is.
  package static var worked: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

extension String {
  fileprivate var trimmingLine: Substring { self.prefix { $0 != "\n" } }
}

extension ProcessLimits {
  /// Changes with every start of the machine: what was written but not synced may be lost in between.
  package static var bootIdentifier: String {
    text("/proc/sys/kernel/random/boot_id").map { String($0.trimmingLine) } ?? ""
  }
}
