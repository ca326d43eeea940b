// Standard output and error. This file and Interruption.swift are the tool's only ones that call libc.

import Glibc
import TesseraCore
import TesseraIO

enum StandardStream {
  static var output: TextStream { stream(STDOUT_FILENO, name: "standard output") }
  static var errors: TextStream { stream(STDERR_FILENO, name: "standard error") }

  /// Occupies the standard descriptors a caller left closed, lest a file that is opened later gets one
  /// of their numbers and the tool's messages end up in it.
  static func openMissing() {
    for descriptor in 0...2 where fcntl(Int32(descriptor), F_GETFD) < 0 { _ = open("/dev/null", O_RDWR) }
  }

  private static func stream(_ descriptor: Int32, name: String) -> TextStream {
    TextStream(isTerminal: isatty(descriptor) == 1) { try write($0, to: descriptor, name: name) }
  }

  private static func write(_ text: String, to descriptor: Int32, name: String) throws {
    var text = text
    try text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if count >= 0 {
          done += count
          continue
        }
        switch errno {
        case EINTR: continue
        // The reader has seen enough; what the status tells is unaffected.
        case EPIPE: return
        case EAGAIN: waitUntilWritable(descriptor)
        case let code:
          throw TesseraError(.system(code), "cannot write: \(Syscalls.describe(code))", path: name)
        }
      }
    }
  }

  private static func waitUntilWritable(_ descriptor: Int32) {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&request, 1, -1)
  }
}
