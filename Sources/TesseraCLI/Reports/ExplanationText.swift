import Tessera
import TesseraStorage

extension Explanation {
  /// The plan for people; `json` is the one for programs.
  var text: String {
    let count = Quantity.count(passes.count, "pass", plural: "passes")
    let bytes = "reads \(ByteSize.format(bytesRead)), writes \(ByteSize.format(bytesWritten))"
    let temporary =
      temporaryBytes > 0 ? ", takes \(ByteSize.format(temporaryBytes)) of disk meanwhile" : ""
    let head =
      "plan: \(count), \(bytes)\(temporary), predicted peak memory \(ByteSize.format(predictedPeakBytes))\n"
    return passes.enumerated().reduce(head) { $0 + "pass \($1.offset + 1): \($1.element.text)" }
  }
}

extension Explanation.Pass {
  fileprivate var text: String {
    let blocks = "\(Quantity.count(blocks, "block")) of \(Shape.describe(blockShape))"
    let target = purpose == .spill ? " into a temporary file beside the destination" : ""
    return """
      \(source.printable)\(target)
        shape \(shape) in \(blocks) on \(Quantity.count(threads, "thread"))
        reads \(ByteSize.format(bytesRead)), each part of the source \(Quantity.times(sourceReads))
        writes \(ByteSize.format(bytesWritten)) before compression
        predicted peak memory \(ByteSize.format(predictedPeakBytes))

      """
  }
}
