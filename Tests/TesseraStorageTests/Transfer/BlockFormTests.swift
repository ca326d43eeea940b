import TesseraCore
import Testing

@testable import TesseraStorage

/// Blocks that several destinations can take.
@Suite struct BlockFormTests {
  private func sinks(
    _ shape: Shape, contiguous: Bool, _ random: inout SeededGenerator
  ) -> [SinkRequirements] {
    (0..<Int.random(in: 2...4, using: &random)).map { _ in
      let isDivisible = Bool.random(using: &random)
      let chunk = shape.dimensions.map { Int.random(in: 1...($0 + 3), using: &random) }
      if isDivisible { return NpySink.requirements(shape, dtype: .float64) }
      return SinkRequirements(
        shape: shape, dtype: .float32, unit: chunk,
        fileShape: chunk.map { $0 * Int.random(in: 1...3, using: &random) })
    } + (contiguous ? [NpzSink.requirements(shape, dtype: .int16)] : [])
  }

  /// Along every axis a block is whole chunks of each destination, or all of the array.
  @Test(arguments: 0..<300 as Range<UInt64>) func blocksAreWholeChunksOfAll(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rank = Int.random(in: 0...3, using: &random)
    let shape = try Shape((0..<rank).map { _ in Int.random(in: 1...40, using: &random) })
    let sinks = sinks(shape, contiguous: seed % 3 == 0, &random)
    let form = BlockForm(sinks)
    #expect(form.isContiguous == (seed % 3 == 0))
    let most = Int.random(in: 1...2000, using: &random)
    let plan = try #require(
      try BlockPlan(
        shape, unit: form.unit, fileShape: form.fileShape, granule: form.unit,
        isContiguous: form.isContiguous,
        itemSize: 1, limits: .init(bytes: 1 << 30, leastBytes: most) { $0.reduce(1, *) }))
    for sink in sinks where !sink.isDivisible {
      for axis in 0..<rank {
        let isWhole = plan.block[axis] % sink.unit[axis] == 0 || plan.block[axis] >= shape[axis]
        #expect(isWhole, "seed \(seed): \(plan.block) of \(shape), chunks \(sink.unit)")
        if form.isContiguous { continue }
        let file = sink.fileShape![axis]
        let holdsFiles = plan.group[axis] % file == 0 || plan.group[axis] >= shape[axis]
        #expect(holdsFiles, "seed \(seed): \(plan.group) of \(shape), files \(file)")
      }
    }
    var end = 0
    var seen = 0
    for number in 0..<plan.count {
      let block = plan.region(number)
      seen += block.count
      guard form.isContiguous else { continue }
      // One stretch after another, in C order.
      let start = zip(block.lower, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(start == end, "seed \(seed), block \(number): \(block)")
      end = start + block.count
    }
    #expect(seen == shape.count, "seed \(seed)")
  }

  @Test func oneDestinationKeepsItsOwn() throws {
    let shape = try Shape([100, 100])
    let sink = SinkRequirements(shape: shape, dtype: .float32, unit: [7, 300], fileShape: [14, 300])
    let form = BlockForm([sink])
    #expect(form.unit == [7, 300] && form.fileShape == [14, 300] && !form.isContiguous)
  }
}
