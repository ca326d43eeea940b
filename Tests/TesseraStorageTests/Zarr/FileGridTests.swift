import TesseraCore
import Testing

@testable import TesseraStorage

/// Where chunks are, against what the boxes of chunks and files say.
@Suite struct FileGridTests {
  @Test(arguments: 0..<40 as Range<UInt64>) func everyChunkHasOnePlace(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let chunk = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
      Int.random(in: 1...3, using: &generator)
    }
    let file = chunk.map { $0 * Int.random(in: 1...3, using: &generator) }
    let shape = try Shape(file.map { Int.random(in: 1...3 * $0, using: &generator) })
    let layout = ArrayLayout(chunks: chunk, shards: .shape(file))
    let grid = try FileGrid(ZarrMetadata(creating: shape, dtype: .int8, layout: layout))
    #expect(grid.chunks.chunkShape == chunk && grid.files.chunkShape == file, "seed \(seed)")

    var places: [[Int]: Set<Int>] = [:]
    Region(grid.chunks.counts.map { 0..<$0 }).forEachIndex { index in
      let place = grid.place(ofChunk: index)
      let (box, whole) = (grid.chunks.fullRegion(index), grid.files.fullRegion(place.file))
      #expect(whole.contains(box), "seed \(seed), chunk \(index)")
      // Its number is how many chunk positions of the file come before it in C order.
      var before = 0
      Region(zip(file, chunk).map { 0..<$0 / $1 }).forEachIndex { position in
        let lower = zip(zip(position, chunk), whole.lower).map { $0.0 * $0.1 + $1 }
        before += lower.lexicographicallyPrecedes(box.lower) ? 1 : 0
      }
      #expect(place.ordinal == before, "seed \(seed), chunk \(index)")
      places[place.file, default: []].insert(place.ordinal)
    }
    #expect(places.count == grid.files.count, "seed \(seed)")
    for (file, ordinals) in places {
      #expect(ordinals.count == grid.chunks(inFile: file).count, "seed \(seed), file \(file)")
      #expect(ordinals.allSatisfy { (0..<grid.placesPerFile).contains($0) }, "seed \(seed), file \(file)")
    }
  }
}
