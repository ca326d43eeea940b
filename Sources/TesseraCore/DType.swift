/// The type of one element, with NumPy's names.
///
/// Complex types are pairs (real, imaginary) of the float half their size; `bfloat16` is the upper
/// half of a float32. Structured, string and date types have no case here: stores of them can be
/// described but not opened.
public enum DType: UInt8, Sendable, Hashable, CaseIterable {
  case bool
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float16, bfloat16, float32, float64
  case complex64, complex128

  /// What arithmetic an element takes part in.
  public enum Kind: Sendable { case bool, signed, unsigned, floating, complex }

  /// NumPy's name, which is Zarr v3's `data_type` as well.
  public var name: String { String(describing: self) }

  /// The dtype of that name, as in `DType(name: "float32")`; nil when there is none.
  public init?(name: some StringProtocol) {
    guard let found = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// Bytes per element.
  public var itemSize: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64, .complex64: 8
    case .complex128: 16
    }
  }

  public var kind: Kind {
    switch self {
    case .bool: .bool
    case .int8, .int16, .int32, .int64: .signed
    case .uint8, .uint16, .uint32, .uint64: .unsigned
    case .float16, .bfloat16, .float32, .float64: .floating
    case .complex64, .complex128: .complex
    }
  }

  /// Bytes of the scalar whose byte order counts: half an element for complex types.
  public var swapUnit: Int { kind == .complex ? itemSize / 2 : itemSize }
}

extension DType: CustomStringConvertible {
  public var description: String {
    switch self {
    case .bool: "bool"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .float32: "float32"
    case .float64: "float64"
    case .complex64: "complex64"
    case .complex128: "complex128"
    }
  }
}

/// The order of the bytes of a stored scalar.
public enum ByteOrder: Sendable, Hashable {
  case little, big

  /// The order of the machine this runs on.
  public static var native: ByteOrder { 1.littleEndian == 1 ? .little : .big }
}
