import TesseraCore
import Testing

@testable import TesseraIO

@Suite struct PageLoanTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let mebibyte = 1 << 20

  private func mapping(_ bytes: [UInt8], limit: Int) throws -> Mapping {
    try Mapping(File(folder.write("x", bytes)), window: ResidentWindow(limit: limit))
  }

  private static func copy(_ range: Range<Int>, of mapping: Mapping, _ loan: PageLoan) throws -> [UInt8]? {
    try loan.borrow(range, of: mapping).map {
      let bytes = Array(UnsafeRawBufferPointer(start: $0, count: range.count))
      try loan.confirm()
      return bytes
    }
  }

  /// In order, overlapping, or anywhere; held together or not.
  @Test(arguments: UInt64(0)..<4) func whatIsLentIsTheFilesBytes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bytes = random.bytes(3 << 20)
    let mapping = try mapping(bytes, limit: 16 << 20)
    let loan = PageLoan()
    var start = 0
    for _ in 0..<100 {
      let count = Int.random(in: 1...300_000, using: &random)
      if start + count > bytes.count || Int.random(in: 0..<4, using: &random) == 0 {
        start = Int.random(in: 0...bytes.count - count, using: &random)
      }
      let range = start..<start + count
      #expect(
        try PageLoanTests.copy(range, of: mapping, loan) == Array(bytes[range]), "seed \(seed), \(range)")
      start = range.upperBound
    }
  }

  /// Huge pages of 2 MiB are counted, and a quarter of the window is left for others.
  @Test func noMoreIsLentThanTheWindowHas() throws {
    let mapping = try mapping([UInt8](repeating: 1, count: 12 << 20), limit: 8 << 20)
    let loans = (0..<4).map { _ in PageLoan() }
    for (number, loan) in loans.enumerated() {
      let start = number * 2 * PageLoanTests.mebibyte
      #expect((loan.borrow(start..<start + 5000, of: mapping) != nil) == (number < 3), "\(number)")
    }
    loans[1].giveBack()
    #expect(loans[3].borrow(0..<1, of: mapping) != nil)
    // A range that crosses into the next page needs room for both.
    loans[3].giveBack()
    let crossing = 2 * PageLoanTests.mebibyte - 1..<2 * PageLoanTests.mebibyte + 1
    #expect(loans[3].borrow(crossing, of: mapping) == nil)
  }

  @Test func neighboursAreHeldTogetherWhileThereIsRoom() throws {
    let mapping = try mapping([UInt8](repeating: 1, count: 24 << 20), limit: 8 << 20)
    let (loan, other) = (PageLoan(), PageLoan())
    for start in stride(from: 0, to: 24 << 20, by: 1 << 19) {
      #expect(loan.borrow(start..<start + 1 << 19, of: mapping) != nil, "\(start)")
    }
    loan.giveBack()
    #expect(other.borrow(0..<6 << 20, of: mapping) != nil)
    other.giveBack()
    #expect(other.borrow(0..<(6 << 20) + 1, of: mapping) == nil)
  }

  @Test func aLoanOfAnotherFileGivesTheFirstOneBack() throws {
    let window = ResidentWindow(limit: 4 << 20)
    let first = try Mapping(File(folder.write("x", [UInt8](repeating: 1, count: 5000))), window: window)
    let second = try Mapping(File(folder.write("y", [UInt8](repeating: 2, count: 5000))), window: window)
    let loan = PageLoan()
    for _ in 0..<3 {
      #expect(try PageLoanTests.copy(1000..<1001, of: first, loan) == [1])
      #expect(try PageLoanTests.copy(1000..<1001, of: second, loan) == [2])
    }
  }

  @Test func whatTheFileLostIsNotLent() throws {
    let mapping = try mapping([UInt8](repeating: 1, count: 100_000), limit: 8 << 20)
    let loan = PageLoan()
    #expect(loan.borrow(50_000..<100_001, of: mapping) == nil, "behind the end")
    #expect(loan.borrow(0..<100_000, of: mapping) != nil)
    try File(folder.at("x"), .readWrite).truncate(to: 5000)
    #expect(#expect(throws: TesseraError.self) { try loan.confirm() }?.kind == .corrupt)
    #expect(PageLoan().borrow(50_000..<60_000, of: mapping) == nil)
  }
}
