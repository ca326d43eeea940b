import Glibc
import TesseraCore
import TesseraIO

/// Runs a transfer in two passes.
struct SpilledTransfer: Sendable {
  let plan: SpillPlan
  let source: any ArrayDriver
  /// The one-pass transfer whose result is made.
  let direct: Transfer
  let options: TransferOptions

  /// - Parameter folder: where the file between the passes is made. Its name is taken away at once, so that not even
  ///   a killed process leaves it.
  func run(in folder: String, progress: ProgressMeter) throws {
    // A resumed run may have come after the last block.
    if try direct.isFinished() { return try direct.run(progress: progress) }
    let path = Path.join(folder, "spill")
    try Directory.remove(path)
    let file = try File(path, .create)
    try Directory.remove(path)
    let spill = SpillSink(plan.grid, dtype: plan.dtype, file: file)
    try Transfer(from: source, to: spill, plan: plan.filling, options: options).run(progress: progress)
    let spilled = SpillDriver(source.description, plan.grid, dtype: plan.dtype, file: file)
    try direct.reading(ArraySource(spilled), plan.emptying).run(progress: progress)
  }
}
