package import TesseraCore

// NumPy's array-interface type strings: a byte order (`<` little, `>` big, `=` native, `|` none), a kind, and
// the size in bytes. https://numpy.org/doc/stable/reference/arrays.interface.html
// `numpy.load` takes whatever `numpy.dtype` takes, so one-letter codes and names are read as well.

/// What the `descr` of a `.npy` header says.
package enum NpyDescr {
  private static let kinds: [String: DType] = [
    "b1": .bool, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "u1": .uint8, "u2": .uint16,
    "u4": .uint32, "u8": .uint64, "f2": .float16, "f4": .float32, "f8": .float64, "c8": .complex64,
    "c16": .complex128,
    // One-letter codes; l and L are C's long, 8 bytes where this library runs.
    "?": .bool, "b": .int8, "h": .int16, "i": .int32, "l": .int64, "q": .int64, "B": .uint8, "H": .uint16,
    "I": .uint32, "L": .uint64, "Q": .uint64, "e": .float16, "f": .float32, "d": .float64, "F": .complex64,
    "D": .complex128,
  ]

  /// The dtype and byte order of a type string; nil when it is none of ours.
  ///
  /// - Postcondition: the order of one-byte dtypes is the native one.
  package static func parse(_ text: String) -> (dtype: DType, order: ByteOrder)? {
    var kind = text[...]
    var order = ByteOrder.native
    switch text.first {
    case "<": order = .little
    case ">": order = .big
    case "=", "|": break
    default:
      // Names take no byte order, and NumPy knows none called bfloat16.
      if let named = DType(name: text), named != .bfloat16 { return (named, .native) }
      kind = " " + kind
    }
    guard let dtype = kinds[String(kind.dropFirst())] else { return nil }
    return (dtype, dtype.itemSize == 1 ? .native : order)
  }

  /// NumPy's spelling of a dtype in that byte order: `<f4`, `|b1`.
  ///
  /// - Throws: for bfloat16, which has no spelling.
  package static func text(_ dtype: DType, _ order: ByteOrder) throws -> String {
    let mark = dtype.itemSize == 1 ? "|" : order == .little ? "<" : ">"
    let kind: String
    switch dtype.kind {
    case .bool: kind = "b"
    case .signed: kind = "i"
    case .unsigned: kind = "u"
    case .floating: kind = "f"
    case .complex: kind = "c"
    }
    guard dtype != .bfloat16 else {
      throw TesseraError(
        .unsupported, ".npy cannot hold bfloat16",
        expected: "a dtype that NumPy has (tessera convert --dtype float32 makes one)", got: "bfloat16")
    }
    return mark + kind + String(dtype.itemSize)
  }

  /// Why arrays of this `descr` cannot be computed with.
  static func refusal(_ descr: String) -> TesseraError {
    let type = descr.drop { "<>=|".contains($0) }
    // A letter and a size or a unit: `U5`, `M8[ns]`. Anything else is a name.
    let isTypeString = type.dropFirst().allSatisfy { $0.isNumber || $0 == "[" } || type.contains("[")
    let kind = isTypeString || descr.first == "(" || descr.first == "[" ? type.first : nil
    let got: String
    switch kind {
    case "O":
      return TesseraError(
        .unsupported, "Python object arrays cannot be opened",
        expected: "numbers (their bodies are pickles, which run code when they are loaded)",
        got: "dtype '\(descr)'")
    case "V":
      got =
        "dtype '\(descr)', raw bytes"
        + (descr.hasSuffix("V2") ? " (bfloat16 is saved like this, but cannot be told from others)" : "")
    case "U", "S", "a", "T": got = "dtype '\(descr)', strings"
    case "M", "m": got = "dtype '\(descr)', dates or durations"
    case "[", "(", "{": got = "the structured dtype \(descr)"
    default: got = "dtype '\(descr)'"
    }
    return TesseraError(
      .unsupported, "unsupported dtype", expected: "bool, integers, floats or complex numbers", got: got)
  }
}
