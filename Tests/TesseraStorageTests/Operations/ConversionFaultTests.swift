import Glibc
import TesseraCore
import TesseraIO
import TesseraTestSupport
import Testing

@testable import TesseraStorage

/// Every system call of a conversion fails in turn: the destination is whole, or as it was.
@Suite struct ConversionFaultTests {
  struct Job: Sendable, CustomStringConvertible {
    var name: String
    var source: String
    var destination: String
    var layout = ArrayLayout()
    var description: String { name }

    static let all = always + (hasZlib ? deflated : [])

    private static let always = [
      Job(name: "npy to npy", source: "x.npy", destination: "out.npy"),
      Job(name: "npy to npz", source: "x.npy", destination: "out.npz"),
      Job(
        name: "npy to shards", source: "x.npy", destination: "out.zarr",
        layout: .init(codec: .lz4, chunks: [4, 4], shards: .shape([8, 8]))),
      Job(
        name: "npy to raw files", source: "x.npy", destination: "out.zarr",
        layout: .init(chunks: [8, 8], shards: .none)),
      Job(
        name: "npy to v2", source: "x.npy", destination: "out.zarr",
        layout: .init(chunks: [8, 8], zarrFormat: 2)),
      Job(name: "shards to npy", source: "shards.zarr", destination: "out.npy"),
      Job(name: "archive to group", source: "two.npz", destination: "out.zarr"),
      Job(name: "group to archive", source: "group.zarr", destination: "out.npz"),
    ]

    private static let deflated = [
      Job(
        name: "npy to deflated npz", source: "x.npy", destination: "out.npz", layout: .init(codec: .gzip)),
      Job(
        name: "group to deflated archive", source: "group.zarr", destination: "out.npz",
        layout: .init(codec: .gzip)),
    ]
  }

  private static let array: ModelArray = {
    var random = SeededGenerator(seed: 77)
    return ModelArray(shape: [14, 11], dtype: .int16, random: &random)
  }()

  private func sources() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let array = ConversionFaultTests.array
    try array.writeNpy(folder.at("x.npy"))
    try Directory.make(folder.at("group.zarr"))
    try folder.write(
      "group.zarr/zarr.json", text: #"{"zarr_format": 3, "node_type": "group", "attributes": {}}"#)
    try array.writeRawZarr(folder.at("group.zarr/a"))
    try array.writeRawZarr(folder.at("group.zarr/b"))
    try Conversion(from: folder.at("group.zarr"), to: folder.at("two.npz")).run()
    try Conversion(
      from: folder.at("x.npy"), to: folder.at("shards.zarr"),
      layout: .init(codec: .lz4, chunks: [4, 4], shards: .shape([8, 8]))
    ).run()
    return folder
  }

  private func contents(_ path: String) throws -> [ModelArray] {
    switch try StoredArray.contents(of: path) {
    case .array: return [try ModelArray(reading: path)]
    case .members(_, let members): return try members.map { try ModelArray(reading: $0.path) }
    }
  }

  @Test(arguments: Job.all, [false, true])
  func theDestinationIsWholeOrAsItWas(_ job: Job, _ overwrite: Bool) throws {
    let folder = try sources()
    let work = try TemporaryFolder()
    let destination = work.at(job.destination)
    let before = try snapshot(folder.path)
    let options = TransferOptions(memory: 64 << 20, threads: 1, overwrite: overwrite)
    func attempt() throws {
      try Conversion(from: folder.at(job.source), to: destination, layout: job.layout, options: options).run()
    }
    // What is replaced: something else of the same form.
    let old = ModelArray(shape: [3], dtype: .uint8, bytes: [9, 8, 7])
    func reset() throws {
      for name in work.names { try Directory.remove(work.at(name)) }
      if !overwrite { return }
      if job.destination.hasSuffix("zarr") {
        try old.writeRawZarr(destination)
      } else {
        try old.writeNpy(destination)
      }
    }
    try reset()
    let oldFiles = try snapshot(destination)
    let counter = FaultInjector(failing: .max, code: 0)
    try FaultInjector.$current.withValue(counter) { try attempt() }
    let newFiles = try snapshot(destination)
    let calls = counter.count
    #expect(try contents(destination).allSatisfy { $0 == ConversionFaultTests.array })
    #expect(calls > 10)

    var afterPublishing: [Int] = []
    for (family, number) in FaultFamily.cases(calls: calls) {
      try reset()
      let fault = family.injector(failing: number)
      let note = "\(job), overwrite \(overwrite), \(family), call \(number)"
      let error = tesseraError(note) { try FaultInjector.$current.withValue(fault) { try attempt() } }
      let files = try snapshot(destination)
      if error == nil {
        if files != newFiles { Issue.record("\(note): done, but wrong: \(files?.keys.sorted() as Any)") }
        continue
      }
      if files == newFiles {
        if error?.what.hasPrefix("is in place") != true { afterPublishing.append(number) }
      } else if files != oldFiles {
        Issue.record("\(note): the destination is neither old nor new: \(files?.keys.sorted() as Any)")
      } else if !family.forever, work.names.contains(where: { $0.contains("tessera-partial") }) {
        Issue.record("\(note): left \(work.names)")
      }
      if error?.kind == .cancelled { Issue.record("\(note): reported \(error as Any)") }
      if number % 7 == 0, files == oldFiles {
        try attempt()
        if try snapshot(destination) != newFiles {
          Issue.record("\(note): wrong after the fault had passed")
        }
        if work.names != [job.destination] { Issue.record("\(note): left \(work.names)") }
      }
    }
    #expect(try snapshot(folder.path) == before, "sources are untouched")
    #expect(afterPublishing.isEmpty, "\(job): of \(calls) calls")
  }

  /// Reads and writes that move one byte at a time give the same files.
  @Test(arguments: Job.all)
  func shortReadsAndWritesChangeNothing(_ job: Job) throws {
    let folder = try sources()
    try Conversion(from: folder.at(job.source), to: folder.at("whole-" + job.destination), layout: job.layout)
      .run()
    let short = FaultInjector([.read, .write], failing: 0, code: 0, forever: true, shortens: true)
    try FaultInjector.$current.withValue(short) {
      try Conversion(from: folder.at(job.source), to: folder.at(job.destination), layout: job.layout).run()
    }
    #expect(short.count > 100)
    #expect(try snapshot(folder.at(job.destination)) == snapshot(folder.at("whole-" + job.destination)))
  }

  /// With several threads the failed call is another each time; the cause is reported all the same.
  @Test func withSeveralThreads() throws {
    let folder = try TemporaryFolder()
    var random = SeededGenerator(seed: 9)
    let array = ModelArray(shape: [2000, 700], dtype: .float32, random: &random)
    try array.writeNpy(folder.at("x.npy"))
    let layout = ArrayLayout(codec: .lz4, chunks: [100, 350], shards: .shape([500, 700]))
    func attempt() throws {
      try Conversion(
        from: folder.at("x.npy"), to: folder.at("out.zarr"), layout: layout,
        options: .init(memory: 64 << 20, threads: 4)
      ).run()
    }
    for calls in [Set([FaultInjector.Call.write]), [.rename], [.open], [.sync], [.map, .stat]] {
      for number in stride(from: 0, to: 60, by: 4) {
        let fault = FaultInjector(calls, failing: number, code: ENOSPC, forever: number % 8 == 0)
        let error = tesseraError { try FaultInjector.$current.withValue(fault) { try attempt() } }
        if let error {
          #expect(error.kind == .system(ENOSPC), "\(calls), call \(number): \(error)")
          if (try? Directory.kind(folder.at("out.zarr"))) == .directory {
            #expect(try ModelArray(reading: folder.at("out.zarr")) == array)
          }
        } else {
          #expect(try ModelArray(reading: folder.at("out.zarr")) == array)
        }
        for name in folder.names where name != "x.npy" { try Directory.remove(folder.at(name)) }
      }
    }
  }
}
