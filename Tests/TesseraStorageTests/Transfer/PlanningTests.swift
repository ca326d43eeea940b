import TesseraCore
import TesseraIO
import Testing
@testable import TesseraStorage

@Suite struct PlanningTests {
  private static let mebibyte = 1 << 20

  /// What 64 MiB are refused by, and how many plans were made.
  private func refusal(
    _ plan: (_ memory: Int) throws -> Void
  ) throws -> (error: TesseraError, plans: Int) {
    var plans = 0
    do {
      try TransferOptions(memory: 64 * PlanningTests.mebibyte).planning { options in
        plans += 1
        try plan(options.memory)
      }
    } catch let error as TesseraError {
      return (error, plans)
    }
    return (TesseraError(.usage, "nothing was refused"), plans)
  }

  private func tooSmall(_ named: Int) -> TesseraError {
    TesseraError(.memory, "too small").naming(leastMemory: named)
  }

  /// Each refusal names what does for one step more.
  @Test func theBudgetThatDoesIsNamed() throws {
    let refused = try refusal { memory in
      if memory < 70 * PlanningTests.mebibyte { throw tooSmall(memory + PlanningTests.mebibyte) }
    }
    #expect(refused.error.leastMemory == 70 * PlanningTests.mebibyte)
    #expect(refused.error.expected == "--memory 70MiB or more")
  }

  @Test func noneIsNamedWhereNoneDoes() throws {
    let refused = try refusal { throw tooSmall($0 + PlanningTests.mebibyte) }
    #expect(refused.plans == 65)
    #expect(refused.error.leastMemory == nil && refused.error.expected == "--memory of more than 128MiB")
  }

  /// Greater budgets may be refused by what names none.
  @Test func noneIsNamedWhereMoreIsRefusedOtherwise() throws {
    let refused = try refusal { memory in
      throw memory < 80 * PlanningTests.mebibyte
        ? tooSmall(80 * PlanningTests.mebibyte) : TesseraError(.memory, "not enough")
    }
    #expect(refused.error.leastMemory == nil && refused.error.expected == "--memory of more than 80MiB")
  }

  @Test func whatTheProcessCannotHaveIsNotPlannedWith() throws {
    let refused = try refusal { _ in throw tooSmall(1 << 60) }
    #expect(refused.plans == 1)
    #expect(refused.error.leastMemory == nil)
    #expect(refused.error.expected == "--memory of more than \((1 << 40) - 1)MiB")
  }

  /// Somebody waits for it.
  @Test func aRefusalTakesASecondOrSo() throws {
    let refused = try refusal { memory in
      let begun = ProcessLimits.worked
      while ProcessLimits.worked - begun < 0.3 {}
      throw tooSmall(memory + PlanningTests.mebibyte)
    }
    #expect(refused.plans <= 5)
    #expect(refused.error.leastMemory == nil)
  }
}
