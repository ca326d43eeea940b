package import TesseraCore

/// What one reduction does with one dtype; decided once, called for each block.
///
/// Accumulators, one for each kept position, live in memory that the caller owns: `capacity *
/// bytesPerItem` bytes, aligned to 64, as a struct of arrays. They are `reset`, take values block by block
/// (`accumulateColumns`, `accumulateRows`), are merged with those of other leaves, and finished. Values and
/// masks may stand at any address. Results depend on the calls, their shapes and their order, on nothing else.
///
/// float16, bfloat16 and float32 accumulate in float64, float64 sums are compensated (Neumaier 1974,
/// https://doi.org/10.1002/zamm.19740540106), and moments are merged from those of eight values, or of up to 2048 of a
/// row, at a time by the formulas of Chan, Golub and LeVeque (1983, https://doi.org/10.1080/00031305.1983.10483115).
/// Integers wrap. Of zeros of either sign an extremum may be any.
package struct Reducer: Sendable {
  package let operation: ReductionOperation
  package let operand: DType
  /// Whether NaNs do not count. Such reducers take no masks.
  package let skipsNaN: Bool

  /// Throws `.usage` where NumPy raises TypeError: `logSumExp` of complex values; and for NaNs that are to be skipped where
  /// `canSkipNaN` says no.
  package init(_ operation: ReductionOperation, _ operand: DType, skipsNaN: Bool = false) throws {
    guard !skipsNaN || Reducer.canSkipNaN(operation, operand) else {
      throw TesseraError(.usage, "\(operation) of \(operand.name) without NaNs is not supported")
    }
    if operation == .logSumExp && operand.kind == .complex {
      throw TesseraError(
        .usage, "logsumexp is not defined for complex values", expected: "a real dtype", got: operand.name)
    }
    self.operation = operation
    self.operand = operand
    self.skipsNaN = skipsNaN
  }

  /// Whether there are loops that look for NaNs themselves, so that no mask is needed.
  package static func canSkipNaN(_ operation: ReductionOperation, _ operand: DType) -> Bool {
    (operation == .sum || operation == .moments) && operand.kind == .floating
  }

  /// What tells it from other reducers of the same dtype.
  package var name: String { skipsNaN ? "\(operation) without NaN" : "\(operation)" }

  /// Bytes of accumulators for each kept position, all fields.
  package var bytesPerItem: Int {
    switch operation {
    case .sum: kernelDType == .float64 ? 16 * parts : 8 * parts
    case .product: operand.kind == .complex ? 16 : 8
    case .minimum, .maximum, .fmin, .fmax: extremumDType.itemSize + 1
    case .argMinimum, .argMaximum: extremumDType.itemSize + 8
    case .moments: 32 * parts
    case .logSumExp: 16
    case .any, .all: 1
    case .numbers: 8
    }
  }

  /// The dtype that `finish` writes for a field.
  ///
  /// Sums and products of integers and bool are int64, or uint64 for unsigned; of floats float64, of complex
  /// numbers complex128. Extrema have the operand's dtype.
  package func resultDType(_ field: ReductionField) -> DType {
    switch field {
    case .index, .count: .int64
    case .m2, .sum: .float64
    case .mean: operand.kind == .complex ? .complex128 : .float64
    case .value:
      switch operation {
      case .sum, .product: accumulatedDType
      case .minimum, .maximum, .fmin, .fmax, .argMinimum, .argMaximum: operand
      case .logSumExp, .moments: .float64
      case .any, .all: .bool
      case .numbers: .int64
      }
    }
  }

  /// Whether `finish` can give a field.
  package func gives(_ field: ReductionField) -> Bool {
    switch operation {
    case .moments: [.count, .mean, .m2].contains(field)
    case .argMinimum, .argMaximum: [.value, .index, .count].contains(field)
    case .minimum, .maximum, .fmin, .fmax: [.value, .count].contains(field)
    case .logSumExp: [.value, .sum].contains(field)
    case .sum, .product, .any, .all, .numbers: field == .value
    }
  }

  /// Sums and moments of complex numbers are those of twice as many reals.
  var parts: Int {
    operand.kind == .complex && (operation == .sum || operation == .moments) ? 2 : 1
  }

  /// The dtype of one part.
  var kernelDType: DType {
    if parts == 1 { return operand }
    return operand == .complex64 ? .float32 : .float64
  }

  /// The dtype in which extrema are kept.
  var extremumDType: DType {
    operand == .float16 || operand == .bfloat16 ? .float32 : operand
  }

  private var accumulatedDType: DType {
    switch operand.kind {
    case .bool, .signed: .int64
    case .unsigned: .uint64
    case .floating: .float64
    case .complex: .complex128
    }
  }
}
