// Computes one job of the engine's benchmarks and prints the seconds that it took; results that are not written
// by the job itself go to the file that --answer names, as float64, by which the benchmark checks them.

import Tessera

do {
  let arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
  let jobs = Jobs(arguments: arguments, options: try arguments.transferOptions())
  var results: [NDArray] = []
  let time = try ContinuousClock().measure {
    results =
      switch arguments.job {
      case "columns": try jobs.statistics(axis: 0)
      case "rows": try jobs.statistics(axis: 1)
      case "overall": try jobs.statistics(axis: nil)
      case "columns-sum": try jobs.sum(axis: 0)
      case "columns-nan": try jobs.nanStatistics(axis: 0)
      case "columns-argmax": try jobs.argmax(axis: 0)
      case "histogram": try jobs.histogram()
      case "unique-counts", "unique-codes": try jobs.uniqueCounts()
      case "unique-gaussian": try jobs.unique()
      case "masked-rows": try jobs.maskedRows()
      case "columns-median": try jobs.median(axis: 0)
      case "overall-median": try jobs.median(axis: nil)
      case "normalize": try jobs.normalize()
      case "expression": try jobs.expression()
      case let other: throw TesseraError(.usage, "job", expected: Arguments.usage, got: other)
      }
  }
  if arguments.job == "masked-rows" {
    // The sums of its columns say whether it is right.
    results = [try results[0].astype(.float64).sum(axis: 0)]
  }
  if let answer = arguments.answer, !results.isEmpty {
    try stack(results.map { $0.astype(.float64) }).write(to: answer, options: .init(overwrite: true))
  }
  let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
  print("{\"seconds\": \(seconds)}")
} catch {
  print("tessera-engine-bench: error: \(error)")
  throw error
}
