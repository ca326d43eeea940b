// The default rule for chunk and shard shapes; docs/layout.md has the measurements behind it.

package import TesseraCore

package enum DefaultShapes {
  /// Bytes of a chunk: large enough that per-chunk costs vanish in a scan, small enough that a random
  /// row decodes little and that two chunks per core fit the least memory budget.
  package static let chunkBytes = 1 << 20
  /// Bytes of a shard: few files for terabytes, and still several per core for a few GiB.
  package static let shardBytes = 256 << 20
  private static let pageBytes = 4096

  /// Whole trailing axes while they fit `chunkBytes`, then as much of the next axis as does; raw
  /// chunks are rounded to whole pages where that costs at most a factor of two.
  package static func chunks(_ shape: Shape, itemSize: Int, isRaw: Bool) -> [Int] {
    var chunk = [Int](repeating: 1, count: shape.rank)
    var bytes = itemSize
    for axis in shape.indices.reversed() {
      let length = max(shape[axis], 1)
      if bytes * length <= chunkBytes {
        chunk[axis] = length
        bytes *= length
        continue
      }
      chunk[axis] = rows(max(1, chunkBytes / bytes), of: bytes, isRaw: isRaw, atMost: length)
      break
    }
    return chunk
  }

  private static func rows(_ rows: Int, of rowBytes: Int, isRaw: Bool, atMost length: Int) -> Int {
    guard isRaw else { return min(rows, length) }
    let perPage = pageBytes / gcd(pageBytes, rowBytes)
    let aligned = rows >= perPage ? rows / perPage * perPage : perPage
    return aligned * rowBytes <= 2 * chunkBytes ? min(aligned, length) : min(rows, length)
  }

  /// A number of chunks not above `count` that blocks of several chunks divide; most are prime to small numbers.
  private static func divisible(_ count: Int) -> Int { count < 32 ? count : count / 16 * 16 }

  /// Chunks stacked along the slowest axes until a shard has `shardBytes` or covers the array.
  package static func shards(_ shape: Shape, chunks: [Int], itemSize: Int) -> [Int] {
    var shard = chunks
    var bytes = chunks.reduce(itemSize) { $0.multipliedReportingOverflow(by: $1).partialValue }
    for axis in shape.indices.reversed() where bytes > 0 {
      let needed = max(1, (shape[axis] + chunks[axis] - 1) / chunks[axis])
      let factor = min(needed, divisible(max(1, shardBytes / bytes)))
      shard[axis] *= factor
      bytes *= factor
      if factor < needed { break }
    }
    return shard
  }
}
