import TesseraCore

/// Answers in the making: pairs of keys and a weight, turned into elements all together.
struct QuantileResults {
  private let request: QuantileRequest
  private let dtype: DType
  private var low: [UInt64] = []
  private var high: [UInt64] = []
  /// NaN where there was nothing to choose from.
  private var weights: [Double] = []

  init(_ request: QuantileRequest, _ dtype: DType) {
    self.request = request
    self.dtype = dtype
  }

  var count: Int { weights.count }

  mutating func append(_ low: UInt64, _ high: UInt64, _ weight: Double) {
    self.low.append(low)
    self.high.append(high)
    weights.append(weight)
  }

  /// NaN, or 0 where the answers have an integer dtype.
  mutating func appendMissing() {
    let key = dtype.kind == .floating ? OrderedKeys.nan : 0
    append(key, key, .nan)
  }

  mutating func removeAll() {
    low.removeAll(keepingCapacity: true)
    high.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
  }

  /// Writes the answers, made position after position, so that those of one probability are adjacent: that of
  /// probability p and position i becomes element p * `stride` + i.
  func write(to target: UnsafeMutableRawPointer, stride: Int) {
    switch dtype {
    case .bool: write(UInt8.self, target, stride)
    case .int8: write(Int8.self, target, stride)
    case .int16: write(Int16.self, target, stride)
    case .int32: write(Int32.self, target, stride)
    case .int64: write(Int64.self, target, stride)
    case .uint8: write(UInt8.self, target, stride)
    case .uint16: write(UInt16.self, target, stride)
    case .uint32: write(UInt32.self, target, stride)
    case .uint64: write(UInt64.self, target, stride)
    case .float16: write(Float16.self, target, stride)
    case .bfloat16: write(BFloat16.self, target, stride)
    case .float32: write(Float.self, target, stride)
    case .float64: write(Double.self, target, stride)
    case .complex64, .complex128: preconditionFailure("complex numbers have no order")
    }
  }

  private func write<Value: OrderedElement>(
    _: Value.Type, _ target: UnsafeMutableRawPointer, _ stride: Int
  ) {
    if request.isMedian {
      store(target, stride) { median(Value.self, $0) }
    } else if request.method.isDiscrete {
      store(target, stride) { value($0, low) as Value }
    } else if request.isWidened, dtype.kind == .floating {
      store(target, stride) {
        weights[$0].isNaN
          ? Double.nan
          : Double.interpolated(wide(Value.self, $0, low), wide(Value.self, $0, high), weights[$0])
      }
    } else {
      store(target, stride) {
        weights[$0].isNaN
          ? Value.missing : Value.interpolated(value($0, low), value($0, high), weights[$0])
      }
    }
  }

  /// Of an odd number it is the middle element as it is: its sum with itself could overflow.
  private func median<Value: OrderedElement>(_: Value.Type, _ index: Int) -> Value.Between {
    if weights[index].isNaN { return Value.missing }
    let middle: Value = value(index, low)
    return weights[index] == 0 ? middle.answer : Value.mean(middle, value(index, high))
  }

  private func value<Value: OrderedElement>(_ index: Int, _ keys: [UInt64]) -> Value {
    Value(orderedKey: keys[index])
  }

  private func wide<Value: OrderedElement>(_: Value.Type, _ index: Int, _ keys: [UInt64]) -> Double {
    (value(index, keys) as Value).double
  }

  private func store<Value: BitwiseCopyable>(
    _ target: UnsafeMutableRawPointer, _ stride: Int, _ value: (Int) -> Value
  ) {
    let probabilities = request.probabilities.count
    for index in weights.indices {
      let element = index % probabilities * stride + index / probabilities
      target.storeBytes(of: value(index), toByteOffset: element * MemoryLayout<Value>.size, as: Value.self)
    }
  }
}
