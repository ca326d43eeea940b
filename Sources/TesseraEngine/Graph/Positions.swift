package import TesseraCore

/// The positions along an axis that are taken, in order: a list, or what follows from a rule and takes no memory.
package enum Positions: Sendable {
  /// Within the axis, which was checked.
  case listed([Int])
  /// Each position of the axis some times in a row: `ends` has the places behind its last time, one for each.
  case repeated(ends: [Int])
  /// Stretches of the axis one after another: `starts` has the first position of each, and `ends` the places behind its
  /// last.
  case stretches(starts: [Int], ends: [Int])
  /// Those of `range`, part of which lies outside of an axis of `length`, as the axis goes on beyond its ends.
  case beyond(range: Range<Int>, length: Int, BeyondEnds)

  /// How an axis that is not empty goes on beyond its ends.
  package enum BeyondEnds: Sendable {
    /// With the outermost position.
    case edge
    /// Back from the outermost position, which is not repeated.
    case reflect
    /// Back from the outermost position, which is repeated.
    case symmetric
    /// From the other end.
    case wrap
  }

  package var count: Int {
    switch self {
    case .listed(let list): list.count
    case .repeated(let ends), .stretches(_, let ends): ends.last ?? 0
    case .beyond(let range, _, _): range.count
    }
  }

  /// What is kept in memory for as long as anybody may take them.
  package var lists: [[Int]] {
    switch self {
    case .listed(let list): [list]
    case .repeated(let ends): [ends]
    case .stretches(let starts, let ends): [starts, ends]
    case .beyond: []
    }
  }

  /// Calls `body` with the positions at evenly spaced places, one after another.
  package func forEach(at places: StridedRegion.Axis, _ body: (Int) -> Void) {
    switch self {
    case .listed(let list):
      for number in 0..<places.count { body(list[places.start + number * places.step]) }
    case .repeated(let ends):
      ends.forEachRun(at: places) { position, _ in body(position) }
    case .stretches(let starts, let ends):
      ends.forEachRun(at: places) { stretch, place in body(starts[stretch] + place) }
    case .beyond(let range, let length, let mode):
      for number in 0..<places.count {
        body(mode.position(range.lowerBound + places.start + number * places.step, length: length))
      }
    }
  }

  /// Tells them apart from others.
  package var fingerprint: String {
    switch self {
    case .listed(let list): "\(list.count) \(list.digest)"
    case .repeated(let ends): "repeated \(ends.count) \(ends.digest)"
    case .stretches(let starts, let ends): "stretches \(ends.count) \(starts.digest) \(ends.digest)"
    case .beyond(let range, let length, let mode): "\(mode) \(range) of \(length)"
    }
  }
}

extension Positions.BeyondEnds {
  /// The position among `length` that stands at `position`, which may be before the first or behind the last.
  fileprivate func position(_ position: Int, length: Int) -> Int {
    func wrapped(_ period: Int) -> Int { (position % period + period) % period }
    switch self {
    case .edge: return min(max(position, 0), length - 1)
    case .wrap: return wrapped(length)
    case .symmetric: return min(wrapped(2 * length), 2 * length - 1 - wrapped(2 * length))
    case .reflect:
      if length == 1 { return 0 }
      let period = 2 * length - 2
      return min(wrapped(period), period - wrapped(period))
    }
  }
}

extension [Int] {
  /// Of ascending numbers, the place of the first that is greater.
  fileprivate func firstGreater(than number: Int) -> Int {
    var range = indices
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range = self[middle] > number ? range.lowerBound..<middle : middle + 1..<range.upperBound
    }
    return range.lowerBound
  }

  /// Of runs that end before these numbers, calls `body` for evenly spaced places, one after another: with the number of the
  /// run that each is in, and its place there.
  fileprivate func forEachRun(at places: StridedRegion.Axis, _ body: (_ run: Int, _ place: Int) -> Void) {
    if places.count == 0 { return }
    var run = firstGreater(than: places.start)
    for number in 0..<places.count {
      let place = places.start + number * places.step
      while self[run] <= place { run += 1 }
      while run > 0, self[run - 1] > place { run -= 1 }
      body(run, run == 0 ? place : place - self[run - 1])
    }
  }

  fileprivate var digest: UInt64 {
    reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64(bitPattern: Int64($1))) &* 0x0000_0100_0000_01b3
    }
  }
}

extension [Node] {
  /// Bytes of the lists that these nodes are made with: of positions, each once however many take by it, and of what
  /// elements are looked up in.
  ///
  /// They are the graph's, so they stay in memory whatever is computed of it.
  package var listedBytes: Int {
    // Deeper graphs are refused when they are planned.
    guard allSatisfy({ $0.depth <= Node.mostDepth }) else { return 0 }
    var seen: Set<ObjectIdentifier> = []
    var lists: [UnsafeRawPointer: Int] = [:]
    var lookups = 0
    func note(_ list: [Int]) {
      list.withUnsafeBytes { bytes in
        if let address = bytes.baseAddress { lists[address] = bytes.count }
      }
    }
    func visit(_ node: Node) {
      guard seen.insert(ObjectIdentifier(node)).inserted else { return }
      switch node.operation {
      case .take(let positions, _, _): positions.lists.forEach(note)
      case .pick(let picks, _), .replace(let picks, _, _): note(picks.positions)
      case .custom(let operation, _): lookups = lookups.saturatingAdd(operation.heldBytes)
      case .barrier(let barrier): lookups = lookups.saturatingAdd(barrier.heldBytes)
      default: break
      }
      node.operation.operands.forEach(visit)
    }
    forEach(visit)
    return lists.values.reduce(lookups) { $0.saturatingAdd($1) }
  }
}
