// With libFuzzer (swift build --sanitize fuzzer -Xswiftc -DFUZZER) its `main` calls the function below with one input
// after another; TESSERA_SURFACE names the surface. Without it the program reads files:
//
//   tessera-fuzz CORPUS          every file of every surface, CORPUS/SURFACE/FILE
//   tessera-fuzz SURFACE FILE…   some files
//
// It prints each file before it reads it, so the last line names the one at which a process died, and at the end
// "N passed, 0 failed".

import Glibc
import TesseraIO

#if FUZZER
  private let chosen: Surface = {
    let name = getenv("TESSERA_SURFACE").map { String(cString: $0) } ?? ""
    guard let surface = Surface.named(name) else { fatalError("TESSERA_SURFACE: no surface '\(name)'") }
    return surface
  }()

  @c(LLVMFuzzerTestOneInput)
  public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosen.run(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
  }
#else
  @main
  enum Runner {
    static func main() throws {
      let arguments = CommandLine.arguments.dropFirst()
      guard let first = arguments.first else {
        say("usage: tessera-fuzz CORPUS | SURFACE FILE…")
        say("surfaces: " + Surface.all.map(\.name).joined(separator: " "))
        exit(2)
      }
      var files: [(surface: Surface, path: String)] = []
      if let surface = Surface.named(first) {
        files = arguments.dropFirst().map { (surface, $0) }
      } else {
        for surface in Surface.all {
          let folder = Path.join(first, surface.name)
          files += try Directory.names(folder).map { (surface, Path.join(folder, $0)) }
        }
      }
      for (surface, path) in files {
        say(path)
        try File.contents(path, limit: 1 << 30).withUnsafeBytes { copied($0, surface.run) }
      }
      Workplace.remove()
      say("\(files.count) passed, 0 failed")
    }

    /// In memory that ends where they end, so that a sanitizer sees what reads beyond.
    private static func copied(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      defer { copy.deallocate() }
      copy.copyMemory(from: bytes)
      body(UnsafeRawBufferPointer(copy))
    }

    /// At once, as the process may end at any moment.
    private static func say(_ line: String) {
      _ = Array("\(line)\n".utf8).withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    }
  }
#endif
