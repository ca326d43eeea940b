package import TesseraCore
import TesseraIO
package import TesseraStorage

/// An elementwise expression as something that can be read: what is asked for is computed block by block.
package final class ExpressionDriver: ComputedDriver {
  package let description: ArrayDescription
  private let reader: ExpressionReader

  /// - Parameter program: with one root, over `shape`.
  package init(_ program: Program, shape: Shape, dtype: DType) {
    description = ArrayDescription(computed: shape, dtype: dtype)
    reader = ExpressionReader(program, shape: shape)
  }

  package var program: Program { reader.program }
  package var granule: [Int] { reader.granule }
  package var isSequential: Bool { program.isSequential }
  package var scratchBytes: Int { reader.scratchBytes }
  package var passingBytes: Int { program.passingBytes }

  package func read(
    _ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch
  ) throws {
    try reader.read(
      selection, into: [target], strides: [strides], interruption: scratch.interruption)
  }

  package func finishReading() { reader.finishReading() }

  package var storedBytesRead: Int { program.storedBytesRead(description.shape) }
  package var sourceNames: [String] { program.sourceNames }
  package func storedBytes() throws -> Int { 0 }

  package func fingerprint() throws -> String {
    let leaves = try program.leaves.map { "\(try $0.source.driver.fingerprint()) \($0.map)" }
    return "expression \(program.fingerprint) of \(leaves.joined(separator: "; "))"
  }
}

extension Program {
  /// The instructions as text; a user's own functions are not known by what they do, so they never match.
  var fingerprint: String {
    instructions.map { entry in
      if case .custom = entry.instruction { return "custom \(ProcessLimits.now)" }
      return "\(entry.result)=\(entry.instruction)"
    }.joined(separator: ",") + " \(values.map { "\($0.origin) \($0.dtype)" }) \(roots)"
  }
}
