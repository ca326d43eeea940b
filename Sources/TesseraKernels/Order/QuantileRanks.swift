/// The positions and the ranks they need for one number of elements, kept for the next line as long.
struct QuantileRanks {
  private let request: QuantileRequest
  private(set) var count = -1
  private(set) var positions: [QuantilePosition] = []
  /// All ranks, ascending, each once.
  private(set) var ranks: [UInt64] = []
  /// Where in `ranks` each position's lower and upper ranks are.
  private(set) var places: [(lower: Int, upper: Int)] = []

  init(_ request: QuantileRequest) { self.request = request }

  mutating func update(count: Int) {
    if count == self.count { return }
    self.count = count
    positions = request.positions(count: count)
    ranks = Set(positions.flatMap { [UInt64($0.lower), UInt64($0.upper)] }).sorted()
    let place = Dictionary(uniqueKeysWithValues: zip(ranks, ranks.indices))
    places = positions.map { (place[UInt64($0.lower)]!, place[UInt64($0.upper)]!) }
  }
}
