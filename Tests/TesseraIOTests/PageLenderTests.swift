import Synchronization
import TesseraCore
import TesseraTestSupport
import Testing

@testable import TesseraIO

/// Bytes that are lent where they are mapped; whether it is worth it is told by the tests instead of the kernel.
@Suite struct PageLenderTests {
  private let folder: TemporaryFolder
  private let window = PageLender.windowBytes
  init() throws { folder = try TemporaryFolder() }

  /// A file of so many bytes, each of which tells its place.
  private func mapping(_ count: Int) throws -> Mapping {
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      for place in 0..<count { buffer[place] = UInt8(truncatingIfNeeded: place &* 0x9E37_79B1 >> 16) }
      initialized = count
    }
    // A window of its own, which nobody else's reads fill.
    return try Mapping(File(folder.write("x", bytes)), window: ResidentWindow(limit: .max))
  }

  /// Faults as of folios of a huge page, and the windows that were asked for.
  private final class Kernel: Sendable {
    private let asked = Lock<[Int]>([])
    private let faults: @Sendable (Int) -> Int?

    init(_ faults: @escaping @Sendable (_ window: Int) -> Int?) { self.faults = faults }

    func lender(of mapping: Mapping) -> PageLender {
      PageLender { address, count in
        let number = (address - mapping.bytes.baseAddress!) / PageLender.windowBytes
        #expect(count == PageLender.windowBytes)
        self.asked.withLock { $0.append(number) }
        return self.faults(number)
      }
    }

    var windows: [Int] { asked.withLock { $0 } }
  }

  @Test func whatIsLentIsWhatTheFileHolds() throws {
    let mapping = try mapping(5 * window)
    let lender = PageLender { _, _ in 1 }
    var random = SeededGenerator(seed: 5)
    for _ in 0..<100 {
      let start = Int.random(in: 0..<5 * window - 1, using: &random)
      let end = Int.random(in: start + 1...min(5 * window, start + 3 * window / 2), using: &random)
      let lent = try #require(try lender.lend(MappedBytes(mapping, start..<end)))
      #expect(lent == mapping.bytes.baseAddress! + start)
      #expect(lent.load(as: UInt8.self) == UInt8(truncatingIfNeeded: start &* 0x9E37_79B1 >> 16))
    }
    try lender.giveBack()
  }

  @Test func windowsAreTriedOnceWhileTheReaderIsInThem() throws {
    let mapping = try mapping(6 * window)
    let kernel = Kernel { _ in 1 }
    let lender = kernel.lender(of: mapping)
    func lends(_ range: Range<Int>) throws -> Bool { try lender.lend(MappedBytes(mapping, range)) != nil }
    let half = window / 2
    for block in 0..<8 { #expect(try lends(block * half + 128..<(block + 1) * half + 128)) }
    #expect(kernel.windows == [0, 1, 2, 3, 4])
    // Ahead, back, and where it is.
    #expect(try lends(5 * window..<6 * window))
    #expect(try lends(0..<window))
    #expect(try lends(0..<2 * window))
    #expect(kernel.windows == [0, 1, 2, 3, 4, 5, 0, 1])
    try lender.giveBack()
    #expect(try lends(0..<1))
    #expect(kernel.windows.last == 0)
    #expect(kernel.windows.count == 9)
  }

  @Test func whereFaultsAreManyItIsTriedMoreAndMoreSeldom() throws {
    let mapping = try mapping(20 * window)
    for faults in [nil, 3] {
      let kernel = Kernel { _ in faults }
      let lender = kernel.lender(of: mapping)
      for number in 0..<20 {
        #expect(try lender.lend(MappedBytes(mapping, number * window..<(number + 1) * window)) == nil)
      }
      #expect(kernel.windows == [0, 2, 5, 10, 19])
    }
  }

  @Test func whereSomeFoliosAreLargeTheyAreLent() throws {
    let mapping = try mapping(8 * window)
    let kernel = Kernel { $0 < 2 ? 5 : 2 }
    let lender = kernel.lender(of: mapping)
    let lent = try (0..<8).filter {
      try lender.lend(MappedBytes(mapping, $0 * window..<($0 + 1) * window)) != nil
    }
    #expect(lent == [2, 3, 4, 5, 6, 7])
  }

  /// The last window may be less than a huge page.
  @Test func theRestOfAFileIsCopied() throws {
    let mapping = try mapping(2 * window + 5000)
    let lender = PageLender { _, _ in 1 }
    #expect(try lender.lend(MappedBytes(mapping, 0..<2 * window)) != nil)
    #expect(try lender.lend(MappedBytes(mapping, 2 * window..<2 * window + 5000)) == nil)
    #expect(try lender.lend(MappedBytes(mapping, window..<2 * window + 1)) == nil)
    #expect(try lender.lend(MappedBytes(mapping, 7..<7)) == nil)
    let small = try Mapping(File(folder.write("small", [1, 2, 3])))
    #expect(try lender.lend(MappedBytes(small, 0..<3)) == nil)
  }

  /// The zeros that stand for what is gone are never the last word.
  @Test func aFileThatIsTruncatedMeanwhileIsAnError() throws {
    let mapping = try mapping(4 * window)
    let lender = PageLender { _, _ in 1 }
    let lent = try #require(try lender.lend(MappedBytes(mapping, 2 * window..<3 * window)))
    try File(folder.at("x"), .readWrite).truncate(to: window)
    #expect(lent.load(fromByteOffset: 9000, as: UInt8.self) == 0)
    let error = #expect(throws: TesseraError.self) { try lender.giveBack() }
    #expect(error?.kind == .corrupt)
    // Told once; nothing is lent any more.
    try lender.giveBack()
  }

  /// A sanitizer's own memory has faults too.
  @Test(.enabled(if: !Sanitizer.isOn)) func theKernelCountsFaults() throws {
    let mapping = try mapping(window)
    withExtendedLifetime(mapping) {
      let base = mapping.bytes.baseAddress!
      let first = Syscalls.countFaults(base, count: window)
      // At most four places are touched, unless the disk had to be asked; what is there already takes none.
      #expect(first.map { (0...4).contains($0) } ?? true)
      _ = mapping.copy(0..<window)
      #expect(Syscalls.countFaults(base, count: window) == 0)
    }
  }

  @Test func whatMayBeResidentIsWholeWindows() {
    #expect(PageLender.mostResident(1) == window)
    #expect(PageLender.mostResident(2) == 2 * window)
    #expect(PageLender.mostResident(window) == 2 * window)
    #expect(PageLender.mostResident(window + 1) == 2 * window)
    #expect(PageLender.mostResident(window + 2) == 3 * window)
    #expect(PageLender.mostResident(.max) > 1 << 60)
  }
}
