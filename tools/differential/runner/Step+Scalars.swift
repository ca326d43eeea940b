import Tessera

extension Step {
  /// `{"scalar": text, "kind": "bool" | "int" | "float" | "complex"}` for Python's numbers, `"dtype"` in place of
  /// `"kind"` for NumPy's; complex numbers as `[real, imaginary]`.
  func scalar(_ json: JSONValue) throws -> any ArrayScalar {
    let text = json["scalar"]?.string ?? ""
    let parts = (json["scalar"]?.array ?? []).compactMap(\.string).compactMap { Double($0) }
    let scalar: (any ArrayScalar)? =
      switch (json["kind"] ?? json["dtype"])?.string {
      case "bool": text == "True"
      case "int": Int(text)
      case "float", "float64": Double(text)
      case "complex": parts.count == 2 ? Complex(parts[0], parts[1]) : nil
      case "int8": Int8(text)
      case "int16": Int16(text)
      case "int32": Int32(text)
      case "int64": Int64(text)
      case "uint8": UInt8(text)
      case "uint16": UInt16(text)
      case "uint32": UInt32(text)
      case "uint64": UInt64(text)
      case "float16": Float16(text)
      case "float32": Float(text)
      default: nil
      }
    guard let scalar else { throw BadJob(what: "scalar \(json)") }
    return scalar
  }
}
