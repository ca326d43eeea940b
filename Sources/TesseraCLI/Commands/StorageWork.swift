import Tessera
import TesseraEngine

/// Work that can tell beforehand what it will take.
protocol StorageWork {
  var explanation: Explanation { get }
  func run() throws -> WorkReport
}

extension Conversion: StorageWork {}
extension Adoption: StorageWork {}
extension Appending: StorageWork {}
extension Writing: StorageWork {}

extension SharedOptions {
  /// Plans work, then does it and prints what it did; or prints the plan alone, with `--explain`.
  func perform(
    _ sources: [String], to destination: String, in session: Session, resumes: Bool = false,
    _ plan: (TransferOptions) throws -> some StorageWork
  ) throws {
    let result = try withTransferOptions(session, resumes: resumes) { options in
      let work = try plan(options)
      if explains { return isJSON ? work.explanation.json.printed : work.explanation.description }
      // What is wrong with numbers is found where nobody knows the files they are from.
      let report = try naming(sources.joined(separator: ", ")) { try work.run() }
      let summary = WorkSummary(sources: sources, destination: destination, report: report)
      return isJSON ? summary.json.printed : summary.text
    }
    try session.output.write(result)
  }
}
