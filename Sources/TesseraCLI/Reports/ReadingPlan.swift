import Tessera
import TesseraStorage

/// What a command that writes nothing will read; its `--explain`.
struct ReadingPlan {
  struct Pass {
    var source: String
    var shape: Shape
    var bytesRead: Int
  }

  /// Empty when only metadata is read.
  var passes: [Pass] = []
  /// What the work stays under.
  var peakBytes = MemoryModel.base

  private var bytesRead: Int { passes.reduce(0) { $0 + $1.bytesRead } }

  var json: JSONValue {
    [
      "passes": .array(
        passes.map { pass in
          [
            "source": .string(pass.source), "shape": JSONValue(pass.shape.dimensions),
            "bytes_read": JSONValue(pass.bytesRead), "bytes_written": 0,
          ]
        }),
      "bytes_read": JSONValue(bytesRead), "bytes_written": 0, "predicted_peak_bytes": JSONValue(peakBytes),
    ]
  }

  var text: String {
    let head =
      "plan: \(Quantity.count(passes.count, "pass", plural: "passes")), reads \(ByteSize.format(bytesRead)), "
      + "writes nothing, peak memory at most \(ByteSize.format(peakBytes))\n"
    return passes.enumerated().reduce(head) { text, pass in
      text + "pass \(pass.offset + 1): \(pass.element.source.printable)\n"
        + "  shape \(pass.element.shape), reads \(ByteSize.format(pass.element.bytesRead))\n"
    }
  }
}
