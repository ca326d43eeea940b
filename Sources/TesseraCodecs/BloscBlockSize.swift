/// Chooses the size of blocks.
enum BloscBlockSize {
  static func choose(for codec: BloscCodec, count: Int) -> Int {
    if count == 0 { return 1 }
    let unit = codec.typesize * (codec.shuffle == .bit ? 8 : 1)
    let wanted = codec.blockSize > 0 ? codec.blockSize : BloscTuning.block
    if count <= wanted { return count }
    if codec.blockSize == 0, let even = evenSize(count, unit: unit, wanted: wanted) { return even }
    return min(count, max(wanted / unit * unit, unit))
  }

  /// A size near `wanted` that leaves no short last block, which could not be split.
  private static func evenSize(_ count: Int, unit: Int, wanted: Int) -> Int? {
    let fewest = (count - 1) / wanted + 1
    return (fewest...2 * fewest).lazy.filter { count % ($0 * unit) == 0 }.map { count / $0 }.first
  }
}
