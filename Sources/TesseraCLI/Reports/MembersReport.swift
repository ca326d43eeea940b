import Tessera
import TesseraCore

/// What `info` tells about a group or an archive.
struct MembersReport {
  let path: String
  let format: StorageFormat
  let members: [ArrayReport]

  /// Of an archive: what is listed because it is there, although it is no array that can be opened.
  private var others: [ArrayReport] { members.filter { $0.problem != nil } }

  private var logicalBytes: Int? { MembersReport.sum(members.map(\.description.logicalBytes)) }
  private var storedBytes: Int? { MembersReport.sum(members.map(\.storedBytes)) }

  /// nil when a part is unknown, or there is more than an `Int` holds.
  private static func sum(_ parts: [Int?]) -> Int? {
    parts.reduce(0) { total, part in
      guard let total, let part else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(part)
      return overflow ? nil : sum
    }
  }

  var json: JSONValue {
    [
      "path": .string(path), "format": .string(format.rawValue), "members": .array(members.map(\.json)),
      "logical_bytes": logicalBytes.map { JSONValue($0) } ?? .null,
      "stored_bytes": storedBytes.map { JSONValue($0) } ?? .null,
      "ratio": Quantity.ratio(logicalBytes, storedBytes).map { JSONValue($0) } ?? .null,
    ]
  }

  var text: String {
    let others = others
    let counts =
      [Quantity.count(members.count - others.count, "array")]
      + (others.isEmpty ? [] : [Quantity.count(others.count, "other member")])
    let head = "\(path.printable): \(format.rawValue), \(counts.joined(separator: ", "))\n"
    if members.isEmpty { return head }
    let problems = others.map { "\(($0.name ?? "").printable): \($0.problem ?? "")\n" }
    return head + MembersReport.table([MembersReport.titles] + members.map(MembersReport.cells))
      + problems.joined()
  }

  private static let titles = ["name", "shape", "dtype", "chunks", "codec", "logical", "stored", "ratio"]

  private static func cells(_ member: ArrayReport) -> [String] {
    let description = member.description
    return [
      member.name ?? "", member.problem == nil ? "\(description.shape)" : "unknown", description.dtypeName,
      description.chunks.map(Shape.describe) ?? "-", description.codec,
      description.logicalBytes.map(ByteSize.format) ?? "unknown",
      member.storedBytes.map(ByteSize.format) ?? "unknown",
      member.ratio.map { "\(ByteSize.fixed($0, decimals: 2))x" } ?? "-",
    ].map(\.printable)
  }

  private static func table(_ rows: [[String]]) -> String {
    let widths = titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return "  " + cells.joined(separator: "  ").trimmingTrailingSpaces + "\n"
    }.joined()
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: Substring {
    guard let last = lastIndex(where: { $0 != " " }) else { return "" }
    return self[...last]
  }
}
