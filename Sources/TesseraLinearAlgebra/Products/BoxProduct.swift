import TesseraCore
import TesseraIO
import TesseraKernels

/// Whole tiles of the products of some neighbouring matrices, computed where they are wanted, by a team of threads or by
/// the caller's alone.
///
/// What its threads share is read only, but for tiles and pieces of panels, each of which one thread writes.
struct BoxProduct: @unchecked Sendable {
  let reading: Reading
  /// The position along the leading axes, and how many neighbours along the last of them.
  let index: [Int]
  let count: Int
  /// Bytes between the results of neighbours.
  let next: Int
  /// Elements between rows of the target.
  let leading: Int

  private var driver: ProductDriver { reading.driver }
  private var geometry: ProductGeometry { driver.geometry }
  private var itemSize: Int { driver.dtype.itemSize }

  /// - Parameters:
  ///   - rows: of the result; they begin and end where tiles do.
  ///   - target: where the first of them goes.
  func compute(_ rows: Range<Int>, _ columns: Range<Int>, into target: UnsafeMutableRawPointer) throws {
    let part = driver.part(rows.count, columns.count)
    for top in stride(from: rows.lowerBound, to: rows.upperBound, by: max(1, part.rows)) {
      let height = top..<min(rows.upperBound, top + part.rows)
      for left in stride(from: columns.lowerBound, to: columns.upperBound, by: max(1, part.columns)) {
        let width = left..<min(columns.upperBound, left + part.columns)
        let place = (top - rows.lowerBound) * leading + left - columns.lowerBound
        try computePart(height, width, into: target + place * itemSize)
      }
    }
  }

  /// A part whose panels fit: panel by panel along the summed axis. A team reads the next ones while it multiplies these.
  private func computePart(
    _ rows: Range<Int>, _ columns: Range<Int>, into target: UnsafeMutableRawPointer
  ) throws {
    let summed = geometry.summed(index)
    if summed.isEmpty { return clear(rows.count, columns.count, target) }
    let tiles = BoxTile.all(rows.count, columns.count, geometry.tiles)
    let length = driver.loadedDepth(rows.count, columns.count)
    let depths = stride(from: summed.lowerBound, to: summed.upperBound, by: length).map {
      $0..<min(summed.upperBound, $0 + length)
    }
    func panels(_ number: Int) -> Panels? {
      depths.indices.contains(number) ? self.panels(rows, columns, depths[number], number, tiles.count) : nil
    }
    var ready: Panels?
    for number in depths.indices {
      if ready == nil {
        ready = panels(number)
        try perform(Step(panels: nil, ahead: ready, tiles: [], target: target, accumulates: false))
      }
      let ahead = driver.team > 1 ? panels(number + 1) : nil
      try perform(
        Step(panels: ready, ahead: ahead, tiles: tiles, target: target, accumulates: number > 0))
      ready = ahead
    }
  }

  /// Panels of both operands with the same positions along the summed axis.
  private struct Panels {
    let left: ProductPanel
    let right: ProductPanel
    let depth: Int

    var pieces: Int { left.pieces.count + right.pieces.count }
  }

  private func panels(
    _ rows: Range<Int>, _ columns: Range<Int>, _ depth: Range<Int>, _ number: Int, _ tiles: Int
  ) -> Panels {
    let buffer = driver.team > 1 ? number % 2 : 0
    let stack = Array(index[geometry.stackAxes])
    // Of both sides together about as many as there are tiles, to be read between them.
    let pieces = driver.team > 1 ? max(driver.team, tiles / 2) : 1
    return Panels(
      left: driver.left.panel(
        stack, count: count, rows: rows, columns: depth, buffer: reading.worker.left[buffer], pieces: pieces),
      right: driver.right.panel(
        stack, count: count, rows: depth, columns: columns, buffer: reading.worker.right[buffer],
        pieces: pieces),
      depth: depth.count)
  }

  /// What is done between two joins of a team: tiles are multiplied by panels, and others are read.
  private struct Step: @unchecked Sendable {
    var panels: Panels?
    var ahead: Panels?
    var tiles: [BoxTile]
    /// Where the box's first element goes.
    var target: UnsafeMutableRawPointer
    var accumulates: Bool
  }

  private func perform(_ step: Step) throws {
    let schedule = StepSchedule(tiles: step.tiles.count, pieces: step.ahead?.pieces ?? 0)
    let members = reading.worker.members(driver.team, reading.scratch)
    try WorkerTeam.run(threads: driver.team) { thread in
      do {
        var job = schedule.next(after: nil)
        while let current = job {
          try members[thread].scratch.interruption()
          switch current {
          case .tile(let number): multiply(step.tiles[number], step, members[thread])
          case .piece(let number): try read(number, step, members[thread])
          }
          job = schedule.next(after: current)
        }
      } catch {
        schedule.close()
        throw error
      }
    }
  }

  private func read(_ number: Int, _ step: Step, _ member: ProductMember) throws {
    guard let ahead = step.ahead else { return }
    let own = ahead.left.pieces.count
    if number < own { return try driver.left.read(number, of: ahead.left, scratch: member.scratch) }
    try driver.right.read(number - own, of: ahead.right, scratch: member.scratch)
  }

  /// One call of the kernel for each step of a tile, of each matrix; they follow one another, while it is in the cache.
  private func multiply(_ tile: BoxTile, _ step: Step, _ member: ProductMember) {
    guard let panels = step.panels else { return }
    let scratch = member.kernel.reserve(MatrixKernel.scratchBytes(driver.dtype)).baseAddress!
    for number in 0..<count {
      let a = panels.left.view.moved(number * panels.left.next)
      let b = panels.right.view.moved(number * panels.right.next)
      let target = step.target + number * next + (tile.top * leading + tile.left) * itemSize
      for first in stride(from: 0, to: panels.depth, by: geometry.tiles.depth) {
        MatrixKernel.multiply(
          driver.dtype, rows: tile.rows, columns: tile.columns,
          depth: min(geometry.tiles.depth, panels.depth - first),
          a.from(row: tile.top, column: first, itemSize: itemSize),
          b.from(row: first, column: tile.left, itemSize: itemSize), into: target, leading: leading,
          accumulates: step.accumulates || first > 0, scratch: scratch)
      }
    }
  }

  /// The sum of nothing.
  private func clear(_ rows: Int, _ columns: Int, _ target: UnsafeMutableRawPointer) {
    for number in 0..<count {
      for row in 0..<rows {
        (target + number * next + row * leading * itemSize).initializeMemory(
          as: UInt8.self, repeating: 0, count: columns * itemSize)
      }
    }
  }
}

extension MatrixView {
  fileprivate func moved(_ bytes: Int) -> MatrixView {
    MatrixView(elements + bytes, row: row, column: column)
  }
}
