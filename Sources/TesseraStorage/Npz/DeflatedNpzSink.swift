import TesseraCodecs
package import TesseraCore
package import TesseraIO

/// One deflated member of a `.npz` that is being written.
///
/// Threads deflate the stretches of their blocks at the same time; blocks take their places in turn.
package final class DeflatedNpzSink: ArraySink {
  package let requirements: SinkRequirements
  private let archive: DeflatedNpzWriter
  private let number: Int
  private let leading: [UInt8]
  private let stretches: MemberStretches

  /// - Parameter leading: the deflated header.
  init(_ archive: DeflatedNpzWriter, _ number: Int, leading: [UInt8], _ shape: Shape, dtype: DType) {
    (self.archive, self.number, self.leading) = (archive, number, leading)
    requirements = DeflatedNpzSink.requirements(shape, dtype: dtype)
    stretches = MemberStretches(shape, itemSize: dtype.itemSize)
  }

  package static func requirements(_ shape: Shape, dtype: DType) -> SinkRequirements {
    let stretches = MemberStretches(shape, itemSize: dtype.itemSize)
    return SinkRequirements(shape: shape, dtype: dtype, unit: stretches.unit, isContiguous: true) { block in
      StretchDeflater.maximumEncodedCount(
        block.saturatingProduct(dtype.itemSize), stretches: stretches.count(in: block)
      ).saturatingAdd(StretchDeflater.stateBytes)
    }
  }

  package func store(
    _ block: Region, turn: Int, from source: UnsafeRawBufferPointer, gate: OrderedGate,
    scratch: WriteScratch
  ) throws {
    let checksum = CRC32.checksum(source)
    let deflated = try deflate(block, source, scratch)
    let place = try gate.pass(turn) {
      try archive.take(deflated.count, of: number, checksum: checksum, length: source.count)
    }
    try archive.write(deflated, at: place)
  }

  private func deflate(
    _ block: Region, _ source: UnsafeRawBufferPointer, _ scratch: WriteScratch
  ) throws -> UnsafeRawBufferPointer {
    let itemSize = requirements.dtype.itemSize
    let output = scratch.output.reserve(
      StretchDeflater.maximumEncodedCount(source.count, stretches: stretches.count(in: block.lengths)))
    var used = 0
    try stretches.forEach(in: block) { elements in
      try scratch.read.interruption()
      let stretch = source[elements.lowerBound * itemSize..<elements.upperBound * itemSize]
      used += try archive.deflater.encode(
        UnsafeRawBufferPointer(rebasing: stretch),
        into: UnsafeMutableRawBufferPointer(rebasing: output[used...]), scratch: scratch.codec)
    }
    return UnsafeRawBufferPointer(rebasing: output[..<used])
  }

  package func isStored(_ block: Region) throws -> Bool { false }

  /// Ends the member; there is nothing of it on the disk for sure before the archive is closed.
  package func sync() throws { try archive.complete(number, leading: leading) }
}
