import Tessera
import TesseraCore

/// What a repair did: a line for each thing, and one with the counts.
struct RepairSummary {
  let path: String
  let report: Repair.Report

  /// `x.zarr/c/0: dropped chunk (3,), elements [12:16] read as the fill value 0 now: checksum …`
  static func line(_ loss: Repair.Loss) -> String {
    let fill =
      loss.fillValue.isNull
      ? "as 0 now (there is no fill value)" : "as the fill value \(loss.fillValue.text()) now"
    let elements =
      loss.region.isEmpty ? "nothing of it within the array" : "elements \(loss.region) read \(fill)"
    var reason = loss.reason
    reason.path = nil
    return "\(loss.file): dropped \(name(loss)), \(elements): \(reason)".printable + "\n"
  }

  private static func name(_ loss: Repair.Loss) -> String {
    loss.chunk.map { "chunk \(Shape.describe($0))" } ?? "a whole shard"
  }

  /// All but the losses, which have been told.
  var text: String {
    var lines: [String] = report.corrected.map { "\($0.path ?? path): corrected one flipped bit: \($0.what)" }
    lines += report.leftovers.map { "\($0): removed, a killed writer had left it" }
    lines += report.remaining.map { "\($0)" }
    if hasDoubtfulFill {
      lines.append("note: fill values may occur as data, so what was dropped cannot be told from it later")
    }
    lines.append(last)
    return lines.map { $0.printable + "\n" }.joined()
  }

  /// Whether something reads as a value that is not NaN.
  private var hasDoubtfulFill: Bool {
    report.losses.contains { !$0.region.isEmpty && !$0.fillValue.text().contains("NaN") }
  }

  private var last: String {
    let elements = Quantity.count(report.lostElements, "element")
    var changes: [String] = []
    func add(_ number: Int, _ text: String) { if number > 0 { changes.append(text) } }
    func add(_ number: Int, _ noun: String, _ verb: String) {
      add(number, "\(Quantity.count(number, noun)) \(verb)")
    }
    add(report.losses.count, "\(report.losses.count) dropped (\(elements))")
    add(report.corrected.count, "flipped bit", "corrected")
    add(report.rewritten.count, "file", "rewritten")
    add(report.removed.count, "file", "removed")
    add(report.leftovers.count, "leftover", "removed")
    add(report.remaining.count, "problem", "left")
    if changes.isEmpty { return "ok: \(report.found.counts)" }
    return "\(report.remaining.isEmpty ? "repaired" : "not repaired"): \(changes.joined(separator: ", ")); "
      + report.found.counts
  }

  var json: JSONValue {
    [
      "path": .string(path), "ok": .bool(report.remaining.isEmpty),
      "arrays": JSONValue(report.found.arrays), "chunks": JSONValue(report.found.chunks),
      "bytes": JSONValue(report.found.bytes), "seconds": JSONValue(report.found.seconds),
      "dropped": .array(report.losses.map(RepairSummary.json)),
      "dropped_elements": JSONValue(report.lostElements), "rewritten": strings(report.rewritten),
      "removed": strings(report.removed), "corrected": .array(report.corrected.map(\.json)),
      "leftovers": strings(report.leftovers), "problems": .array(report.remaining.map(\.json)),
    ]
  }

  private func strings(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }

  private static func json(_ loss: Repair.Loss) -> JSONValue {
    [
      "array": .string(loss.array), "file": .string(loss.file),
      "chunk": loss.chunk.map { JSONValue($0) } ?? .null, "start": JSONValue(loss.region.lower),
      "stop": JSONValue(zip(loss.region.lower, loss.region.lengths).map { $0 + $1 }),
      "fill_value": loss.fillValue, "reason": loss.reason.json,
    ]
  }
}
