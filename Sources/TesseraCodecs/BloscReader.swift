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
      let output = target.part(wanted.lowerBound - range.lowerBound, wanted.count)
      if wanted.count == length {
        try readBlock(index, into: output)
      } else {
        let whole = area(2, length)
        try readBlock(index, into: whole)
        output.copyMemory(from: UnsafeRawBufferPointer(whole.part(wanted.lowerBound - start, wanted.count)))
      }
    }
  }

  /// One of three areas of working memory, each as large as a block.
  private func area(_ number: Int, _ length: Int) -> UnsafeMutableRawBufferPointer {
    scratch.work.reserve(3 * header.blockSize).part(number * header.blockSize, length)
  }

  private func readBlock(_ index: Int, into output: UnsafeMutableRawBufferPointer) throws {
    let effective = header.shuffle.effective(typesize: header.typesize, length: output.count)
    let splits = header.splits(ofBlock: output.count)
    guard output.count % splits == 0 else {
      throw BloscHeader.corrupt("block", expected: "whole elements of \(splits) bytes", got: output.count)
    }
    var offset = Int(frame.littleEndianUInt32(at: BloscHeader.count + 4 * index) ?? .max)
    guard offset >= BloscHeader.count + 4 * header.blockCount else {
      throw BloscHeader.corrupt("offset of block \(index)", expected: "behind the offsets", got: offset)
    }
    // Unshuffled data goes straight to its place; so do planes, from wherever they are.
    let target = effective == .none ? output : area(0, output.count)
    let length = output.count / splits
    var planes: [UnsafePointer<UInt8>] = []
    for split in 0..<splits {
      let payload = try payload(at: &offset, block: index)
      let place = target.part(split * length, length)
      let isStored = payload.count == length
      if !isStored { try header.format.decompress(payload, into: place, scratch: scratch) }
      if effective == .byte, let start = isStored ? payload.bytePointer : UnsafePointer(place.bytePointer) {
        planes.append(start)
      } else if isStored {
        place.copyMemory(from: payload)
      }
    }
    switch effective {
    case .none: break
    case .byte: join(planes, into: output)
    case .bit:
      effective.revert(
        UnsafeRawBufferPointer(target), into: output, work: area(1, output.count), typesize: header.typesize)
    }
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

  /// Joins the planes of a block: one per byte of an element, or all in one piece.
  private func join(_ pieces: [UnsafePointer<UInt8>], into output: UnsafeMutableRawBufferPointer) {
    let count = output.count / header.typesize
    guard let target = output.bytePointer, let first = pieces.first else { return }
    if pieces.count == header.typesize {
      BloscShuffle.join(pieces, into: target, count: count)
    } else {
      header.shuffle.revert(
        UnsafeRawBufferPointer(start: first, count: output.count), into: output, work: output,
        typesize: header.typesize)
    }
  }
}
