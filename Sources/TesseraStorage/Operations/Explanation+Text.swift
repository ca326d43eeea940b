import TesseraCore

extension Explanation: CustomStringConvertible {
  /// The plan for people, a few lines for each pass; `json` is the one for programs.
  public var description: String {
    let bytes = "reads \(ByteSize.format(bytesRead)), writes \(ByteSize.format(bytesWritten))"
    let temporary =
      temporaryBytes > 0 ? ", takes \(ByteSize.format(temporaryBytes)) of disk meanwhile" : ""
    let head =
      "plan: \(count(passes.count, "pass", "passes")), \(bytes)\(temporary), predicted peak memory "
      + "\(ByteSize.format(predictedPeakBytes))\n"
    return passes.enumerated().reduce(head) { $0 + "pass \($1.offset + 1): \($1.element)" }
  }
}

extension Explanation.Pass: CustomStringConvertible {
  public var description: String {
    let target = purpose == .spill ? " into a temporary file beside the destination" : ""
    let written =
      purpose == .compute ? "" : "  writes \(ByteSize.format(bytesWritten)) before compression\(inStep)\n"
    return """
      \(TesseraError.printable(source))\(target)
        shape \(shape) in \(count(blocks, "block", "blocks")) of \(Shape.describe(blockShape)) on \
      \(count(threads, "thread", "threads"))\(sharesBlocks ? " together" : "")
      \(product.map(text) ?? "  reads \(ByteSize.format(bytesRead)), each part of the source \(reads)")
      \(written)  predicted peak memory \(ByteSize.format(predictedPeakBytes))

      """
  }

  private var inStep: String { purpose == .write && outputs > 1 ? ", \(outputs) arrays in step" : "" }

  private var reads: String {
    sourceReads == 1
      ? "once" : sourceReads == 0 ? "never" : "\(ByteSize.fixed(sourceReads, decimals: 1)) times"
  }

  private func text(_ product: Explanation.Product) -> String {
    func times(_ number: Int) -> String { number == 1 ? "once" : "\(number) times" }
    return """
        product of (\(product.rows), \(product.summed)) and (\(product.summed), \(product.columns)) in tiles of \
      \(Shape.describe(product.tileShape)), \(product.tileDepth) summed at a time
        reads \(ByteSize.format(bytesRead)): the left operand \(times(product.leftReads)), the right one \
      \(times(product.rightReads)); the least that any order of work could read is \
      \(ByteSize.format(product.leastBytesRead))
      """
  }
}

private func count(_ number: Int, _ noun: String, _ plural: String) -> String {
  "\(number) \(number == 1 ? noun : plural)"
}
