package import TesseraCore
package import TesseraIO
import TesseraKernels

/// Writes an array of one or two axes as text, a row to a line; threads format their blocks at the same time.
package final class TextSink: ArraySink {
  package let requirements: SinkRequirements
  private let file: File
  private let style: TextStyle
  private let position: Lock<Int>
  private let writeback: EarlyWriteback

  /// Elements that are converted at one go.
  private static let batch = 4096

  /// - Parameter offset: where the first row goes.
  init(_ shape: Shape, dtype: DType, style: TextStyle, file: File, at offset: Int) {
    (self.file, self.style) = (file, style)
    position = Lock(offset)
    requirements = TextSink.requirements(shape, dtype: dtype, style: style)
    writeback = EarlyWriteback(file)
  }

  /// - Parameter shape: of one axis or two.
  package static func requirements(_ shape: Shape, dtype: DType, style: TextStyle) -> SinkRequirements {
    let unit = [1] + shape.dimensions.dropFirst().map { max($0, 1) }
    return SinkRequirements(shape: shape, dtype: dtype, unit: unit, isContiguous: true) { block in
      style.longest(rows: block[0], columns: block.count > 1 ? block[1] : 1, dtype)
        .saturatingAdd(batch * 16).saturatingAdd(style.conversion.longestBody(dtype))
    }
  }

  /// Where the next row goes.
  var end: Int { position.withLock { $0 } }

  package func store(
    _ block: Region, turn: Int, from source: UnsafeRawBufferPointer, gate: OrderedGate,
    scratch: WriteScratch
  ) throws {
    let text = try format(block, source, scratch)
    let offset = try gate.pass(turn) {
      position.withLock { position in
        let offset = position
        position += text.count
        return offset
      }
    }
    try file.write(text, at: offset)
    writeback.add(text.count, of: offset..<offset + text.count)
  }

  private func format(
    _ block: Region, _ source: UnsafeRawBufferPointer, _ scratch: WriteScratch
  ) throws -> UnsafeRawBufferPointer {
    let dtype = requirements.dtype
    let (count, columns) = (block.count, block.rank > 1 ? block.lengths[1] : 1)
    let output = scratch.output.reserve(style.longest(rows: block.lengths[0], columns: columns, dtype))
    let work = scratch.chunk.reserve(style.conversion.longestBody(dtype))
    let wide = TextSink.wide(dtype)
    let batch = scratch.elements.reserve(TextSink.batch * wide.itemSize)
    var (used, column) = (0, 0)
    func append(_ bytes: [UInt8]) {
      for byte in bytes {
        output[used] = byte
        used += 1
      }
    }
    for start in stride(from: 0, to: count, by: TextSink.batch) {
      try scratch.read.interruption()
      let length = min(TextSink.batch, count - start)
      Cast.convert(
        length, from: dtype, source.baseAddress! + start * dtype.itemSize, to: wide, batch.baseAddress!)
      for index in 0..<length {
        used += try field(
          batch, index, wide, into: UnsafeMutableRawBufferPointer(rebasing: output[used...]), work)
        column += 1
        append(column == columns ? style.newline : style.delimiter)
        if column == columns { column = 0 }
      }
    }
    return UnsafeRawBufferPointer(rebasing: output[..<used])
  }

  /// What holds every element of a dtype.
  private static func wide(_ dtype: DType) -> DType {
    switch dtype.kind {
    case .bool, .signed: .int64
    case .unsigned: .uint64
    case .floating: .float64
    case .complex: .complex128
    }
  }

  private func field(
    _ batch: UnsafeMutableRawBufferPointer, _ index: Int, _ wide: DType,
    into target: UnsafeMutableRawBufferPointer, _ work: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    let conversion = style.conversion
    switch wide {
    case .int64:
      let value = batch.load(fromByteOffset: index * 8, as: Int64.self)
      return try conversion.write(value.magnitude, isNegative: value < 0, into: target, work: work)
    case .uint64:
      let value = batch.load(fromByteOffset: index * 8, as: UInt64.self)
      return try conversion.write(value, isNegative: false, into: target, work: work)
    case .float64:
      return try conversion.write(
        batch.load(fromByteOffset: index * 8, as: Double.self), into: target, work: work)
    default:
      let real = batch.load(fromByteOffset: index * 16, as: Double.self)
      return try complex(
        real, batch.load(fromByteOffset: index * 16 + 8, as: Double.self), into: target, work)
    }
  }

  /// As NumPy writes it: ` (1.0+2.0j)`, without any plus before a minus, even of the text around numbers.
  private func complex(
    _ real: Double, _ imaginary: Double, into target: UnsafeMutableRawBufferPointer,
    _ work: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    var end = 0
    func put(_ byte: UInt8) {
      target[end] = byte
      end += 1
    }
    func write(_ value: Double) throws {
      end += try style.conversion.write(
        value, into: UnsafeMutableRawBufferPointer(rebasing: target[end...]), work: work)
    }
    put(UInt8(ascii: " "))
    put(UInt8(ascii: "("))
    try write(real)
    put(UInt8(ascii: "+"))
    try write(imaginary)
    put(UInt8(ascii: "j"))
    put(UInt8(ascii: ")"))
    let whole = end
    end = 0
    for index in 0..<whole {
      let isBeforeMinus = index + 1 < whole && target[index + 1] == UInt8(ascii: "-")
      if target[index] != UInt8(ascii: "+") || !isBeforeMinus { put(target[index]) }
    }
    return end
  }

  package func isStored(_ block: Region) throws -> Bool { false }

  package func sync() throws { try file.sync() }
}
