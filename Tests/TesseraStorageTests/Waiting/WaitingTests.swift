import TesseraCore
import TesseraIO
import Testing

@testable import TesseraStorage

/// Writers of the same array that wait for one another lose nothing.
@Suite struct WaitingTests {
  /// The arrays that are appended to: in place, by a new file, in shards that hold rows of several writers.
  static let forms = ["x.npy", "fortran.npy", "x.zarr", "g.zarr/a/x"]

  /// Rows of two columns: who wrote it, and the how manieth it is.
  static func row(_ writer: Int, _ number: Int) -> [UInt8] { [UInt8(writer), UInt8(number)] }

  static func make(_ path: String, rows: [[UInt8]]) throws {
    let array = ModelArray(shape: [rows.count, 2], dtype: .uint8, bytes: rows.flatMap { $0 })
    if path.hasSuffix("fortran.npy") {
      let header = try NpyHeader.bytes(dtype: .uint8, fortranOrder: true, shape: Shape([rows.count, 2]))
      let file = try File(path, .create)
      try file.write(header + rows.map { $0[0] } + rows.map { $0[1] }, at: 0)
    } else if path.hasSuffix(".npy") {
      try array.writeNpy(path)
    } else {
      try array.writeNpy(path.prefix { $0 != "." } + ".source.npy")
      _ = try Conversion(
        from: path.prefix { $0 != "." } + ".source.npy", to: path,
        layout: .init(codec: .lz4, chunks: [2, 2], shards: .shape([6, 2])), options: .init(threads: 1)
      ).run()
    }
  }

  static func rows(_ path: String) throws -> [[UInt8]] {
    let bytes = try ModelArray(reading: path).bytes
    return stride(from: 0, to: bytes.count, by: 2).map { Array(bytes[$0..<$0 + 2]) }
  }

  @Test(arguments: forms) func appendersLoseNothing(_ form: String) throws {
    let folder = try TemporaryFolder()
    let (writers, each) = (4, 8)
    try WaitingTests.make(folder.at(form), rows: [WaitingTests.row(99, 0)])
    for writer in 0..<writers {
      for number in 0..<each {
        try WaitingTests.make(
          folder.at("\(writer)-\(number).npy"), rows: [WaitingTests.row(writer, number)])
      }
    }
    try WorkerTeam.run(threads: writers) { writer in
      for number in 0..<each {
        try Appending(
          [folder.at("\(writer)-\(number).npy")], to: folder.at(form),
          options: .init(memory: 64 << 20, threads: 1, waiting: Waiting())
        ).run()
      }
    }
    let rows = try WaitingTests.rows(folder.at(form))
    #expect(rows.count == 1 + writers * each)
    for writer in 0..<writers {
      #expect(
        rows.filter { $0[0] == writer } == (0..<each).map { WaitingTests.row(writer, $0) },
        "rows of writer \(writer)")
    }
    #expect(try Verification(folder.at(form)).run().problems == [])
    #expect(!folder.names.contains { $0.hasSuffix("tessera-partial") })
  }

  /// Processes of their own, each with every fourth row: rows of all are in each chunk.
  @Test(arguments: ["x.npy", "x.zarr"]) func writersOfRegionsLoseNothing(_ name: String) async throws {
    let folder = try TemporaryFolder()
    try WaitingTests.make(folder.at(name), rows: .init(repeating: [0, 0], count: 40))
    await withTaskGroup { group in
      for writer in 0..<4 {
        let path = folder.at(name)
        group.addTask {
          await #expect(processExitsWith: .success) { [path = path as String, writer = writer as Int] in
            for number in stride(from: writer, to: 40, by: 4) {
              let array = try ArrayWriter.open(path, waiting: Waiting())
              try array.write(
                Region([number..<number + 1, 0..<2]), WaitingTests.row(writer + 1, number))
              try array.close()
            }
          }
        }
      }
    }
    #expect(try WaitingTests.rows(folder.at(name)) == (0..<40).map { WaitingTests.row($0 % 4 + 1, $0) })
  }

  /// Each converts into a group that none has made, and all are listed in the end.
  @Test(arguments: [2, 3]) func membersOfOneGroupAreAllListed(_ version: Int) throws {
    let folder = try TemporaryFolder()
    for round in 0..<5 {
      try WorkerTeam.run(threads: 6) { writer in
        let source = folder.at("\(round)-\(writer).npy")
        try WaitingTests.make(source, rows: [WaitingTests.row(writer, round)])
        try Conversion(
          from: source, to: folder.at("\(round).zarr/deep/\(writer)"),
          layout: .init(chunks: [1, 2], shards: .none, zarrFormat: version),
          options: .init(memory: 64 << 20, threads: 1)
        ).run()
      }
      let group = folder.at("\(round).zarr")
      for (path, prefix) in [(group, "deep/"), (Path.join(group, "deep"), "")] {
        guard case .group(let found) = try ZarrStore.open(path) else {
          Issue.record("\(path) is no group")
          continue
        }
        #expect(found.consolidated?.map(\.path) == (0..<6).map { "\(prefix)\($0)" })
      }
      for writer in 0..<6 {
        #expect(
          try WaitingTests.rows(Path.join(group, "deep/\(writer)")) == [WaitingTests.row(writer, round)])
      }
    }
  }

  @Test(arguments: ["x.npy", "x.zarr"]) func waitingIsToldOnceAndCanBeCancelled(_ name: String) throws {
    let folder = try TemporaryFolder()
    try WaitingTests.make(folder.at(name), rows: [[1, 2]])
    let first = try ArrayWriter.open(folder.at(name))
    let token = CancellationToken()
    let lines = Lock<[String]>([])
    let waiting = Waiting(cancellation: token) { line in
      lines.withLock { $0.append(line) }
      token.cancel()
    }
    #expect(tesseraError { _ = try ArrayWriter.open(folder.at(name), waiting: waiting) }?.kind == .cancelled)
    #expect(
      lines.withLock { $0 } == ["\(folder.at(name)): this process is writing here"]
        || lines.withLock { $0 } == ["\(folder.at(name)): another process is writing here"])
    try first.close()
    // Nobody is there any more, so nobody is asked.
    try ArrayWriter.open(folder.at(name), waiting: Waiting { _ in Issue.record("it waited") }).close()
  }

  /// A destination that another has put in place meanwhile is there, as if it had been before.
  @Test func aDestinationThatAppearsWhileOneWaits() throws {
    let folder = try TemporaryFolder()
    for (overwrite, kind) in [(false, TesseraError.Kind.exists as TesseraError.Kind?), (true, nil)] {
      try Directory.remove(folder.at("x.zarr"))
      let first = try ArrayWriter.create(folder.at("x.zarr"), shape: Shape([2]), dtype: .uint8)
      try first.write(Region([0..<2]), [1, 1] as [UInt8])
      // Closed by the waiting itself, so that it surely waits.
      let waiting = Waiting { _ in try? first.close() }
      let error = tesseraError {
        let second = try ArrayWriter.create(
          folder.at("x.zarr"), shape: Shape([2]), dtype: .uint8, overwrite: overwrite, waiting: waiting)
        try second.write(Region([0..<2]), [2, 2] as [UInt8])
        try second.close()
      }
      #expect(error?.kind == kind)
      #expect(try ModelArray(reading: folder.at("x.zarr")).bytes == (overwrite ? [2, 2] : [1, 1]))
      #expect(folder.names == ["x.zarr"])
    }
  }

  @Test func adoptingWaitsForRowsThatAreAppended() throws {
    let folder = try TemporaryFolder()
    let path = folder.at("x.npy")
    try WaitingTests.make(path, rows: [[1, 2], [3, 4]])
    let refused = try Adoption(path, as: folder.at("a.zarr"), keepsLink: true)
    let first = try ArrayWriter.open(path)
    let waiting = Waiting { _ in
      try? first.append([5, 6] as [UInt8])
      try? first.close()
    }
    try Adoption(path, as: folder.at("x.zarr"), keepsLink: true, waiting: waiting).run()
    #expect(try WaitingTests.rows(folder.at("x.zarr")) == [[1, 2], [3, 4], [5, 6]])
    #expect(tesseraError { try refused.run() }?.kind == .busy)
    #expect(folder.names == ["x.npy", "x.zarr"])
  }

  /// The size may be asked for before, and the header read after, rows come. (Readers take no locks.)
  @Test func headersOfAFileThatGrowsAreRead() throws {
    let folder = try TemporaryFolder()
    let file = try File(folder.at("x.npy"), .create)
    @Sendable func header(_ rows: Int) throws -> [UInt8] {
      try NpyHeader.bytes(dtype: .uint8, fortranOrder: false, shape: Shape([rows, 2]))
    }
    let start = try header(1).count
    try file.write(try header(1) + [1, 2], at: 0)
    try WorkerTeam.run(threads: 2) { number in
      for rows in 2...400 {
        if number == 0 {
          try file.write([1, 2] as [UInt8], at: start + 2 * (rows - 1))
          try file.write(try header(rows), at: 0)
        } else {
          #expect(try NpyHeader.read(file).dataOffset == start)
        }
      }
    }
    // What is too short stays an error.
    try file.truncate(to: start + 1)
    #expect(tesseraError { _ = try NpyHeader.read(file) }?.kind == .corrupt)
  }
}
