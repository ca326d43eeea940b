import Tessera

extension Step {
  /// `open`: a stored array; `memory`: its elements in memory; `full`; nil for any other operation.
  func source() throws -> NDArray? {
    switch operation {
    case "open": return try NDArray.open(self["path"]?.string ?? "")
    case "memory": return try inMemory(StoredArray.open(self["path"]?.string ?? ""))
    case "full":
      guard let value = try scalar(named: "value") else { throw BadJob(what: "full of nothing") }
      return try .full(self["shape"]?.ints ?? [], value, dtype: dtype)
    default: return nil
    }
  }

  private func inMemory(_ stored: StoredArray) throws -> NDArray {
    func make<T: Element>(_: T.Type) throws -> NDArray {
      try NDArray(stored.elements(as: T.self), shape: stored.shape.dimensions)
    }
    return switch stored.dtype {
    case .bool: try make(Bool.self)
    case .int8: try make(Int8.self)
    case .int16: try make(Int16.self)
    case .int32: try make(Int32.self)
    case .int64: try make(Int64.self)
    case .uint8: try make(UInt8.self)
    case .uint16: try make(UInt16.self)
    case .uint32: try make(UInt32.self)
    case .uint64: try make(UInt64.self)
    case .float16: try make(Float16.self)
    case .bfloat16: try make(BFloat16.self)
    case .float32: try make(Float.self)
    case .float64: try make(Double.self)
    case .complex64: try make(Complex<Float>.self)
    case .complex128: try make(Complex<Double>.self)
    }
  }
}
