import Tessera

/// One step of a job: `{"id", "op", "args": [number of an earlier step or scalar], …}`.
struct Step {
  private let json: JSONValue
  private let arrays: [Int: NDArray]
  let operation: String
  /// For what is computed where it is asked for.
  let options: TransferOptions

  init(_ json: JSONValue, _ arrays: [Int: NDArray], _ options: TransferOptions) {
    self.json = json
    self.arrays = arrays
    self.options = options
    operation = json["op"]?.string ?? ""
  }

  func array() throws -> NDArray {
    if let made = try linearAlgebra() { return made }
    if let made = try source() ?? view() ?? joined() ?? chosen() { return made }
    if let made = try sought() ?? distinct() ?? counted() ?? reduced() { return made }
    if let made = try composed() { return made }
    switch try operands() {
    case (.array(let a), nil): return try unary(operation, a)
    case (.array(let a), .array(let b)): return try binary(operation, a, b)
    case (.array(let a), .scalar(let b)): return try binary(operation, a, b)
    case (.scalar(let a), .array(let b)): return try binary(operation, a, b)
    default: throw BadJob(what: "operands of \(operation)")
    }
  }

  // MARK: Parameters

  enum Operand {
    case array(NDArray)
    case scalar(any ArrayScalar)
  }

  private func operands() throws -> (Operand, Operand?) {
    (try operand(0), argumentCount > 1 ? try operand(1) : nil)
  }

  var argumentCount: Int { json["args"]?.array?.count ?? 0 }

  func operand(_ number: Int) throws -> Operand {
    guard let value = json["args"]?[number] else {
      throw BadJob(what: "\(operation) has no argument \(number)")
    }
    if let id = value.int, let array = arrays[id] { return .array(array) }
    return .scalar(try scalar(value))
  }

  func array(_ number: Int) throws -> NDArray {
    guard case .array(let array) = try operand(number) else { throw BadJob(what: "a scalar in \(operation)") }
    return array
  }

  func allArrays() throws -> [NDArray] { try (0..<argumentCount).map { try array($0) } }

  subscript(_ key: String) -> JSONValue? { json[key].flatMap { $0.isNull ? nil : $0 } }

  func array(named key: String) -> NDArray? { self[key]?.int.flatMap { arrays[$0] } }
  func scalar(named key: String) throws -> (any ArrayScalar)? { try self[key].map { try scalar($0) } }
  var axis: Int? { self["axis"]?.int }
  /// One axis or a list of them.
  var axes: Axes? { self["axis"]?.ints.map { Axes($0) } ?? axis.map { Axes($0) } }
  var keepdims: Bool { self["keepdims"]?.bool ?? false }
  var ddof: Int { self["ddof"]?.int ?? 0 }
  var dtype: DType? { self["dtype"]?.string.flatMap { DType(name: $0) } }
}
