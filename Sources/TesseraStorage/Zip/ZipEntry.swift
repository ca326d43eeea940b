/// One member of an archive, as the central directory describes it.
package struct ZipEntry: Sendable, Hashable {
  /// How a member's bytes are stored.
  package enum Method: Sendable, Hashable {
    case stored
    case deflated
    /// Any other, by its number; such members can be listed but not opened.
    case other(Int)

    init(number: Int) {
      switch number {
      case 0: self = .stored
      case 8: self = .deflated
      default: self = .other(number)
      }
    }

    var number: Int {
      switch self {
      case .stored: 0
      case .deflated: 8
      case .other(let number): number
      }
    }

    /// As `info` tells the codec of an array.
    var name: String {
      switch self {
      case .stored: "none"
      case .deflated: "deflate"
      case .other(let number): Method.otherNames[number] ?? "method \(number)"
      }
    }

    static let otherNames = [9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ"]
  }

  /// The name with its suffix: `x.npy`.
  package let name: String
  package let method: Method
  package let crc32: UInt32
  package let compressedSize: Int
  package let uncompressedSize: Int
  /// Where the local header is, in bytes from the start of the file.
  package let headerOffset: Int
  package let isEncrypted: Bool
  /// Where the next member, or the central directory, begins: this member must end before.
  let limit: Int
  let flags: Int

  /// Whether the member is a folder, which has no bytes.
  package var isFolder: Bool { name.hasSuffix("/") }
}
