import TesseraCore
import TesseraEngine
import TesseraTestSupport
import Testing

@Suite struct AccessMapTests {
  /// Views of views, each also as a naive array of the base's positions.
  @Test(arguments: 0..<300) func chainsOfViewsFindTheSameElements(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let base = NaiveArray(random.shape())
    var (map, view) = (AccessMap.identity(base.shape.count), base)
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      let next: AccessMap
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        let selection = try Selection(items(view.shape, &random)).resolve(Shape(view.shape))
        (next, view) = (AccessMap(selection), view.selecting(selection))
      case 1:
        let order = view.shape.indices.shuffled(using: &random)
        (next, view) = (AccessMap(transposing: order), view.transposed(order))
      default:
        let more = random.shape(rank: 0...1)
        let target = more + view.shape.map { $0 == 1 ? Int.random(in: 1...3, using: &random) : $0 }
        next = .broadcast(try Shape(view.shape), to: try Shape(target))
        view = view.broadcast(target)
      }
      map = next.composed(with: map)
      #expect(map.rank == view.shape.count)
      if view.shape.count > 5 { break }
    }
    let selection = random.selection(of: view.shape)
    let needed = map.resolve(selection)
    let found = NaiveArray(selection.counts) { index in
      base[zip(map.axes, needed.axes).map { $1.start + $1.step * ($0.source.map { index[$0] } ?? 0) }]
    }
    #expect(found.elements == view.taking(selection).elements, "seed \(seed)")
    let compact = map.compact(selection.counts)
    let repeats = Set(map.axes.compactMap(\.source))
    #expect(compact == selection.counts.enumerated().map { repeats.contains($0.offset) ? $0.element : 1 })
    #expect(map.isInjective == (repeats.count == map.rank))
  }

  /// Slices, positions, new axes; never empty.
  private func items(_ shape: [Int], _ random: inout SeededGenerator) -> [Selection.Item] {
    var items: [Selection.Item] = shape.map { length in
      let place = Int.random(in: 0..<length, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: return .index(place - (Bool.random(using: &random) ? length : 0))
      case 1: return .slice(start: place, step: Int.random(in: 1...3, using: &random))
      case 2: return .slice(start: place, step: -Int.random(in: 1...3, using: &random))
      default: return .slice()
      }
    }
    if Bool.random(using: &random) {
      items.insert(.newAxis, at: Int.random(in: 0...items.count, using: &random))
    }
    return items
  }
}
