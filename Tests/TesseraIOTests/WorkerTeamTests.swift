import Glibc
import Synchronization
import TesseraCore
import Testing

@testable import TesseraIO

@Suite struct WorkerTeamTests {
  @Test(arguments: [0, 1, 2, 7])
  func everyWorkerRunsOnce(_ threads: Int) throws {
    let seen = Lock<[Int]>([])
    try WorkerTeam.run(threads: threads) { worker in seen.withLock { $0.append(worker) } }
    #expect(seen.withLock { $0 }.sorted() == Array(0..<max(threads, 1)))
  }

  @Test func anErrorOfAnyWorkerIsThrownAfterAllHaveEnded() {
    for failing in 0..<4 {
      let ended = Atomic<Int>(0)
      let error = #expect(throws: TesseraError.self) {
        try WorkerTeam.run(threads: 4) { worker in
          defer { ended.wrappingAdd(1, ordering: .relaxed) }
          if worker == failing { throw TesseraError(.corrupt, "worker \(worker)") }
        }
      }
      #expect(error?.what == "worker \(failing)")
      #expect(ended.load(ordering: .relaxed) == 4)
    }
  }

  @Test func faultsReachTheThreads() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", [1])
    let fault = FaultInjector([.open], failing: 0, code: EIO, forever: true)
    let failures = Atomic<Int>(0)
    try FaultInjector.$current.withValue(fault) {
      try WorkerTeam.run(threads: 3) { _ in
        if (try? File(folder.at("x"))) == nil { failures.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    #expect(failures.load(ordering: .relaxed) == 3)
    _ = try File(folder.at("x"))
  }
}

@Suite struct OrderedGateTests {
  @Test(arguments: 0..<5)
  func numbersPassInOrder(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let delays = (0..<60).map { _ in UInt32.random(in: 0...300, using: &random) }
    let gate = OrderedGate()
    let next = Atomic<Int>(0)
    let passed = Lock<[Int]>([])
    try WorkerTeam.run(threads: 4) { _ in
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < delays.count else { return }
        usleep(delays[number])
        try gate.pass(number) { passed.withLock { $0.append(number) } }
      }
    }
    #expect(passed.withLock { $0 } == Array(0..<60), "seed \(seed)")
  }

  @Test func closingWakesThoseWhoWait() {
    let gate = OrderedGate()
    let error = #expect(throws: TesseraError.self) {
      try WorkerTeam.run(threads: 3) { worker in
        if worker == 2 {
          usleep(1000)
          gate.close()
        } else {
          try gate.pass(worker + 5) {}
        }
      }
    }
    #expect(error?.kind == .cancelled)
  }

  @Test func anErrorInsideClosesTheGate() {
    let gate = OrderedGate()
    #expect(throws: TesseraError.self) { try gate.pass(0) { throw TesseraError(.corrupt, "bad") } }
    #expect(#expect(throws: TesseraError.self) { try gate.pass(1) {} }?.kind == .cancelled)
  }

  /// Whoever waits for the failed one's turn hears `.cancelled`; the team must report the cause, not that.
  @Test func theCauseIsReportedAndNotItsEcho() {
    var echoes = 0
    for _ in 0..<200 {
      let gate = OrderedGate()
      do {
        try WorkerTeam.run(threads: 4) { worker in
          // The failing worker is neither first nor last, and the others wait for it.
          if worker == 1 { usleep(200) }
          try gate.pass(worker == 1 ? 0 : worker + 1) { throw TesseraError(.corrupt, "the cause") }
        }
      } catch let error as TesseraError {
        if error.kind == .cancelled { echoes += 1 }
      } catch {}
    }
    #expect(echoes == 0, "\(echoes) of 200 runs reported 'cancelled' instead of the cause")
  }
}
