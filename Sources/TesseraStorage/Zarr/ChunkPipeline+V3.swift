import TesseraCodecs
import TesseraCore

extension ChunkPipeline {
  /// Shards within shards deeper than this are refused.
  private static let maximumDepth = 4

  /// Reads the `codecs` of a chunk of that shape; `names` collects what they are called.
  init(v3 codecs: [JSONValue], shape: [Int], elementSize: Int, names: inout [String], depth: Int = 0) throws {
    guard depth <= ChunkPipeline.maximumDepth else {
      throw TesseraError(
        .unsupported, "shards are nested too deep", expected: "at most \(ChunkPipeline.maximumDepth) levels")
    }
    var transpose: [Int]?
    var body: Body?
    var chain: [any ByteCodec] = []
    for entry in codecs {
      let codec = try NamedConfiguration(entry, field: "codecs")
      switch codec.name {
      case "transpose":
        guard body == nil else { throw ChunkPipeline.misplaced("transpose") }
        let order = try ChunkPipeline.order(codec.configuration["order"], rank: shape.count)
        transpose = transpose.map { previous in order.map { previous[$0] } } ?? order
        names.append("transpose")
      case "bytes":
        guard body == nil else { throw ChunkPipeline.misplaced("bytes") }
        body = .bytes(try ChunkPipeline.endian(codec.configuration["endian"], elementSize: elementSize))
      case "sharding_indexed":
        guard body == nil else { throw ChunkPipeline.misplaced("sharding_indexed") }
        let stored = transpose.map { order in order.map { shape[$0] } } ?? shape
        body = .sharding(
          try Sharding(
            v3: codec.configuration, shape: stored, elementSize: elementSize, names: &names, depth: depth + 1)
        )
      default:
        let description = try CodecDescription(name: codec.name, codec.configuration)
        let made = try CodecRegistry.v3(description, elementSize: elementSize)
        guard body != nil else { throw ChunkPipeline.misplaced(codec.name) }
        chain.append(made)
        names.append(ChunkPipeline.label(description))
      }
    }
    try ChunkPipeline.check(codecs: chain.count)
    guard let body else {
      throw TesseraError(.corrupt, "codecs", expected: "one of bytes and sharding_indexed", got: "neither")
    }
    let isIdentity = transpose == Array(shape.indices)
    self.init(transpose: isIdentity ? nil : transpose, body: body, chain: CodecChain(chain))
  }

  static func check(codecs count: Int) throws {
    guard count <= CodecChain.maximumLength else {
      throw TesseraError(
        .unsupported, "too many codecs", expected: "at most \(CodecChain.maximumLength)", got: "\(count)")
    }
  }

  private static func misplaced(_ name: String) -> TesseraError {
    TesseraError(
      .corrupt, "codec '\(name)' is out of place",
      expected: "transposes, one of bytes and sharding_indexed, compression")
  }

  /// Blosc with LZ4 is what the command line calls `lz4`.
  static func label(_ description: CodecDescription) -> String {
    guard description.name == "blosc", case .string(let cname) = description.configuration["cname"] else {
      return description.name
    }
    return cname == "lz4" ? "lz4" : "blosc-\(cname)"
  }

  private static func order(_ value: JSONValue?, rank: Int) throws -> [Int] {
    switch value {
    case .string("C"): return Array(0..<rank)
    case .string("F"): return Array((0..<rank).reversed())
    default:
      guard let order = value?.ints, order.count == rank, Set(order) == Set(0..<rank) else {
        throw TesseraError(
          .corrupt, "transpose order", expected: "a permutation of \(rank) axes",
          got: value?.text() ?? "nothing")
      }
      return order
    }
  }

  private static func endian(_ value: JSONValue?, elementSize: Int) throws -> ByteOrder {
    switch value?.string {
    case "little": return .little
    case "big": return .big
    case nil where elementSize == 1: return .little
    default:
      throw TesseraError(
        .corrupt, "codec 'bytes': endian", expected: "little or big", got: value?.text() ?? "nothing")
    }
  }
}

extension Sharding {
  fileprivate init(
    v3 configuration: JSONObject, shape: [Int], elementSize: Int, names: inout [String], depth: Int
  ) throws {
    let chunkShape = try field("chunk_shape", in: configuration) { $0.ints }
    guard chunkShape.count == shape.count, chunkShape.allSatisfy({ $0 > 0 }),
      zip(shape, chunkShape).allSatisfy({ $0 % $1 == 0 })
    else {
      throw TesseraError(
        .corrupt, "chunk shape within shards", expected: "lengths that divide \(Shape.describe(shape))",
        got: Shape.describe(chunkShape))
    }
    let codecs = try field("codecs", in: configuration) { $0.array }
    self.init(
      chunkShape: chunkShape,
      pipeline: try ChunkPipeline(
        v3: codecs, shape: chunkShape, elementSize: elementSize, names: &names, depth: depth))
    try readIndexCodecs(field("index_codecs", in: configuration) { $0.array })
    if let location = configuration["index_location"] {
      guard let known = location.string.flatMap(IndexLocation.init) else {
        throw TesseraError(.corrupt, "index_location", expected: "start or end", got: location.text())
      }
      indexLocation = known
    }
  }

  /// The index must have a size that is known beforehand: bytes, or bytes and crc32c.
  private mutating func readIndexCodecs(_ codecs: [JSONValue]) throws {
    let named = try codecs.map { try NamedConfiguration($0, field: "index_codecs") }
    guard let first = named.first, first.name == "bytes",
      named.dropFirst().map(\.name) == [] || named.dropFirst().map(\.name) == ["crc32c"]
    else {
      throw TesseraError(
        .unsupported, "shard index codecs", expected: "bytes, or bytes and crc32c",
        got: named.map(\.name).joined(separator: ", "))
    }
    indexOrder = first.configuration["endian"]?.string == "big" ? .big : .little
    hasIndexChecksum = named.count == 2
  }
}

extension CodecDescription {
  init(name: String, _ configuration: JSONObject) throws {
    var values: [String: Value] = [:]
    for (key, value) in configuration {
      values[key] =
        switch value {
        case .bool(let flag): .bool(flag)
        case .string(let text): .string(text)
        case .number(let number): number.int.map { .int($0) } ?? .other(number.text)
        default: .other(String(value.text().prefix(60)))
        }
    }
    self.init(name: name, configuration: values)
  }

  /// As metadata writes it; keys sorted, so that equal stores have equal bytes.
  var json: JSONObject {
    var object = JSONObject()
    for (key, value) in configuration.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .int(let number): object[key] = JSONValue(number)
      case .string(let text): object[key] = .string(text)
      case .bool(let flag): object[key] = .bool(flag)
      case .other(let text): object[key] = text == "null" ? .null : .string(text)
      }
    }
    return object
  }
}
