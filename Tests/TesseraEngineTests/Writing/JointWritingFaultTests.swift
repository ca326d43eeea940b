import TesseraCore
import TesseraEngine
import TesseraIO
import TesseraStorage
import TesseraTestSupport
import Testing

/// Every system call of writing several arrays fails in turn: all destinations are new, or all as they were.
@Suite struct JointWritingFaultTests {
  enum Job: CaseIterable {
    case archive, deflated, group, destinations

    #if Zlib
      static let possible = allCases
    #else
      static let possible = allCases.filter { $0 != .deflated }
    #endif
  }

  private func write(_ job: Job, _ source: String, _ folder: TemporaryFolder, overwrite: Bool) throws {
    let x = try NDArray.open(source)
    var options = TransferOptions(memory: 64 << 20, threads: 1, overwrite: overwrite)
    options.gatheredBytes = 0
    let members = [("z", try x * 2), ("large", try x .> 3), ("wide", try x.astype(.float64) + 1)]
    let layout = ArrayLayout(codec: .lz4, chunks: [4, 4], shards: .shape([8, 8]))
    switch job {
    case .archive: try NDArray.savez(to: folder.at("out.npz"), members, options: options)
    case .deflated: try NDArray.savezCompressed(to: folder.at("out.npz"), members, options: options)
    case .group: try NDArray.write(members, to: folder.at("out.zarr"), layout: layout, options: options)
    case .destinations:
      try NDArray.write(
        [
          .init(members[0].1, to: folder.at("a.npy")), .init(members[1].1, to: folder.at("b.npz")),
          .init(members[2].1, to: folder.at("c.zarr"), layout: layout),
        ], options: options)
    }
  }

  /// What is replaced: something else at each place.
  private func prepare(_ job: Job, _ folder: TemporaryFolder, overwrite: Bool) throws {
    for name in folder.names { try Directory.remove(folder.at(name)) }
    if !overwrite { return }
    let old = try NDArray([9.0, 8, 7])
    let names =
      switch job {
      case .archive, .deflated: ["out.npz"]
      case .group: ["out.zarr"]
      case .destinations: ["a.npy", "b.npz", "c.zarr"]
      }
    for name in names { try old.write(to: folder.at(name)) }
  }

  /// Whether every destination is as it was before or as it shall be.
  private func isMixture(
    _ found: [String: [UInt8]], _ old: [String: [UInt8]], _ new: [String: [UInt8]]
  ) -> Bool {
    func parts(_ files: [String: [UInt8]]) -> [Substring: [String: [UInt8]]] {
      files.reduce(into: [:]) { $0[$1.key.split(separator: "/")[0], default: [:]][$1.key] = $1.value }
    }
    let (found, old, new) = (parts(found), parts(old), parts(new))
    return Set(found.keys).union(old.keys).union(new.keys).allSatisfy {
      found[$0] == old[$0] || found[$0] == new[$0]
    }
  }

  @Test(arguments: Job.possible, [false, true])
  func allOrNothing(_ job: Job, _ overwrite: Bool) throws {
    let sources = try TemporaryFolder()
    let source = sources.at("x.npy")
    try NDArray.random([14, 11], seed: 1).write(to: source)
    let before = try snapshot(sources.path)
    let work = try TemporaryFolder()
    func attempt() throws { try write(job, source, work, overwrite: overwrite) }

    try prepare(job, work, overwrite: overwrite)
    let old = try snapshot(work.path)
    let counter = FaultInjector(failing: .max, code: 0)
    try FaultInjector.$current.withValue(counter) { try attempt() }
    let new = try snapshot(work.path)
    #expect(counter.count > 20 && new != old)

    for (family, number) in FaultFamily.cases(calls: counter.count) {
      try prepare(job, work, overwrite: overwrite)
      let fault = family.injector(failing: number)
      let note = "\(job), overwrite \(overwrite), \(family), call \(number)"
      var failure: (any Error)?
      do { try FaultInjector.$current.withValue(fault) { try attempt() } } catch { failure = error }
      var found = try snapshot(work.path) ?? [:]
      let left = found.keys.filter { $0.contains("tessera-partial") }
      for name in left { found[name] = nil }
      if failure == nil {
        #expect(found == new, "\(note)")
        continue
      }
      guard let error = failure as? TesseraError else {
        Issue.record("\(note): \(failure as Any)")
        continue
      }
      // Files within the staging folder are replaced too, and say so of themselves.
      let isInPlace =
        error.what.hasPrefix("is in place") && error.path?.contains("tessera-partial") == false
      // A fault for ever hits the steps that undo others as well: then each of them is whole.
      let isSound =
        family.forever ? isMixture(found, old ?? [:], new ?? [:]) : found == (isInPlace ? new : old)
      if !isSound { Issue.record("\(note), \(error): neither old nor new: \(found.keys.sorted())") }
      if !family.forever, !left.isEmpty { Issue.record("\(note): left \(left)") }
      #expect(error.kind != .cancelled, "\(note)")
      if number % 7 == 0, found == old {
        try attempt()
        #expect(try snapshot(work.path) == new, "\(note): after the fault had passed")
      }
    }
    #expect(try snapshot(sources.path) == before, "sources are untouched")
  }
}
