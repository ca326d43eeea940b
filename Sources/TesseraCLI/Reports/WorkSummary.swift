import Tessera

/// What finished work did, in one line or as JSON.
struct WorkSummary {
  let sources: [String]
  let destination: String
  let report: WorkReport

  /// Of what was read, or of what was made of nothing.
  private var bytes: Int { report.bytesIn > 0 ? report.bytesIn : report.bytesOut }
  private var rate: Double? { report.seconds > 0 ? Double(bytes) / report.seconds : nil }
  private var ratio: Double? { Quantity.ratio(report.bytesOut, report.storedBytes) }

  /// `x.npy -> x.zarr: 1.00 GiB in, 695 MiB stored (1.47x), 1.8 s, 0.6 GB/s, peak 138 MiB`
  var text: String {
    var parts = report.bytesIn > 0 ? ["\(ByteSize.format(report.bytesIn)) in"] : []
    let stored = "\(ByteSize.format(report.storedBytes)) stored"
    parts.append(ratio.map { "\(stored) (\(ByteSize.fixed($0, decimals: 2))x)" } ?? stored)
    parts.append(Quantity.seconds(report.seconds))
    if let rate, bytes > 0 { parts.append(Quantity.rate(rate)) }
    parts.append("peak \(ByteSize.format(report.peakResident))")
    let what = "\(sources.joined(separator: ", ")) -> \(destination)".printable
    return "\(what): \(parts.joined(separator: ", "))\n"
  }

  var json: JSONValue {
    [
      "sources": .array(sources.map { .string($0) }), "destination": .string(destination),
      "bytes_in": JSONValue(report.bytesIn), "bytes_out": JSONValue(report.bytesOut),
      "stored_bytes": JSONValue(report.storedBytes), "ratio": ratio.map { JSONValue($0) } ?? nil,
      "seconds": JSONValue(report.seconds), "bytes_per_second": rate.map { JSONValue($0) } ?? nil,
      "peak_bytes": JSONValue(report.peakResident),
    ]
  }
}
