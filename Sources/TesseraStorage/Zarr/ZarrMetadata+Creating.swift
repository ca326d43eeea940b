import TesseraCodecs
package import TesseraCore

extension ZarrMetadata {
  /// The attribute that says that raw shards carry checksums of their chunks (`ChunkChecksums`).
  package static let checksumAttribute = "tessera_chunk_checksums"

  /// Whether its shards are to have tables of checksums.
  package var hasChecksums: Bool { attributes[ZarrMetadata.checksumAttribute] != nil }

  /// Metadata of a new array.
  ///
  /// - Parameter dimensionNames: one per axis; format 2 has no place for them.
  /// - Throws: `.usage` for chunk or shard shapes that do not fit the array or one another, or levels the
  ///   codec does not have.
  package init(
    creating shape: Shape, dtype: DType, layout: ArrayLayout, fill: [UInt8]? = nil,
    attributes: JSONObject = JSONObject(), dimensionNames: [String?]? = nil
  ) throws {
    let chunks =
      try layout.chunks.map { try ZarrMetadata.checked($0, "chunk shape", shape) }
      ?? DefaultShapes.chunks(shape, itemSize: dtype.itemSize, isRaw: layout.codec == .none)
    let shards = try ZarrMetadata.shards(layout, chunks: chunks, shape, itemSize: dtype.itemSize)
    let fill = fill ?? [UInt8](repeating: 0, count: dtype.itemSize)
    var codecs = try CodecRegistry.named(
      layout.codec.rawValue, level: layout.level, elementSize: dtype.itemSize)
    var attributes = attributes
    attributes[ZarrMetadata.checksumAttribute] = nil
    if layout.checksum {
      guard layout.format == 3 else {
        throw TesseraError(.usage, "checksums need Zarr format 3")
      }
      if codecs.isEmpty, shards != nil {
        attributes[ZarrMetadata.checksumAttribute] = "crc32c"
      } else {
        codecs += [try CodecRegistry.v3(CodecDescription(name: "crc32c", configuration: [:]), elementSize: 1)]
      }
    }
    let build = layout.format == 3 ? ZarrMetadata.v3Document : ZarrMetadata.v2Document
    var document = try build(
      shape, dtype, chunks, shards, codecs, FillValue.json(fill, dtype: dtype), attributes)
    if layout.format == 3, let dimensionNames, dimensionNames.contains(where: { $0 != nil }) {
      document["dimension_names"] = .array(dimensionNames.map { $0.map(JSONValue.string) ?? .null })
    }
    // Read back, so that there is one way from a document to its meaning.
    self =
      try layout.format == 3
      ? ZarrMetadata(v3: document) : ZarrMetadata(v2: document, attributes: attributes)
    // JSON cannot spell every NaN.
    self.fill = fill
  }

  private static func checked(_ lengths: [Int], _ what: String, _ shape: Shape) throws -> [Int] {
    guard lengths.count == shape.rank, lengths.allSatisfy({ $0 > 0 }) else {
      throw TesseraError(
        .usage, what, expected: "\(shape.rank) positive lengths for shape \(shape)",
        got: Shape.describe(lengths))
    }
    guard lengths.saturatingProduct() < maximumLeafCount else {
      throw TesseraError(.usage, what, expected: "fewer than 2^40 elements", got: Shape.describe(lengths))
    }
    return lengths
  }

  private static func shards(
    _ layout: ArrayLayout, chunks: [Int], _ shape: Shape, itemSize: Int
  ) throws -> [Int]? {
    guard layout.format == 3 else {
      guard layout.format == 2 else {
        throw TesseraError(.usage, "Zarr format", expected: "2 or 3", got: "\(layout.format)")
      }
      if case .shape = layout.shards { throw TesseraError(.usage, "Zarr format 2 has no shards") }
      return nil
    }
    switch layout.shards {
    case .none: return nil
    case .automatic: return DefaultShapes.shards(shape, chunks: chunks, itemSize: itemSize)
    case .shape(let lengths):
      guard lengths.count == shape.rank, zip(lengths, chunks).allSatisfy({ $0 > 0 && $0 % $1 == 0 }) else {
        throw TesseraError(
          .usage, "shard shape", expected: "multiples of the chunk shape \(Shape.describe(chunks))",
          got: Shape.describe(lengths))
      }
      guard lengths.saturatingProduct() < 1 << 59 else {
        throw TesseraError(
          .usage, "shard shape", expected: "fewer than 2^59 elements", got: Shape.describe(lengths))
      }
      return lengths
    }
  }

  private static func v3Document(
    _ shape: Shape, _ dtype: DType, _ chunks: [Int], _ shards: [Int]?, _ codecs: [any ByteCodec],
    _ fill: JSONValue, _ attributes: JSONObject
  ) -> JSONObject {
    let bytes: JSONValue =
      dtype.itemSize == 1 ? ["name": "bytes"] : ["name": "bytes", "configuration": ["endian": "little"]]
    var chain: [JSONValue] = [bytes]
    for codec in codecs {
      let description = codec.v3
      let configuration = description.json
      chain.append(
        configuration.isEmpty
          ? ["name": .string(description.name)]
          : ["name": .string(description.name), "configuration": .object(configuration)])
    }
    if shards != nil {
      chain = [
        [
          "name": "sharding_indexed",
          "configuration": [
            "chunk_shape": JSONValue(chunks), "codecs": .array(chain),
            "index_codecs": [["name": "bytes", "configuration": ["endian": "little"]], ["name": "crc32c"]],
            "index_location": "end",
          ],
        ]
      ]
    }
    return [
      "zarr_format": 3, "node_type": "array", "shape": JSONValue(shape.dimensions),
      "data_type": .string(dtype.name),
      "chunk_grid": ["name": "regular", "configuration": ["chunk_shape": JSONValue(shards ?? chunks)]],
      "chunk_key_encoding": ["name": "default", "configuration": ["separator": "/"]],
      "fill_value": fill, "codecs": .array(chain), "attributes": .object(attributes),
    ]
  }

  private static func v2Document(
    _ shape: Shape, _ dtype: DType, _ chunks: [Int], _: [Int]?, _ codecs: [any ByteCodec],
    _ fill: JSONValue, _: JSONObject
  ) throws -> JSONObject {
    var compressor: JSONValue = .null
    if let codec = codecs.first {
      guard let description = codec.v2 else {
        throw TesseraError(.usage, "Zarr format 2 has no codec '\(codec.v3.name)'")
      }
      var object: JSONObject = ["id": .string(description.name)]
      for (key, value) in description.json { object[key] = value }
      compressor = .object(object)
    }
    return [
      "zarr_format": 2, "shape": JSONValue(shape.dimensions), "chunks": JSONValue(chunks),
      "dtype": .string(v2Spelling(dtype)), "compressor": compressor, "fill_value": fill, "order": "C",
      "filters": .null, "dimension_separator": ".",
    ]
  }

  private static func v2Spelling(_ dtype: DType) -> String {
    let order = dtype.itemSize == 1 ? "|" : "<"
    switch dtype.kind {
    case .bool: return "|b1"
    case .signed: return "\(order)i\(dtype.itemSize)"
    case .unsigned: return "\(order)u\(dtype.itemSize)"
    case .floating: return dtype == .bfloat16 ? "bfloat16" : "<f\(dtype.itemSize)"
    case .complex: return "<c\(dtype.itemSize)"
    }
  }
}
