import Tessera
import TesseraIO
import TesseraStorage

struct InfoCommand: Command {
  static var definition: CommandDefinition {
    CommandDefinition(
      name: "info",
      summary: "shape, dtype, layout and size of an array, or the members of a group or archive",
      operands: [Operand(name: "PATH", summary: "an array, archive or group")],
      examples: ["tessera info features.zarr", "tessera info digits.npz --json"])
  }

  private let path: String
  private let shared: SharedOptions

  init(_ arguments: Arguments) {
    path = arguments.operands[0]
    shared = SharedOptions(arguments)
  }

  func run(in session: Session) throws {
    if shared.explains {
      // Only metadata is read, whatever the array.
      return try session.output.write(shared.isJSON ? ReadingPlan().json.printed : ReadingPlan().text)
    }
    let arrays: [ArrayReport]
    switch try StoredArray.contents(of: path) {
    case .array(let description):
      let report = try InfoCommand.report(description, name: nil)
      return try session.output.write(shared.isJSON ? report.json.printed : report.text)
    case .members(let format, let descriptions):
      arrays = try InfoCommand.members(descriptions, format, of: Path.trimmed(path))
      let report = MembersReport(path: path, format: format, members: arrays)
      try session.output.write(shared.isJSON ? report.json.printed : report.text)
    }
  }

  /// The arrays at a path, one or several.
  static func arrays(at path: String) throws -> [ArrayReport] {
    switch try StoredArray.contents(of: path) {
    case .array(let description): [try report(description, name: nil)]
    case .members(let format, let descriptions): try members(descriptions, format, of: Path.trimmed(path))
    }
  }

  private static func members(
    _ descriptions: [ArrayDescription], _ format: StorageFormat, of path: String
  ) throws -> [ArrayReport] {
    func name(_ description: ArrayDescription) -> String {
      String(description.path.dropFirst(path.count + 1))
    }
    guard format == .npz else { return try descriptions.map { try report($0, name: name($0)) } }
    let sizes = try NpzArchive(path).members.reduce(into: [:]) { $0[$1.name] = $1.entry.compressedSize }
    return descriptions.map { ArrayReport(description: $0, name: name($0), storedBytes: sizes[name($0)]) }
  }

  private static func report(_ description: ArrayDescription, name: String?) throws -> ArrayReport {
    ArrayReport(description: description, name: name, storedBytes: try storedBytes(description))
  }

  private static func storedBytes(_ description: ArrayDescription) throws -> Int? {
    switch description.format {
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
