import Glibc
import TesseraCore
import TesseraIO
import TesseraTestSupport
import Testing

@testable import TesseraStorage

/// Every system call of writing, appending and adopting fails in turn.
@Suite(.optionalLibraries) struct WriterFaultTests {
  /// What is done to a folder, and what may be found there after a failure.
  struct Job: Sendable, CustomStringConvertible {
    var name: String
    /// Makes what is there before.
    var prepare: @Sendable (TemporaryFolder) throws -> Void
    var work: @Sendable (TemporaryFolder) throws -> Void
    /// Whether what is there is the old state or the new one, whole.
    var isSound: @Sendable (TemporaryFolder) throws -> Bool
    /// Whether what is there is the new state.
    var isDone: @Sendable (TemporaryFolder) throws -> Bool
    /// Whether the work may be done again once it is done.
    var repeats = true

    var description: String { name }
  }

  private static let old = ModelArray(shape: [7, 4], dtype: .int16, bytes: (1...56).map { $0 })
  private static let added = ModelArray(shape: [6, 4], dtype: .int16, bytes: (100..<148).map { $0 })
  private static let joined = old.appending([added])
  private static let region = Region([2..<6, 1..<3])
  private static let patch = ModelArray(shape: [4, 2], dtype: .int16, bytes: (200..<216).map { $0 })

  private static let layouts: [(String, ArrayLayout)] = [
    ("shards", .init(codec: .lz4, chunks: [2, 2], shards: .shape([4, 4]))),
    ("checksums", .init(chunks: [2, 4], shards: .shape([4, 4]), checksum: true)),
    ("files", .init(chunks: [4, 2], shards: .none)),
    ("v2", .init(codec: .zstd, chunks: [3, 4], zarrFormat: 2)),
  ]

  private static func isAbsent(_ path: String) throws -> Bool {
    try Directory.kind(path, followLinks: false) == nil
  }

  private static func appending(
    _ name: String, _ suffix: String, prepare: @escaping @Sendable (TemporaryFolder) throws -> Void
  ) -> Job {
    Job(
      name: "append, \(name)",
      prepare: { folder in
        try prepare(folder)
        try added.writeNpy(folder.at("more.npy"))
      },
      work: {
        try Appending([$0.at("more.npy")], to: $0.at("x.\(suffix)"), options: .init(threads: 1)).run()
      },
      isSound: { try [old, joined].contains(ModelArray(reading: $0.at("x.\(suffix)"))) },
      isDone: { try ModelArray(reading: $0.at("x.\(suffix)")) == joined }, repeats: false)
  }

  static let appends: [Job] =
    layouts.map { name, layout in
      appending(name, "zarr") { try old.store($0.at("x.zarr"), layout: layout) }
    } + [
      appending("npy in place", "npy") { try old.store($0.at("x.npy")) },
      appending("npy anew", "npy") {
        try $0.write(
          "x.npy", NpyHeader.bytes(dtype: .int16, order: .big, shape: Shape([7, 4])) + swapped(old.bytes))
      },
    ]

  private static func swapped(_ bytes: [UInt8]) -> [UInt8] {
    bytes.indices.map { bytes[$0 ^ 1] }
  }

  static let adoptions: [Job] = [false, true].map { keepsLink in
    Job(
      name: "adopt, link kept \(keepsLink)",
      prepare: { try old.writeNpy($0.at("x.npy")) },
      work: {
        try Adoption($0.at("x.npy"), as: $0.at("x.zarr"), keepsLink: keepsLink, chunks: [2, 4]).run()
      },
      isSound: { folder in
        let hasFile = try !isAbsent(folder.at("x.npy"))
        let hasStore = try !isAbsent(folder.at("x.zarr"))
        return try (hasFile || hasStore) && (!hasFile || ModelArray(reading: folder.at("x.npy")) == old)
          && (!hasStore || ModelArray(reading: folder.at("x.zarr")) == old)
      },
      isDone: { try !isAbsent($0.at("x.zarr")) && ModelArray(reading: $0.at("x.zarr")) == old },
      repeats: false)
  }

  static let creations: [Job] =
    ([("npy", "npy", ArrayLayout())] + layouts.map { ($0.0, "zarr", $0.1) }).map { name, suffix, layout in
      Job(
        name: "create, \(name)", prepare: { _ in },
        work: { try old.store($0.at("x.\(suffix)"), layout: layout) },
        isSound: { folder in
          let path = folder.at("x.\(suffix)")
          return try isAbsent(path) || ModelArray(reading: path) == old
        },
        isDone: { try !isAbsent($0.at("x.\(suffix)")) }, repeats: false)
    }

  static let updates: [Job] = layouts.map { name, layout in
    Job(
      name: "update, \(name)", prepare: { try old.store($0.at("x.zarr"), layout: layout) },
      work: { folder in
        let writer = try ArrayWriter.open(folder.at("x.zarr"))
        try patch.write(region, to: writer)
        try writer.flush()
      },
      // File by file: each element is the old or the new one.
      isSound: { folder in
        let found = try ModelArray(reading: folder.at("x.zarr"))
        var new = old
        new.write(region, patch)
        return found.shape == old.shape
          && stride(from: 0, to: found.bytes.count, by: 2).allSatisfy { place in
            let element = found.bytes[place..<place + 2]
            return element == old.bytes[place..<place + 2] || element == new.bytes[place..<place + 2]
          }
      },
      isDone: { folder in
        var new = old
        new.write(region, patch)
        return try ModelArray(reading: folder.at("x.zarr")) == new
      })
  }

  private func clear(_ folder: TemporaryFolder) throws {
    for name in folder.names { try Directory.remove(folder.at(name)) }
  }

  @Test(arguments: appends + adoptions + creations + updates)
  func whatIsThereIsOldOrNew(_ job: Job) throws {
    let folder = try TemporaryFolder()
    try job.prepare(folder)
    let counter = FaultInjector(failing: .max, code: 0)
    try FaultInjector.$current.withValue(counter) { try job.work(folder) }
    #expect(try job.isDone(folder))
    #expect(counter.count > 8)
    var afterwards: [Int] = []
    for (family, number) in FaultFamily.cases(calls: counter.count) {
      let note = "\(job), \(family), call \(number) of \(counter.count)"
      try clear(folder)
      try job.prepare(folder)
      let fault = family.injector(failing: number)
      let error = tesseraError(note) {
        try FaultInjector.$current.withValue(fault) { try job.work(folder) }
      }
      if try !job.isSound(folder) { Issue.record("\(note): neither old nor new; \(error as Any)") }
      let isDone = try job.isDone(folder)
      if error == nil {
        if !isDone { Issue.record("\(note): done, but not there") }
        continue
      }
      if isDone, error?.what.hasPrefix("is in place") != true { afterwards.append(number) }
      if !family.forever, !isDone {
        let left = try leftovers(folder.path)
        if left != [] { Issue.record("\(note): left \(left); \(error as Any)") }
      }
      if !isDone || job.repeats {
        if let again = tesseraError(note, { try job.work(folder) }) {
          Issue.record("\(note): once the fault had passed: \(again)")
        } else if try !job.isDone(folder) || !leftovers(folder.path).isEmpty {
          Issue.record("\(note): wrong once the fault had passed: \(try leftovers(folder.path))")
        }
      }
    }
    // Changes to an existing array are published file by file, so a failure may come after the last of them.
    if !job.description.hasPrefix("update") { #expect(afterwards == []) }
  }

  @Test(arguments: appends + adoptions + creations + updates)
  func shortReadsAndWritesChangeNothing(_ job: Job) throws {
    let folder = try TemporaryFolder()
    try job.prepare(folder)
    let short = FaultInjector([.read, .write], failing: 0, code: 0, forever: true, shortens: true)
    try FaultInjector.$current.withValue(short) { try job.work(folder) }
    #expect(try job.isDone(folder))
    #expect(short.count > 10)
  }

  /// A write that fails is an error for the caller; going on and closing must not publish half a chunk.
  @Test(arguments: layouts.map(\.1))
  func closingAfterAFailedWrite(_ layout: ArrayLayout) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    let old = WriterFaultTests.old
    var new = old
    new.write(WriterFaultTests.region, WriterFaultTests.patch)
    for number in 0..<60 {
      try clear(folder)
      try old.store(path, layout: layout)
      let note = "\(layout), call \(number)"
      let writer = try ArrayWriter.open(path)
      let fault = FaultInjector([.write, .truncate, .read], failing: number, code: ENOSPC)
      let failed = tesseraError(note) {
        try FaultInjector.$current.withValue(fault) {
          try WriterFaultTests.patch.write(WriterFaultTests.region, to: writer)
        }
      }
      if failed == nil { break }
      _ = tesseraError(note) { try writer.close() }
      _ = consume writer
      let found = try? ModelArray(reading: path)
      let isSound = found.map { found in
        stride(from: 0, to: found.bytes.count, by: 2).allSatisfy { place in
          let element = found.bytes[place..<place + 2]
          return element == old.bytes[place..<place + 2] || element == new.bytes[place..<place + 2]
        }
      }
      if isSound != true { Issue.record("\(note): damaged: \(found as Any)") }
      let problems = try Verification(path).run().problems
      if problems != [] { Issue.record("\(note): \(problems)") }
    }
  }

  /// And a failed write that is repeated is as if it had not failed.
  @Test(arguments: layouts.map(\.1))
  func repeatingAFailedWrite(_ layout: ArrayLayout) throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.zarr")
    var new = WriterFaultTests.old
    new.write(WriterFaultTests.region, WriterFaultTests.patch)
    for number in 0..<60 {
      try clear(folder)
      try WriterFaultTests.old.store(path, layout: layout)
      let writer = try ArrayWriter.open(path)
      let fault = FaultInjector([.write, .truncate, .read, .open, .map, .stat], failing: number, code: EIO)
      let failed = tesseraError {
        try FaultInjector.$current.withValue(fault) {
          try WriterFaultTests.patch.write(WriterFaultTests.region, to: writer)
        }
      }
      if failed == nil { break }
      let note = "\(layout), call \(number), \(failed as Any)"
      let error = tesseraError(note) {
        try WriterFaultTests.patch.write(WriterFaultTests.region, to: writer)
        try writer.close()
      }
      if error != nil { Issue.record("\(note): then \(error as Any)") }
      if try ModelArray(reading: path) != new { Issue.record("\(note): wrong") }
      if try !leftovers(folder.path).isEmpty { Issue.record("\(note): left \(try leftovers(folder.path))") }
    }
  }
}
