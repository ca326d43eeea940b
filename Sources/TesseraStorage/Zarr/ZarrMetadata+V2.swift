// Zarr v2 array metadata: `.zarray`, with the attributes in `.zattrs` beside it.
// https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html#metadata

import TesseraCodecs
import TesseraCore

extension ZarrMetadata {
  /// - Throws: `.corrupt` for what the specification forbids; `.unsupported` for filters and codecs
  ///   that are not known, by name.
  package init(v2 document: JSONObject, attributes: JSONObject) throws {
    let shape = try Shape(stored: field("shape", in: document) { $0.ints })
    let chunks = try field("chunks", in: document) { $0.ints }
    _ = try ChunkGrid(shape: shape, chunkShape: chunks)
    if let filters = document["filters"], !filters.isNull, filters.array?.isEmpty != true {
      let names = filters.array?.compactMap { $0["id"]?.string } ?? []
      throw TesseraError(.unsupported, "filters are not supported: \(names.joined(separator: ", "))")
    }
    let spelling = document["dtype"] ?? .null
    let (dtype, byteOrder) = ZarrMetadata.dtype(v2: spelling)
    let fillValue = document["fill_value"] ?? .null

    var chain: [any ByteCodec] = []
    var label = "none"
    if let compressor = document["compressor"], !compressor.isNull {
      guard var configuration = compressor.object, let id = configuration["id"]?.string else {
        throw TesseraError(.corrupt, "compressor", expected: "an object with an id", got: compressor.kindName)
      }
      configuration["id"] = nil
      let description = try CodecDescription(name: id, configuration)
      chain = [try CodecRegistry.v2(description, elementSize: dtype?.itemSize ?? 1)]
      label = id == "lz4" ? "numcodecs.lz4" : ChunkPipeline.label(description)
    }
    self.init(
      version: 2, shape: shape, dtype: dtype, dtypeName: dtype?.name ?? spelling.string ?? spelling.text(),
      fill: try dtype.map { try FillValue.bytes(fillValue, dtype: $0) } ?? [], fillValue: fillValue,
      fileShape: chunks, keys: ChunkKeys(.v2, separator: try ZarrMetadata.separator(document)),
      pipeline: ChunkPipeline(
        transpose: try ZarrMetadata.transpose(document, rank: shape.rank), body: .bytes(byteOrder),
        chain: CodecChain(chain)),
      codec: label, attributes: attributes, document: document)
    try requireHandyChunks()
  }

  private static func separator(_ document: JSONObject) throws -> Character {
    switch document["dimension_separator"] {
    case nil, .null, .string("."): return "."
    case .string("/"): return "/"
    case .some(let other):
      throw TesseraError(.corrupt, "dimension_separator", expected: "'.' or '/'", got: other.text())
    }
  }

  private static func transpose(_ document: JSONObject, rank: Int) throws -> [Int]? {
    switch document["order"] {
    case .string("C"): return nil
    case .string("F"): return rank > 1 ? (0..<rank).reversed() : nil
    case let other:
      throw TesseraError(.corrupt, "order", expected: "C or F", got: other?.text() ?? "nothing")
    }
  }

  private static func dtype(v2 value: JSONValue) -> (DType?, ByteOrder) {
    guard let text = value.string, let first = text.first else { return (nil, .little) }
    // TensorStore's spelling; NumPy has none.
    if text == "bfloat16" { return (.bfloat16, .little) }
    let order: ByteOrder = first == ">" ? .big : .little
    let kinds: [Substring: DType] = [
      "b1": .bool, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "u1": .uint8, "u2": .uint16,
      "u4": .uint32, "u8": .uint64, "f2": .float16, "f4": .float32, "f8": .float64, "c8": .complex64,
      "c16": .complex128,
    ]
    return (kinds[text.dropFirst()], order)
  }
}
