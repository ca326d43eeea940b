import Tessera
import TesseraCore

/// What `info` tells about one array.
struct ArrayReport {
  let description: ArrayDescription
  /// Within its group or archive; nil for an array on its own.
  var name: String?
  /// nil when it cannot be told without reading what this build cannot read.
  var storedBytes: Int?

  var ratio: Double? { Quantity.ratio(description.logicalBytes, storedBytes) }

  /// Why this is no array, or none that can be opened, without its path; nil for arrays.
  var problem: String? {
    guard var error = description.problem else { return nil }
    error.path = nil
    return error.description
  }

  /// An archive of one array is that array, and lists it as well.
  var jsonOfOnlyMember: JSONValue {
    var document = json
    document["name"] = nil
    document["members"] = [json]
    return document
  }

  var json: JSONValue {
    var members = JSONObject()
    if let name { members["name"] = .string(name) }
    members["path"] = .string(description.path)
    members["format"] = .string(description.format.rawValue)
    members["shape"] = problem == nil ? JSONValue(description.shape.dimensions) : .null
    members["dtype"] = problem == nil ? .string(description.dtypeName) : .null
    members["chunks"] = description.chunks.map { JSONValue($0) } ?? .null
    members["shards"] = description.shards.map { JSONValue($0) } ?? .null
    members["codec"] = .string(description.codec)
    members["logical_bytes"] = description.logicalBytes.map { JSONValue($0) } ?? .null
    members["stored_bytes"] = storedBytes.map { JSONValue($0) } ?? .null
    members["ratio"] = ratio.map { JSONValue($0) } ?? .null
    members["order"] = description.isFortranOrder ? "F" : "C"
    members["fill_value"] = description.fillValue
    members["attributes"] = .object(description.attributes)
    if let names = description.dimensionNames {
      members["dimension_names"] = .array(names.map { $0.map(JSONValue.string) ?? .null })
    }
    if let problem { members["problem"] = .string(problem) }
    return .object(members)
  }

  /// Names and values in two columns; what does not apply is left out.
  var text: String {
    var rows = [
      ("path", description.path), ("format", description.format.rawValue), ("shape", "\(description.shape)"),
      ("dtype", description.dtypeName),
    ]
    if let chunks = description.chunks { rows.append(("chunks", Shape.describe(chunks))) }
    if let shards = description.shards { rows.append(("shards", Shape.describe(shards))) }
    if let names = description.dimensionNames {
      rows.append(("axes", "(\(names.map { $0 ?? "-" }.joined(separator: ", ")))"))
    }
    rows.append(("codec", description.codec))
    if description.isFortranOrder { rows.append(("order", "Fortran (first axis fastest)")) }
    rows.append(("logical", ArrayReport.bytes(description.logicalBytes)))
    rows.append(("stored", ArrayReport.bytes(storedBytes)))
    if let ratio { rows.append(("ratio", "\(ByteSize.fixed(ratio, decimals: 2))x")) }
    if !description.fillValue.isNull { rows.append(("fill", description.fillValue.text())) }
    for (key, value) in description.attributes { rows.append(("attribute", "\(key) = \(value.text())")) }
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, value in
      name + String(repeating: " ", count: width - name.count) + "  \(value.printable)\n"
    }.joined()
  }

  private static func bytes(_ count: Int?) -> String {
    guard let count else { return "unknown" }
    return count < 1000 ? ByteSize.format(count) : "\(ByteSize.format(count)) (\(count) bytes)"
  }
}
