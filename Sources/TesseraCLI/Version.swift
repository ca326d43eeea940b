import TesseraCodecs
import TesseraLinearAlgebra

enum Version {
  static let number = "0.1.0"

  /// The number, and which optional libraries this build has.
  static var text: String {
    let features = CodecRegistry.features + [(name: "OpenBLAS", isAvailable: OpenBLAS.isAvailable)]
    func names(_ isAvailable: Bool) -> String {
      let names = features.filter { $0.isAvailable == isAvailable }.map(\.name)
      return names.isEmpty ? "none" : names.joined(separator: ", ")
    }
    return "tessera \(number)\nlibraries: \(names(true))\nmissing:   \(names(false))\n"
  }
}
