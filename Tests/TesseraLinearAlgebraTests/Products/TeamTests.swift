import TesseraCore
import TesseraEngine
import TesseraEngineTestSupport
import TesseraStorage
import TesseraTestSupport
import Testing

@testable import TesseraLinearAlgebra

/// Products of which several threads compute one block together.
@Suite struct TeamTests {
  private static let tiles = ProductTiles(rows: 7, columns: 5, depth: 9, keptBytes: 0)

  /// What a driver gives when it is read in blocks of a shape.
  private func bits(_ driver: any ArrayDriver, blocks block: [Int], itemSize: Int) throws -> [UInt8] {
    let shape = driver.description.shape
    let strides = shape.strides.map { $0 * itemSize }
    var bytes = [UInt8](repeating: 0xA5, count: shape.count * itemSize)
    let scratch = ReadScratch()
    try bytes.withUnsafeMutableBytes { bytes in
      let grid = try ChunkGrid(shape: shape, chunkShape: block)
      for ordinal in 0..<grid.count {
        let region = grid.region(grid.index(ordinal: ordinal))
        let place = zip(region.lower, strides).reduce(0) { $0 + $1.0 * $1.1 }
        try driver.read(
          StridedRegion(region), into: bytes.baseAddress! + place, strides: strides, scratch: scratch)
      }
    }
    return bytes
  }

  @Test(arguments: 0..<80) func computesTheBitsOfOneThread(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let folder = try TemporaryFolder()
    let dtype: DType = [.float32, .float64, .complex128, .int16].randomElement(using: &generator)!
    func length() -> Int { Int.random(in: 1...40, using: &generator) }
    let (stack, m, k, n) = ([[], [2]].randomElement(using: &generator)!, length(), length(), length())
    let a = NaiveArray(random: stack + [m, k], dtype, using: &generator)
    let b = NaiveArray(random: stack + [k, n], dtype, using: &generator)
    let forms = OperandForm.allCases.map { $0 }
    let (first, second) = (forms.randomElement(using: &generator)!, forms.randomElement(using: &generator)!)
    let product = try matmul(
      first.array(a, dtype, in: folder, "a"), second.array(b, dtype, in: folder, "b"), tiles: TeamTests.tiles)
    let planned = try #require(
      try NodeSource.driver(of: product.node, results: [:]) as? any PricedDriver)
    let lengths = [7, 5].map { $0 * Int.random(in: 1...4, using: &generator) }
    let block = stack.map { _ in 1 } + lengths
    let team = Int.random(in: 2...5, using: &generator)
    let note: Comment =
      "seed \(seed): \(first) \(a.shape) by \(second) \(b.shape), \(dtype), \(team) read blocks of \(block)"
    let apart = try bits(planned, blocks: block, itemSize: dtype.itemSize)
    let together = try bits(
      planned.reading(blocks: block, team: team), blocks: block, itemSize: dtype.itemSize)
    #expect(together == apart, note)
    #expect(try together == product.bits(), note)
  }

  @Test func stopsWhenAskedTo() throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 3)
    let a = NaiveArray(random: [40, 60], .float64, using: &generator)
    let array = try OperandForm.npy.array(a, .float64, in: folder, "a")
    let product = try matmul(array, array.transposed(), tiles: TeamTests.tiles)
    let planned = try #require(
      try NodeSource.driver(of: product.node, results: [:]) as? any PricedDriver)
    let team = planned.reading(blocks: [40, 40], team: 3)
    let scratch = ReadScratch { throw TesseraError(.cancelled, "stopped") }
    let target = UnsafeMutableRawPointer.allocate(byteCount: 40 * 40 * 8, alignment: 64)
    defer { target.deallocate() }
    let error = #expect(throws: TesseraError.self) {
      try team.read(
        StridedRegion(Region([0..<40, 0..<40])), into: target, strides: [320, 8], scratch: scratch)
    }
    #expect(error?.kind == .cancelled)
  }

  /// Whichever of the threads reads a piece adds it to the checksum of the whole.
  @Test func checksWhatAnArchiveSaysOfItsMember() throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 5)
    let a = try NaiveArray(random: [400, 9], .float64, using: &generator).array(.float64)
    let b = try NaiveArray(random: [9, 20], .float64, using: &generator).array(.float64)
    try a.write(to: folder.at("a.npz/x"))
    var bytes = try folder.read("a.npz")
    bytes[bytes.count / 2] ^= 1
    try folder.write("a.npz", bytes)
    for team in [1, 2, 5] {
      let product = try matmul(NDArray.open(folder.at("a.npz/x")), b, tiles: TeamTests.tiles)
      let planned = try #require(
        try NodeSource.driver(of: product.node, results: [:]) as? any PricedDriver)
      let prepared = planned.reading(blocks: [400, 20], team: team)
      let target = UnsafeMutableRawPointer.allocate(byteCount: 400 * 20 * 8, alignment: 64)
      defer { target.deallocate() }
      let error = #expect(throws: TesseraError.self, "\(team) threads") {
        try prepared.read(
          StridedRegion(Region([0..<400, 0..<20])), into: target, strides: [160, 8],
          scratch: ReadScratch(checks: true))
      }
      #expect(error?.kind == .corrupt, "\(team) threads")
    }
  }

  @Test func oneThreadReadsAtATimeWhileThereAreTiles() {
    let schedule = StepSchedule(tiles: 3, pieces: 4)
    #expect(schedule.next(after: nil) == .tile(0))
    #expect(schedule.next(after: nil) == .tile(1))
    #expect(schedule.next(after: .tile(0)) == .piece(0))
    #expect(schedule.next(after: .tile(1)) == .tile(2))
    // Nothing is left to multiply.
    #expect(schedule.next(after: .piece(0)) == .piece(1))
    #expect(schedule.next(after: .tile(2)) == .piece(2))
    #expect(schedule.next(after: .piece(1)) == .piece(3))
    #expect(schedule.next(after: .piece(2)) == nil)
    #expect(schedule.next(after: .piece(3)) == nil)
  }

  @Test func nothingIsBegunOnceOneHasFailed() {
    let schedule = StepSchedule(tiles: 2, pieces: 2)
    #expect(schedule.next(after: nil) == .tile(0))
    schedule.close()
    #expect(schedule.next(after: .tile(0)) == nil)
  }

  @Test func onlyReadingIsSharedByAll() {
    let schedule = StepSchedule(tiles: 0, pieces: 2)
    #expect(schedule.next(after: nil) == .piece(0))
    #expect(schedule.next(after: nil) == .piece(1))
    #expect(schedule.next(after: .piece(1)) == nil)
  }

  @Test(arguments: [1, 3, 10]) func piecesOfPanelsAreWholeUnits(_ unit: Int) {
    for pieces in 1...9 {
      for range in [0..<1, 5..<64, 60..<1000] {
        let cuts = ProductPanel.cuts(range, into: pieces, every: unit)
        #expect(cuts.flatMap { Array($0) } == Array(range))
        #expect(cuts.dropFirst().allSatisfy { $0.lowerBound % unit == 0 && !$0.isEmpty })
        #expect(cuts.count <= pieces)
      }
    }
  }
}
