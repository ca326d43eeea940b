import TesseraCore
import TesseraEngine
import Testing

@Suite struct SmokeTests {
  @Test func reductions() throws {
    let x = try NDArray((0..<24).map(Float.init), shape: [2, 3, 4])
    #expect(try x.sum(axis: 0).elements(as: Float.self) == (0..<12).map { Float(2 * $0 + 12) })
    #expect(try x.transposed().sum(axis: [0, 1]).elements(as: Float.self) == [66, 210])
    #expect(try x.max().item(as: Float.self) == 23)
    #expect(try x.argmax().item(as: Int64.self) == 23)
  }
}
