import Glibc
import Synchronization
import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage
import Testing

/// Writing of several arrays whose process dies in the middle, and what the next run makes of what it left.
@Suite struct JointResumeTests {
  private static let names = ["a.npy", "b.zarr", "c.npz", "d.zarr"]

  private static func write(_ folder: String, prefix: String = "", _ options: TransferOptions) throws {
    let x = try NDArray.open(Path.join(folder, "x.npy"))
    var options = options
    options.gatheredBytes = 0
    let layouts = [
      ArrayLayout(), ArrayLayout(codec: .lz4, chunks: [100, 500], shards: .shape([300, 500])), ArrayLayout(),
      ArrayLayout(chunks: [250, 500], shards: .none),
    ]
    let arrays = [try x * 2, x.astype(.float32), try x .> 0.5, try x - 0.25]
    try NDArray.write(
      zip(zip(arrays, layouts), names).map {
        .init($0.0, to: Path.join(folder, prefix + $1), layout: $0.1)
      }, options: options)
  }

  @Test(arguments: [1, 3]) func aKilledRunIsGoneOnWith(_ blocks: Int) async throws {
    let folder = try TemporaryFolder()
    try NDArray.random([3000, 500], seed: 8).write(to: folder.at("x.npy"))
    await #expect(processExitsWith: .exitCode(9)) { [path = folder.path as String, blocks = blocks as Int] in
      let done = Atomic<Int>(0)
      var options = TransferOptions(memory: 64 << 20, threads: 1)
      options.progress = { _ in
        if done.wrappingAdd(1, ordering: .relaxed).newValue == blocks { _exit(9) }
        // Long enough that the next block is reported as well.
        usleep(110_000)
      }
      try JointResumeTests.write(path, options)
    }
    let left = JointResumeTests.names.map { ".\($0).tessera-partial" }
    #expect(folder.names == (left + ["x.npy"]).sorted())
    try JointResumeTests.write(folder.path, .init(memory: 64 << 20, threads: 2, resume: true))
    #expect(folder.names == (JointResumeTests.names + ["x.npy"]).sorted())
    try JointResumeTests.write(folder.path, prefix: "fresh-", .init(memory: 64 << 20, threads: 2))
    for name in JointResumeTests.names {
      let isSame = try snapshot(folder.at(name)) == snapshot(folder.at("fresh-\(name)"))
      #expect(isSame, "\(name), killed after \(blocks) blocks")
    }
  }
}
