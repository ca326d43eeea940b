// The only file that makes system calls, so that each can be made to fail (`FaultInjector`) and a port
// to another system is a matter of this room.
//
// Every wrapper retries EINTR and reports failure as `TesseraError.Kind.system(errno)`.

import CLinux
package import Glibc
import TesseraCore

package enum Syscalls {
  /// Runs one system call under the current fault injector.
  @inline(__always)
  private static func call<Result: FixedWidthInteger & SignedInteger>(
    _ name: FaultInjector.Call, path: @autoclosure () -> String?, _ body: () -> Result
  ) throws -> Result {
    while true {
      if let injected = FaultInjector.current?.fault(for: name) {
        if injected == EINTR { continue }
        throw failure(name, injected, path())
      }
      let result = body()
      if result >= 0 { return result }
      let code = errno
      if code == EINTR { continue }
      throw failure(name, code, path())
    }
  }

  static func failure(_ name: FaultInjector.Call, _ code: Int32, _ path: String?) -> TesseraError {
    let reason = describe(code)
    switch code {
    case ENOENT: return TesseraError(.notFound, "no such file or directory", path: path)
    case EEXIST, ENOTEMPTY: return TesseraError(.exists, "exists already", path: path)
    case EWOULDBLOCK where name == .flock:
      return TesseraError(.busy, "another process is writing here (--wait waits for it)", path: path)
    default: return TesseraError(.system(code), "cannot \(name.rawValue): \(reason)", path: path)
    }
  }

  package static func describe(_ code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      linux_describe_error(code, buffer.baseAddress!, buffer.count)
      return String(cString: buffer.baseAddress!)
    }
  }

  // MARK: Descriptors

  package static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o666) throws -> Int32 {
    try call(.open, path: path) { Glibc.open(path, flags | O_CLOEXEC, mode) }
  }

  /// Opens what has a path without any symbolic link in it.
  ///
  /// - Parameter name: how messages call it.
  /// - Throws: `.system(ELOOP)` when there is one; `ENOSYS` or `EPERM` where the kernel cannot do this.
  static func openWithoutLinks(_ path: String, _ flags: Int32, name: String) throws -> Int32 {
    try call(.open, path: name) { linux_open_without_links(path, flags | O_CLOEXEC) }
  }

  /// O_PATH, which Glibc's module does not show: finds a file without opening it.
  static let nameOnly: Int32 = 0o1000_0000

  /// Never throws: after EINTR the descriptor is closed on Linux, and data was synced before.
  package static func close(_ descriptor: Int32) {
    _ = Glibc.close(descriptor)
  }

  package static func read(
    _ descriptor: Int32, into target: UnsafeMutableRawBufferPointer, at offset: Int, path: String
  ) throws -> Int {
    let count = FaultInjector.current?.shortened(target.count, .read) ?? target.count
    return try call(.read, path: path) { pread(descriptor, target.baseAddress, count, offset) }
  }

  package static func write(
    _ descriptor: Int32, _ source: UnsafeRawBufferPointer, at offset: Int, path: String
  ) throws -> Int {
    let count = FaultInjector.current?.shortened(source.count, .write) ?? source.count
    return try call(.write, path: path) { pwrite(descriptor, source.baseAddress, count, offset) }
  }

  package static func truncate(_ descriptor: Int32, to size: Int, path: String) throws {
    _ = try call(.truncate, path: path) { ftruncate(descriptor, size) }
  }

  package static func sync(_ descriptor: Int32, path: String) throws {
    _ = try call(.sync, path: path) { fsync(descriptor) }
  }

  /// What was written, and what is needed to read it, for a thread that nobody waits for: no fault is injected.
  ///
  /// - Returns: the `errno` of a failure.
  static func syncData(_ descriptor: Int32) -> Int32? {
    while fdatasync(descriptor) != 0 {
      if errno != EINTR { return errno }
    }
    return nil
  }

  /// A descriptor of the same open file; nil where there are too many.
  static func duplicate(_ descriptor: Int32) -> Int32? {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    return copy < 0 ? nil : copy
  }

  /// Everything on the file system that holds `descriptor`.
  package static func syncFileSystem(_ descriptor: Int32, path: String) throws {
    _ = try call(.sync, path: path) { linux_sync_file_system(descriptor) }
  }

  /// Starts writing dirty pages of a range to disk without waiting; a hint, so failure is ignored.
  package static func startWriteback(_ descriptor: Int32, _ range: Range<Int>) {
    _ = linux_start_writeback(descriptor, Int64(range.lowerBound), Int64(range.count))
  }

  /// Lets the page cache forget a range that was read; a hint, so failure is ignored. Dirty pages stay.
  package static func forget(_ descriptor: Int32, _ range: Range<Int>) {
    _ = posix_fadvise(descriptor, range.lowerBound, range.count, POSIX_FADV_DONTNEED)
  }

  package enum LockMode: Sendable { case exclusive, shared }

  /// Takes the advisory lock of a file or directory, or throws `.busy`. Released when the last
  /// descriptor closes, so a killed process leaves none behind.
  package static func lock(_ descriptor: Int32, _ mode: LockMode = .exclusive, path: String) throws {
    let operation = mode == .shared ? LOCK_SH : LOCK_EX
    _ = try call(.flock, path: path) { flock(descriptor, operation | LOCK_NB) }
  }

  /// Gives a lock back, if there is one. Closing alone would leave it to a child process that has been forked meanwhile
  /// and has not yet called exec.
  static func unlock(_ descriptor: Int32) { _ = flock(descriptor, LOCK_UN) }

  package static func status(_ descriptor: Int32, path: String) throws -> stat {
    var status = stat()
    _ = try call(.stat, path: path) { fstat(descriptor, &status) }
    return status
  }

  // MARK: Paths

  package static func status(_ path: String, followLinks: Bool = true) throws -> stat {
    var status = stat()
    _ = try call(.stat, path: path) { followLinks ? stat(path, &status) : lstat(path, &status) }
    return status
  }

  /// Whether a name is that of a symbolic link.
  package static func isLink(_ path: String) throws -> Bool {
    do {
      return try status(path, followLinks: false).st_mode & S_IFMT == S_IFLNK
    } catch let error as TesseraError where error.kind == .notFound || error.kind == .system(ENOTDIR) {
      return false
    }
  }

  /// The path without links and dots; nil when there is nothing.
  package static func realPath(_ path: String) throws -> String? {
    guard let resolved = realpath(path, nil) else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure(.stat, errno, path)
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Bytes that files at `path`, or above it when nothing is there yet, may still take; nil when unknown.
  package static func availableBytes(_ path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else {
      let isMissing = errno == ENOENT
      let parent = Path.parent(path)
      return isMissing && parent != path ? availableBytes(parent) : nil
    }
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return overflow ? nil : Int(clamping: bytes)
  }

  package static func makeDirectory(_ path: String) throws {
    _ = try call(.mkdir, path: path) { mkdir(path, 0o777) }
  }

  package static func unlink(_ path: String) throws {
    _ = try call(.unlink, path: path) { Glibc.unlink(path) }
  }

  package static func removeDirectory(_ path: String) throws {
    _ = try call(.unlink, path: path) { rmdir(path) }
  }

  package static func link(_ path: String, to new: String) throws {
    _ = try call(.link, path: new) { Glibc.link(path, new) }
  }

  package static func rename(_ path: String, to new: String) throws {
    _ = try call(.rename, path: new) { Glibc.rename(path, new) }
  }

  /// Renames to a name that must be free.
  package static func renameNoReplace(_ path: String, to new: String) throws {
    _ = try call(.rename, path: new) { linux_rename_no_replace(path, new) }
  }

  /// Swaps two names in one step.
  package static func renameExchange(_ path: String, with other: String) throws {
    _ = try call(.rename, path: other) { linux_rename_exchange(path, other) }
  }

  // MARK: The process

  package static var processIdentifier: Int { Int(getpid()) }

  /// Sleeps; a signal may end it earlier.
  static func pause(seconds: Double) { usleep(UInt32(seconds * 1e6)) }

  // MARK: Memory

  package static func map(_ descriptor: Int32, count: Int, path: String) throws -> UnsafeRawPointer {
    if let injected = FaultInjector.current?.fault(for: .map), injected != EINTR {
      throw failure(.map, injected, path)
    }
    let place = count < hugePageBytes ? nil : try reserve(count, path: path)
    let address = mmap(
      place, count, PROT_READ, place == nil ? MAP_SHARED : MAP_SHARED | MAP_FIXED, descriptor, 0)
    // What was reserved is not given back, as it may be somebody else's by now.
    guard let address, address != MAP_FAILED else { throw failure(.map, errno, path) }
    return UnsafeRawPointer(address)
  }

  /// What the page tables map by one entry where the page cache has it as one folio, and the address is a multiple of it.
  package static let hugePageBytes = 2 << 20

  /// Addresses that nobody else has, the first a multiple of a huge page: some file systems map files so, others do not.
  private static func reserve(_ count: Int, path: String) throws -> UnsafeMutableRawPointer {
    // A file may claim to be as large as numbers go.
    guard count < 1 << 62 else { throw failure(.map, ENOMEM, path) }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let reserved = mmap(nil, count + hugePageBytes, PROT_NONE, flags, -1, 0)
    guard let reserved, reserved != MAP_FAILED else { throw failure(.map, errno, path) }
    let ahead = (hugePageBytes - Int(bitPattern: reserved) % hugePageBytes) % hugePageBytes
    let place = reserved + ahead
    let end = (count + pageSize - 1) / pageSize * pageSize
    if ahead > 0 { munmap(reserved, ahead) }
    munmap(place + end, hugePageBytes + count - ahead - end)
    return place
  }

  /// Keeps a file that somebody truncates from ending the process: what is gone reads as zeros, and `isTorn` tells.
  static func guardMapping(_ address: UnsafeRawPointer, count: Int) -> Int32 {
    linux_guard_mapping(address, count)
  }

  static func isTorn(_ guarded: Int32) -> Bool { linux_mapping_is_torn(guarded) != 0 }
  static func releaseGuard(_ guarded: Int32) { linux_release_guard(guarded) }

  /// Touches mapped memory in four places and counts the faults that takes; nil where the page cache lacks some of it.
  package static func countFaults(_ address: UnsafeRawPointer, count: Int) -> Int? {
    let faults = linux_count_faults(address, count)
    return faults < 0 ? nil : Int(faults)
  }

  package static func unmap(_ address: UnsafeRawPointer, count: Int) {
    munmap(UnsafeMutableRawPointer(mutating: address), count)
  }

  package static func advise(_ address: UnsafeRawPointer, count: Int, _ advice: Int32) {
    _ = madvise(UnsafeMutableRawPointer(mutating: address), count, advice)
  }

  /// Asks for huge pages for memory that is about to be filled; a hint.
  package static func adviseHugePages(_ target: UnsafeMutableRawBufferPointer) {
    guard let base = target.baseAddress else { return }
    let start = (Int(bitPattern: base) + pageSize - 1) / pageSize * pageSize
    let end = Int(bitPattern: base) + target.count
    guard start < end, let aligned = UnsafeMutableRawPointer(bitPattern: start) else { return }
    madvise(aligned, end - start, MADV_HUGEPAGE)
  }

  package static let pageSize = sysconf(Int32(_SC_PAGESIZE))
}
