import TesseraCore

/// Decodes blocks of one Blosc frame, touching only those that are asked for.
struct BloscReader {
  let frame: UnsafeRawBufferPointer
  let header: BloscHeader
  let scratch: CodecScratch

  /// Decodes bytes `range` of the content into `target`, which is as long.
  func read(_ range: Range<Int>, into target: UnsafeMutableRawBufferPointer) throws {
    precondition(range.upperBound <= header.decodedCount && range.count == target.count)
    if range.isEmpty { return }
    if header.isStored {
      target.copyMemory(
        from: UnsafeRawBufferPointer(
          rebasing: frame[BloscHeader.count + range.lowerBound..<BloscHeader.count + range.upperBound]))
      return
    }
    for index in range.lowerBound / header.blockSize...(range.upperBound - 1) / header.blockSize {
      let start = index * header.blockSize
      let length = min(header.blockSize, header.decodedCount - start)
      let wanted = range.clamped(to: start..<start + length)
      try readBlock(
        index, length: length, wanted.lowerBound - start..<wanted.upperBound - start,
        into: target.part(wanted.lowerBound - range.lowerBound, wanted.count))
    }
  }

  /// One of three areas of working memory, each as large as a block.
  private func area(_ number: Int, _ length: Int) -> UnsafeMutableRawBufferPointer {
    scratch.work.reserve(3 * header.blockSize).part(number * header.blockSize, length)
  }

  /// Decodes a part of a block.
  private func readBlock(
    _ index: Int, length: Int, _ wanted: Range<Int>, into output: UnsafeMutableRawBufferPointer
  ) throws {
    let typesize = header.typesize
    let isInPlanes =
      header.splits(ofBlock: length) == typesize
      && header.shuffle.effective(typesize: typesize, length: length) == .byte
    if isInPlanes, [length, wanted.lowerBound, wanted.upperBound].allSatisfy({ $0 % typesize == 0 }) {
      let elements = wanted.lowerBound / typesize..<wanted.upperBound / typesize
      try readPlanes(ofBlock: index, elements, of: length / typesize, into: output)
    } else if wanted.count == length {
      try readBlock(index, into: output)
    } else {
      let whole = area(2, length)
      try readBlock(index, into: whole)
      output.copyMemory(from: UnsafeRawBufferPointer(whole.part(wanted.lowerBound, wanted.count)))
    }
  }

  /// Decodes some of a block's elements, of which each byte is in a plane of its own: planes are decoded to where the
  /// elements end, if their format can stop there.
  private func readPlanes(
    ofBlock index: Int, _ elements: Range<Int>, of count: Int, into output: UnsafeMutableRawBufferPointer
  ) throws {
    var offset = try offset(ofBlock: index)
    let places = area(0, count * header.typesize)
    let planes = try (0..<header.typesize).map { number in
      let payload = try payload(at: &offset, block: index)
      let place = places.part(number * count, count)
      let isStored = payload.count == count
      if !isStored {
        try header.format.decompress(payload, upTo: elements.upperBound, into: place, scratch: scratch)
      }
      let plane = isStored ? payload : UnsafeRawBufferPointer(place)
      return plane.bytePointer! + elements.lowerBound
    }
    BloscShuffle.join(planes, into: output.bytePointer!, count: elements.count)
  }

  /// Decodes a whole block: without shuffled bytes, or with all of them in one piece.
  private func readBlock(_ index: Int, into output: UnsafeMutableRawBufferPointer) throws {
    let effective = header.shuffle.effective(typesize: header.typesize, length: output.count)
    let splits = header.splits(ofBlock: output.count)
    guard output.count % splits == 0 else {
      throw BloscHeader.corrupt("block", expected: "whole elements of \(splits) bytes", got: output.count)
    }
    var offset = try offset(ofBlock: index)
    // Data that is not shuffled goes straight to its place.
    let target = effective == .none ? output : area(0, output.count)
    let length = output.count / splits
    for split in 0..<splits {
      let payload = try payload(at: &offset, block: index)
      let place = target.part(split * length, length)
      if payload.count == length {
        place.copyMemory(from: payload)
      } else {
        try header.format.decompress(payload, into: place, scratch: scratch)
      }
    }
    if effective == .none { return }
    effective.revert(
      UnsafeRawBufferPointer(target), into: output, work: area(1, output.count), typesize: header.typesize)
  }

  private func offset(ofBlock index: Int) throws -> Int {
    let offset = Int(frame.littleEndianUInt32(at: BloscHeader.count + 4 * index) ?? .max)
    guard offset >= BloscHeader.count + 4 * header.blockCount else {
      throw BloscHeader.corrupt("offset of block \(index)", expected: "behind the offsets", got: offset)
    }
    return offset
  }

  /// The payload of the split at `offset`, which then points behind it.
  private func payload(at offset: inout Int, block: Int) throws -> UnsafeRawBufferPointer {
    guard let size = frame.littleEndianUInt32(at: offset),
      let payload = frame.part(offset + 4, Int(size)), size > 0
    else {
      throw BloscHeader.corrupt("block \(block)", expected: "data within \(frame.count) bytes", got: offset)
    }
    offset += 4 + payload.count
    return payload
  }
}
