import TesseraCore
import Testing

@testable import TesseraKernels

/// Every operation on every dtype it has, against `elementwise.bin` from NumPy.
@Suite struct ElementwiseTests {
  /// The operands of one dtype, and what is expected of each operation.
  private struct Expectations {
    var x: [UInt8] = []
    var y: [UInt8] = []
    var count = 0
    var unary: [(UnaryOperation, DType, [UInt8])] = []
    var binary: [(BinaryOperation, DType, [UInt8])] = []
    var mask: [UInt8] = []
    var selected: [UInt8] = []

    init(_ dtype: DType) throws {
      let data = try Fixture.contents("elementwise.bin")
      for row in try Fixture.rows("elementwise.txt", separator: " ") {
        let numbers = row.compactMap { Int($0) }
        func bytes(_ offset: Int, _ itemSize: Int) -> [UInt8] {
          Array(data[offset..<offset + count * itemSize])
        }
        switch row[0] {
        case "values" where row[1] == dtype.name:
          count = numbers[0]
          x = bytes(numbers[1], dtype.itemSize)
          y = bytes(numbers[2], dtype.itemSize)
        case "unary" where row[2] == dtype.name:
          let op = try #require(UnaryOperation.allCases.first { $0.name == row[1] })
          let result = try #require(DType(name: row[3]))
          unary.append((op, result, bytes(numbers[0], result.itemSize)))
        case "binary" where row[2] == dtype.name:
          let op = try #require(BinaryOperation.allCases.first { $0.name == row[1] })
          let result = try #require(DType(name: row[3]))
          binary.append((op, result, bytes(numbers[0], result.itemSize)))
        case "select" where row[1] == dtype.name:
          mask = bytes(numbers[0], 1)
          selected = bytes(numbers[1], dtype.itemSize)
        default: break
        }
      }
    }
  }

  private func agreement(_ op: UnaryOperation, _ dtype: DType) -> Agreement {
    if dtype.kind == .complex {
      switch op {
      case .negative, .positive, .conjugate, .real, .imaginary, .rint, .isnan, .isinf, .isfinite, .logicalNot:
        return .exact
      default: return .norm(8)
      }
    }
    switch op {
    case .cbrt, .exp, .exp2, .expm1, .log, .log2, .log10, .log1p, .sin, .cos, .tan, .arcsin, .arccos, .arctan,
      .sinh, .cosh, .tanh, .arcsinh, .arccosh, .arctanh, .erf, .sigmoid, .softplus:
      return .ulps(dtype.itemSize == 2 ? 1 : 4)
    case .relu: return .equal
    default: return .exact
    }
  }

  private func agreement(_ op: BinaryOperation, _ dtype: DType) -> Agreement {
    switch op {
    case .maximum, .minimum, .fmax, .fmin: .equal
    case .multiply, .divide, .power: dtype.kind == .complex ? .norm(8) : op == .power ? .ulps(4) : .exact
    case .arctan2, .hypot: .ulps(dtype.itemSize == 2 ? 1 : 4)
    case .logaddexp, .logaddexp2: .nearOne(4)
    default: .exact
    }
  }

  private static func hex(_ bytes: [UInt8], _ index: Int, _ dtype: DType) -> String {
    let size = dtype.itemSize
    guard (index + 1) * size <= bytes.count else { return "nothing" }
    return bytes[index * size..<(index + 1) * size].reversed().map {
      ($0 < 16 ? "0" : "") + String($0, radix: 16)
    }
    .joined()
  }

  @Test(arguments: DType.allCases)
  func unaryOperationsAnswerAsNumPysDo(_ dtype: DType) throws {
    let expectations = try Expectations(dtype)
    let x = expectations.x
    #expect(expectations.unary.count >= 7)
    for (op, result, want) in expectations.unary {
      #expect(try op.signature(dtype) == OperationSignature(operand: dtype, result: result), "\(op.name)")
      let got = elementwise(op, dtype, x)
      if let index = agreement(op, dtype).firstDisagreement(result, got, want) {
        Issue.record(
          """
          \(op.name) of \(dtype) \(Self.hex(x, index, dtype)): expected \(Self.hex(want, index, result)), \
          got \(Self.hex(got, index, result))
          """)
      }
      #expect(result.kind != .bool || got.allSatisfy { $0 <= 1 }, "\(op.name) of \(dtype)")
    }
  }

  @Test(arguments: DType.allCases)
  func binaryOperationsAnswerAsNumPysDo(_ dtype: DType) throws {
    let expectations = try Expectations(dtype)
    let (x, y) = (expectations.x, expectations.y)
    #expect(expectations.binary.count >= 18)
    for (op, result, want) in expectations.binary {
      #expect(
        try op.signature(dtype, dtype) == OperationSignature(operand: dtype, result: result), "\(op.name)")
      var y = y
      if op == .power, dtype.kind == .signed {
        // As the fixture has it: negative exponents are refused.
        for start in stride(from: 0, to: y.count, by: dtype.itemSize)
        where y[start + dtype.itemSize - 1] >= 128 {
          for index in start..<start + dtype.itemSize { y[index] = ~y[index] }
        }
      }
      let got = try elementwise(op, dtype, x, y)
      if let index = agreement(op, dtype).firstDisagreement(result, got, want) {
        Issue.record(
          """
          \(op.name) of \(dtype) \(Self.hex(x, index, dtype)) and \(Self.hex(y, index, dtype)): \
          expected \(Self.hex(want, index, result)), got \(Self.hex(got, index, result))
          """)
      }
      #expect(result.kind != .bool || got.allSatisfy { $0 <= 1 }, "\(op.name) of \(dtype)")
    }
  }

  @Test(arguments: DType.allCases)
  func selectionTakesWhereTheMaskIsTrue(_ dtype: DType) throws {
    let expectations = try Expectations(dtype)
    let got = select(dtype.itemSize, expectations.mask, expectations.x, expectations.y)
    #expect(got == expectations.selected)
  }
}
