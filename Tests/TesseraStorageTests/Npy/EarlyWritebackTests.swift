import TesseraIO
import TesseraTestSupport
import Testing

@testable import TesseraStorage

@Suite struct EarlyWritebackTests {
  /// What is remembered of a file is bounded by its size, however many stretches a block has parts in.
  @Test func onlyLongStretchesAreRememberedUntilTheyAreWhole() throws {
    let folder = try TemporaryFolder()
    let file = try File(folder.at("x"), .create)
    try file.write([1], at: 0)
    let writeback = EarlyWriteback(file)
    func remembered() -> Int { writeback.begun.withLock { $0.count } }
    for start in stride(from: 0, to: 1 << 20, by: 64) { writeback.add(8, of: start..<start + 64) }
    #expect(remembered() == 0)
    let long = 128..<128 + (16 << 20)
    writeback.add(5 << 20, of: long)
    writeback.add(5 << 20, of: long)
    #expect(remembered() == 1)
    writeback.add(long.count - (10 << 20), of: long)
    #expect(remembered() == 0)
    try file.sync()
  }
}
