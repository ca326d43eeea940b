import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraCLI

/// `--wait`: every command that writes waits for who has its destination, and says so once.
@Suite struct WaitTests {
  private let folder: TemporaryFolder
  private let source: String
  init() throws {
    folder = try TemporaryFolder()
    source = try folder.npy("x.npy", [2, 2], [1, 2, 3, 4] as [Float])
  }

  private var commands: [(destination: String, words: [String])] {
    #if BLAS
      // Refused before anything else by a build without.
      let solving = [("d.npz", ["lstsq", source, source, "-o", folder("d.npz")])]
    #else
      let solving: [(String, [String])] = []
    #endif
    return solving + [
      ("d.npy", ["append", folder("d.npy"), source]), ("d.npy", ["convert", source, folder("d.npy")]),
      ("d.npy", ["slice", source, "0", "-o", folder("d.npy")]), ("d.npy", ["random", "2", folder("d.npy")]),
      ("d.npy", ["normalize", source, folder("d.npy")]), ("d.npy", ["gram", source, folder("d.npy")]),
      ("d.npy", ["matmul", source, source, folder("d.npy")]),
      ("d.npz", ["stats", source, "-o", folder("d.npz")]),
      ("d.csv", ["stats", source, "-o", folder("d.csv")]),
      ("d.npy", ["reduce", "sum", source, "-o", folder("d.npy")]),
      ("d.zarr", ["adopt", source, folder("d.zarr")]),
    ]
  }

  @Test func everyCommandThatWritesWaits() throws {
    for (name, words) in commands {
      for waits in [false, true] {
        try folder.write(name, [])
        if name == "d.npy" {
          try Directory.remove(folder(name))
          _ = try folder.npy(name, [1, 2], [9, 9] as [Float])
        }
        let lock = try PathLock(folder(name))
        let token = CancellationToken()
        let errors = Recorder()
        let stream = TextStream { text in
          try errors.stream.write(text)
          // Ctrl-C, once it says that it waits.
          token.cancel()
        }
        let status = runTessera(
          words + (words[0] == "append" ? [] : ["--overwrite"]) + (waits ? ["--wait"] : []),
          session: Session(output: Recorder().stream, errors: stream, cancellation: { token }))
        let holder = ["this process", "another process"].map {
          "tessera: waiting: \(folder(name)): \($0) is writing here\ntessera: interrupted\n"
        }
        if waits {
          #expect(status == 130 && holder.contains(errors.text), "\(words): \(status) \(errors.text)")
        } else {
          #expect(
            status == 1
              && errors.text
                == "tessera: error: \(folder(name)): another process is writing here (--wait waits for it)\n",
            "\(words): \(status) \(errors.text)")
        }
        withExtendedLifetime(lock) {}
      }
    }
    #expect(!folder.names.contains { $0.hasSuffix("tessera-partial") })
  }

  @Test func theWorkIsDoneAfterTheWait() throws {
    let path = try folder.npy("d.npy", [1, 2], [9, 9] as [Float])
    let lock = Lock<PathLock?>(try PathLock(path))
    let stream = TextStream { _ in lock.withLock { $0 = nil } }
    let status = runTessera(
      ["append", path, source, "--wait", "--progress", "never"],
      session: Session(output: Recorder().stream, errors: stream, cancellation: { CancellationToken() }))
    #expect(status == 0)
    let array = try StoredArray.open(path)
    #expect(array.shape.dimensions == [3, 2])
  }
}
