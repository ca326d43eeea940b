import TesseraCore
import TesseraIO
import TesseraStorage
import TesseraTestSupport
import Testing

/// Memory that is freed leaves the process: budgets count what is in use.
@Suite(.enabled(if: !Sanitizer.isOn)) struct FreedMemoryTests {
  @Test func buffersOfGrowingSizesLeaveNoHoles() async throws {
    // In a process of its own, which has a peak of its own.
    await #expect(processExitsWith: .success) {
      _ = try MemoryModel(budget: 64 << 20)
      let before = ProcessLimits.peakResident
      let buffers = [Buffer(), Buffer()]
      // Each a little larger than the hole the one before left.
      for number in 0..<40 {
        let bytes = buffers[number % 2].reserve((8 << 20) + (number << 12))
        for page in stride(from: 0, to: bytes.count, by: 4096) { bytes[page] = 1 }
      }
      try #require(ProcessLimits.peakResident - before < 32 << 20)
    }
  }
}
