import TesseraCore
import TesseraIO
import Testing

@Suite struct LockTests {
  @Test func oneThreadAtATime() throws {
    let lock = Lock((count: 0, isInside: false))
    try WorkerTeam.run(threads: 4) { _ in
      for _ in 0..<10_000 {
        let wasInside = lock.withLock { state in
          let wasInside = state.isInside
          state.isInside = true
          state.count += 1
          state.isInside = false
          return wasInside
        }
        #expect(!wasInside)
      }
    }
    #expect(lock.withLock { $0.count } == 40_000)
  }

  @Test func anErrorReleasesIt() throws {
    let lock = Lock(0)
    #expect(throws: TesseraError.self) {
      try lock.withLock { value in
        value = 1
        throw TesseraError(.cancelled, "cancelled")
      }
    }
    #expect(lock.withLock { $0 } == 1)
  }

  @Test func holdsWhatCannotBeCopied() {
    struct Single: ~Copyable { var value = 0 }
    let lock = Lock(Single())
    lock.withLock { $0.value = 7 }
    #expect(lock.withLock { $0.value } == 7)
  }
}
