import Glibc
import TesseraCore

/// Makes a symbolic link.
func makeSymbolicLink(to target: String, at path: String) throws {
  guard symlink(target, path) == 0 else {
    throw TesseraError(.system(errno), "cannot make a link", path: path)
  }
}
