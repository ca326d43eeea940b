import Tessera

struct VerifyCommand: Command {
  private static let repairFlag = Flag(
    "repair", "drop what cannot be read from a Zarr store: it reads as the fill value then")

  static var definition: CommandDefinition {
    CommandDefinition(
      name: "verify", summary: "read everything: every index, checksum and chunk",
      details: """
        Names each chunk, and its shard, that does not decode; then exits with status 1. Nothing is
        changed unless --repair is given. With it, damaged chunks and what killed writers left are
        removed, all else stays as it is, and the status is 0 when all that remains can be read.
        """,
      operands: [Operand(name: "PATH", summary: "an array, archive or group")],
      options: [repairFlag],
      examples: ["tessera verify features.zarr", "tessera verify features.zarr --repair --json"])
  }

  private let path: String
  private let repairs: Bool
  private let shared: SharedOptions

  init(_ arguments: Arguments) {
    path = arguments.operands[0]
    repairs = arguments[VerifyCommand.repairFlag]
    shared = SharedOptions(arguments)
  }

  func run(in session: Session) throws {
    if shared.explains { return try explain(in: session) }
    if repairs { return try repair(in: session) }
    let report = try shared.withTransferOptions(session) { try Verification(path, options: $0).run() }
    try session.output.write(shared.isJSON ? json(report).printed : text(report))
    guard report.problems.isEmpty else {
      throw TesseraError(.corrupt, Quantity.count(report.problems.count, "problem"), path: path)
    }
  }

  private func explain(in session: Session) throws {
    let arrays = try ContentsReport(path).arrays
    let plan = ReadingPlan(
      passes: arrays.map {
        .init(source: $0.description.path, shape: $0.description.shape, bytesRead: $0.storedBytes ?? 0)
      },
      peakBytes: try shared.withTransferOptions(session) {
        try Verification(path, options: $0).predictedPeak()
      })
    try session.output.write(shared.isJSON ? plan.json.printed : plan.text)
  }

  private func repair(in session: Session) throws {
    // Each loss is told when it happens: a run that is killed later has told of it.
    let tell: @Sendable (Repair.Loss) -> Void = { [output = session.output, isJSON = shared.isJSON] loss in
      if !isJSON { try? output.write(RepairSummary.line(loss)) }
    }
    let report = try shared.withTransferOptions(session) {
      try Repair(path, options: $0, tell: tell).run()
    }
    let summary = RepairSummary(path: path, report: report)
    try session.output.write(shared.isJSON ? summary.json.printed : summary.text)
    guard report.remaining.isEmpty else {
      throw TesseraError(
        .corrupt, "\(Quantity.count(report.remaining.count, "problem")) not repaired", path: path)
    }
  }

  private func text(_ report: Verification.Report) -> String {
    guard report.problems.isEmpty else { return report.problems.map { "\($0)\n" }.joined() }
    return "ok: \(report.counts)\n"
  }

  private func json(_ report: Verification.Report) -> JSONValue {
    [
      "path": .string(path), "ok": .bool(report.problems.isEmpty), "arrays": JSONValue(report.arrays),
      "chunks": JSONValue(report.chunks), "bytes": JSONValue(report.bytes),
      "seconds": JSONValue(report.seconds), "problems": .array(report.problems.map(\.json)),
    ]
  }
}

extension Verification.Report {
  /// `1 array, 4 chunks, 1.2 MiB checked`.
  var counts: String {
    let counts = [Quantity.count(arrays, "array"), Quantity.count(chunks, "chunk")]
    return "\(counts.joined(separator: ", ")), \(ByteSize.format(bytes)) checked"
  }
}

extension TesseraError {
  /// As `verify --json` has it.
  var json: JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    return ["path": text(path), "what": .string(what), "expected": text(expected), "got": text(got)]
  }
}
