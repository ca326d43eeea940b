import TesseraStorage
import Testing

@Suite struct MemoryModelRegressionTests {
  /// "The message names the least that would do": it does, and a MiB less does not.
  @Test(arguments: [1, 30 << 20, 100 << 20, 333 << 20, 336 << 20, 340 << 20, 1 << 30, 5 << 30, 1 << 40])
  func theLeastBudgetDoesAndIsTheLeast(_ buffers: Int) throws {
    let least = MemoryModel.leastBudget(buffers: buffers)
    #expect(try MemoryModel(budget: least).buffers >= buffers)
    if least > MemoryModel.leastBudget + (1 << 20) {
      #expect(try MemoryModel(budget: least - (1 << 20)).buffers < buffers)
    }
  }

  @Test func claimsDoNotOverflow() {
    #expect(MemoryModel.leastBudget(buffers: .max) > 1 << 50)
  }
}
