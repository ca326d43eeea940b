import Tessera
import TesseraIO
import TesseraStorage

/// What `info` tells about a path.
enum ContentsReport {
  case array(ArrayReport)
  /// An archive of one array.
  case onlyMember(ArrayReport)
  case members(MembersReport)

  /// Looks at metadata and at the sizes of files; reads no element.
  ///
  /// - Throws: as `StoredArray.contents`.
  init(_ path: String) throws {
    let path = Path.trimmed(path)
    func name(_ description: ArrayDescription) -> String {
      String(description.path.dropFirst(path.count + 1))
    }
    switch try StoredArray.contents(of: path) {
    case .array(let description) where description.format == .npz && description.path != path:
      let stored = try ContentsReport.storedBytes(description)
      self = .onlyMember(ArrayReport(description: description, name: name(description), storedBytes: stored))
    case .array(let description):
      self = .array(
        ArrayReport(description: description, storedBytes: try ContentsReport.storedBytes(description)))
    case .members(let format, let descriptions):
      // One look at an archive's directory rather than one for each member.
      let sizes = try format == .npz ? ContentsReport.sizes(archive: path) : [:]
      let members = try descriptions.map { description in
        let stored = try sizes[name(description)] ?? ContentsReport.storedBytes(description)
        return ArrayReport(description: description, name: name(description), storedBytes: stored)
      }
      self = .members(MembersReport(path: path, format: format, members: members))
    }
  }

  var arrays: [ArrayReport] {
    switch self {
    case .array(let report), .onlyMember(let report): [report]
    case .members(let report): report.members
    }
  }

  var json: JSONValue {
    switch self {
    case .array(let report): report.json
    case .onlyMember(let report): report.jsonOfOnlyMember
    case .members(let report): report.json
    }
  }

  var text: String {
    switch self {
    case .array(let report), .onlyMember(let report): report.text
    case .members(let report): report.text
    }
  }

  private static func sizes(archive path: String) throws -> [String: Int] {
    try NpzArchive(path).members.reduce(into: [:]) { $0[$1.name] = $1.entry.compressedSize }
  }

  private static func storedBytes(_ description: ArrayDescription) throws -> Int? {
    switch description.format {
    case .computed: return 0
    case .npy, .csv: return try FileStamp(path: description.path).size
    case .npz:
      let location = try ArrayLocation(existing: description.path)
      return try NpzArchive(location.path).entry(location.member).entry.compressedSize
    case .zarr2, .zarr3:
      // Files are found through the metadata; a dtype or codec this build cannot read leaves the size open.
      do {
        return try ArrayLocation(existing: description.path).driver().storedBytes()
      } catch let error as TesseraError where error.kind == .unsupported {
        return nil
      }
    }
  }
}
