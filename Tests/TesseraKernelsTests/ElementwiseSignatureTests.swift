import TesseraCore
import Testing

@testable import TesseraKernels

/// What operations take and yield, against `signatures.txt` from NumPy.
@Suite struct ElementwiseSignatureTests {
  private static let numpy = DType.allCases.filter { $0 != .bfloat16 }
  private static let codes = Dictionary(
    uniqueKeysWithValues: zip(
      numpy, ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]))

  private func text(_ signature: OperationSignature?) -> String {
    guard let signature else { return "-" }
    return "\(Self.codes[signature.operand] ?? "?!")>\(Self.codes[signature.result] ?? "?!")"
  }

  private func binaryText(_ op: BinaryOperation, _ a: DType, _ b: DType) -> String {
    if let (left, right) = op.mixedComparison(a, b) { return "\(Self.codes[left]!),\(Self.codes[right]!)>?" }
    return text(try? op.signature(a, b))
  }

  @Test func operationsTakeAndYieldWhatNumPysDo() throws {
    let unary = Dictionary(uniqueKeysWithValues: UnaryOperation.allCases.map { ($0.name, $0) })
    let binary = Dictionary(uniqueKeysWithValues: BinaryOperation.allCases.map { ($0.name, $0) })
    var checked = 0
    for row in try Fixture.rows("signatures.txt", separator: " ") {
      let a = try #require(DType(name: row[1]))
      if row.count == 3 {
        let op = try #require(unary[row[0]])
        #expect(text(try? op.signature(a)) == row[2], "\(op.name) of \(a)")
        checked += 1
      } else {
        let op = try #require(binary[row[0]])
        for (b, expected) in zip(Self.numpy, row[2...]) {
          #expect(binaryText(op, a, b) == expected, "\(op.name) of \(a) and \(b)")
          checked += 1
        }
      }
    }
    #expect(checked == unary.count * 14 + binary.count * 14 * 14)
  }

  /// bfloat16 is to take part in everything that float32 does, and to stay itself.
  @Test func bfloat16IsAFloat() throws {
    for op in UnaryOperation.allCases {
      let float32 = try? op.signature(.float32)
      let bfloat16 = try? op.signature(.bfloat16)
      #expect((float32 == nil) == (bfloat16 == nil), "\(op.name)")
      #expect(bfloat16 == nil || bfloat16?.operand == .bfloat16, "\(op.name)")
      #expect((float32?.result == .bool) == (bfloat16?.result == .bool), "\(op.name)")
    }
    for op in BinaryOperation.allCases {
      let float32 = try? op.signature(.float32, .float32)
      let bfloat16 = try? op.signature(.bfloat16, .int8)
      #expect((float32 == nil) == (bfloat16 == nil), "\(op.name)")
      let isLogical = op.name.hasPrefix("logical")
      #expect(bfloat16 == nil || bfloat16?.operand == (isLogical ? .bool : .bfloat16), "\(op.name)")
    }
  }

  @Test func refusalsNameTheFunctionAndItsDTypes() {
    #expect {
      try BinaryOperation.bitwiseAnd.signature(.float32, .int8)
    } throws: {
      "\($0)" == "ufunc 'bitwise_and' not supported for float32 and int8"
        && ($0 as? TesseraError)?.kind == .usage
    }
    #expect {
      try UnaryOperation.negative.signature(.bool)
    } throws: {
      "\($0)" == "ufunc 'negative' not supported for bool"
    }
  }
}
