import Tessera

struct VerifyCommand: Command {
  static var definition: CommandDefinition {
    CommandDefinition(
      name: "verify", summary: "read everything: every index, checksum and chunk",
      details: "Names each chunk, and its shard, that does not decode; then exits with status 1.",
      operands: [Operand(name: "PATH", summary: "an array, archive or group")],
      examples: ["tessera verify features.zarr"])
  }

  private let path: String
  private let shared: SharedOptions

  init(_ arguments: Arguments) {
    path = arguments.operands[0]
    shared = SharedOptions(arguments)
  }

  func run(in session: Session) throws {
    if shared.explains { return try explain(in: session) }
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
      peakBytes: TransferOptions(memory: shared.memory).memory)
    try session.output.write(shared.isJSON ? plan.json.printed : plan.text)
  }

  private func text(_ report: Verification.Report) -> String {
    guard report.problems.isEmpty else { return report.problems.map { "\($0)\n" }.joined() }
    let counts = [Quantity.count(report.arrays, "array"), Quantity.count(report.chunks, "chunk")]
    return "ok: \(counts.joined(separator: ", ")), \(ByteSize.format(report.bytes)) checked\n"
  }

  private func json(_ report: Verification.Report) -> JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    return [
      "path": .string(path), "ok": .bool(report.problems.isEmpty), "arrays": JSONValue(report.arrays),
      "chunks": JSONValue(report.chunks), "bytes": JSONValue(report.bytes),
      "seconds": JSONValue(report.seconds),
      "problems": .array(
        report.problems.map {
          [
            "path": text($0.path), "what": .string($0.what), "expected": text($0.expected),
            "got": text($0.got),
          ]
        }),
    ]
  }
}
