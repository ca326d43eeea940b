import Tessera
import TesseraStorage

/// The options of every command that writes a store.
struct LayoutOptions: Sendable {
  private static var codecOption: Option<ArrayLayout.Codec> {
    let names = ArrayLayout.Codec.allCases.map(\.rawValue)
    return Option(
      "codec", "NAME", "\(names.joined(separator: ", ")) (none)",
      expected: "one of \(names.joined(separator: ", "))",
      parse: ArrayLayout.Codec.init(rawValue:))
  }
  private static var levelOption: Option<Int> {
    Option("level", "N", "the codec's own scale", expected: "a whole number") { Int($0) }
  }
  private static var chunksOption: Option<[Int]> {
    Option(
      "chunks", "SHAPE", "chunk shape, such as 4096x768 (chosen from shape and dtype)",
      expected: "lengths of 1 or more, such as 4096x768", parse: shape)
  }
  private static var shardsOption: Option<ArrayLayout.Shards> {
    Option(
      "shards", "SHAPE", "shape of the box one file holds, or none for a file per chunk",
      expected: "none, auto, or lengths such as 131072x768"
    ) { text in
      switch text {
      case "none": ArrayLayout.Shards.none
      case "auto": ArrayLayout.Shards.automatic
      default: shape(text).map { ArrayLayout.Shards.shape($0) }
      }
    }
  }
  private static var dtypeOption: Option<DType> {
    let names = DType.allCases.map(\.name).joined(separator: ", ")
    return Option("dtype", "NAME", "convert elements, as NumPy's astype", expected: "one of \(names)") {
      DType(name: $0)
    }
  }
  private static let checksumFlag = Flag("checksum", "give every chunk a CRC-32C")
  private static var zarrFormatOption: Option<Int> {
    Option(
      "zarr-format", "N", "3, or 2, which has no shards (the group's, or 3)", expected: "2 or 3"
    ) { text in
      text == "2" ? 2 : text == "3" ? 3 : nil
    }
  }

  static var declarations: [any OptionDeclaration] {
    [
      codecOption, levelOption, chunksOption, shardsOption, dtypeOption, checksumFlag, zarrFormatOption,
    ]
  }

  private(set) var layout = ArrayLayout()
  let dtype: DType?

  init(_ arguments: Arguments) {
    dtype = arguments[LayoutOptions.dtypeOption]
    layout.codec = arguments[LayoutOptions.codecOption] ?? layout.codec
    layout.level = arguments[LayoutOptions.levelOption]
    layout.chunks = arguments[LayoutOptions.chunksOption]
    layout.shards = arguments[LayoutOptions.shardsOption] ?? layout.shards
    layout.checksum = arguments[LayoutOptions.checksumFlag]
    layout.zarrFormat = arguments[LayoutOptions.zarrFormatOption]
  }

  /// Refuses what would change the bytes of a destination that already has its form.
  ///
  /// - Throws: `.usage`, unless every option but possibly `--chunks` has its default.
  func requireDefaults(allowingChunks: Bool = false, because reason: String) throws {
    var layout = layout
    if allowingChunks { layout.chunks = nil }
    guard layout == ArrayLayout(), dtype == nil else {
      throw TesseraError(
        .usage, reason, expected: allowingChunks ? "no layout option but --chunks" : "no layout options")
    }
  }

  /// Refuses what is for Zarr stores where an archive is all that is written.
  ///
  /// - Throws: `.usage`, unless every option but possibly `--dtype` has its default.
  func requireNoStore(_ archive: String, expected: String = "no layout option but --dtype") throws {
    // A name that is no archive's is refused for that.
    if archive.hasSuffix(".npz") { try layout.requireDefaults(for: archive, expected: expected) }
  }

  /// `4096x768` as lengths of 1 or more.
  private static func shape(_ text: String) -> [Int]? {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    let lengths = parts.compactMap { part in
      part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part).flatMap { $0 > 0 ? $0 : nil } : nil
    }
    return lengths.count == parts.count && lengths.count <= Shape.maximumRank ? lengths : nil
  }
}
