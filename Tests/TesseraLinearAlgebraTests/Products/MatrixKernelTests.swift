import TesseraCore
import TesseraKernels
import TesseraLinearAlgebra
import TesseraTestSupport
import Testing

/// The kernels in memory: Tessera's own for every dtype, and whichever a build uses, beside plain loops.
@Suite struct MatrixKernelTests {
  init() throws {
    if OpenBLAS.isAvailable { try OpenBLAS.require() }
  }

  private static let dtypes = DType.allCases.filter { $0 != .float16 && $0 != .bfloat16 }

  /// Shapes around the edges of what is packed and of tiles in registers: one length of three may be long, for the sake
  /// of the plain loops.
  private static func shape(_ generator: inout SeededGenerator) -> (m: Int, k: Int, n: Int) {
    let long = [[12, 240], [192, 384], [64, 130]]
    let chosen = Int.random(in: 0..<3, using: &generator)
    let lengths = long.enumerated().map { axis, edges -> Int in
      let edge =
        axis == chosen
        ? edges.randomElement(using: &generator)! : [1, 6, 12].randomElement(using: &generator)!
      return Swift.max(1, edge + Int.random(in: -1...1, using: &generator))
    }
    return (lengths[0], lengths[1], lengths[2])
  }

  /// Bytes of small whole numbers, as a matrix that is stored in C order or transposed, with gaps between rows.
  private struct Stored {
    let naive: NaiveArray
    let bytes: [UInt8]
    let row, column: Int

    init(
      _ rows: Int, _ columns: Int, _ dtype: DType, isTransposed: Bool, using generator: inout SeededGenerator
    ) throws {
      let naive = NaiveArray(random: [rows, columns], dtype, using: &generator)
      let gap = Int.random(in: 0...3, using: &generator)
      let (outer, inner) = isTransposed ? (columns, rows) : (rows, columns)
      let padded = NaiveArray([outer, inner + gap]) { index in
        index[1] < inner ? naive[isTransposed ? index.reversed() : index] : Complex(1, 0)
      }
      self.naive = naive
      bytes = try padded.array(dtype).bits()
      (row, column) = isTransposed ? (1, Swift.max(1, inner + gap)) : (Swift.max(1, inner + gap), 1)
    }
  }

  @Test(arguments: 0..<300) func agreeWithLoops(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let dtype = MatrixKernelTests.dtypes[seed % MatrixKernelTests.dtypes.count]
    let (m, k, n) = MatrixKernelTests.shape(&generator)
    let a = try Stored(m, k, dtype, isTransposed: Bool.random(using: &generator), using: &generator)
    let b = try Stored(k, n, dtype, isTransposed: Bool.random(using: &generator), using: &generator)
    let isOwn = Bool.random(using: &generator)
    let expected = try a.naive.times(b.naive, dtype)
    let leading = n + Int.random(in: 0...2, using: &generator)
    let c = Buffer(count: m * leading * dtype.itemSize + 64)
    let scratch = Buffer(count: MatrixProduct.scratchBytes(dtype))
    let multiply = isOwn ? MatrixProduct.multiply : MatrixKernel.multiply
    withExtendedLifetime((c, scratch)) {
      a.bytes.withUnsafeBytes { first in
        b.bytes.withUnsafeBytes { second in
          // Once as the result, and once more on top of it.
          for accumulates in [false, true] {
            multiply(
              dtype, m, n, k, MatrixView(first.baseAddress!, row: a.row, column: a.column),
              MatrixView(second.baseAddress!, row: b.row, column: b.column), c.bytes.baseAddress!, leading,
              accumulates,
              scratch.bytes.baseAddress!)
          }
        }
      }
    }
    let sums = try numbers(c, m, n, leading, dtype)
    let twice = expected.elements.map { dtype == .bool ? $0 : Complex(2 * $0.real, 2 * $0.imaginary) }
    #expect(
      sums == twice.map { wrapped($0, dtype) }, "seed \(seed): \(dtype) \(m) x \(k) x \(n), own: \(isOwn)")
  }

  private func numbers(_ c: Buffer, _ m: Int, _ n: Int, _ leading: Int, _ dtype: DType) throws -> [Complex<
    Double
  >] {
    var rows = [Complex<Double>]()
    for row in 0..<m {
      var line = [Complex<Double>](repeating: Complex(0, 0), count: n)
      line.withUnsafeMutableBytes {
        Cast.convert(
          n, from: dtype, c.bytes.baseAddress! + row * leading * dtype.itemSize, to: .complex128,
          $0.baseAddress!)
      }
      rows += line
    }
    return rows
  }

  /// What an integer of few bits keeps of a sum.
  private func wrapped(_ value: Complex<Double>, _ dtype: DType) -> Complex<Double> {
    switch dtype {
    case .int8: Complex(Double(Int8(truncatingIfNeeded: Int(value.real))), 0)
    case .uint8: Complex(Double(UInt8(truncatingIfNeeded: Int(value.real))), 0)
    default: value
    }
  }

  @Test func boolsOtherThanOneAreTrue() {
    let a: [UInt8] = [2, 0, 255, 128]
    let c = Buffer(count: 4)
    let scratch = Buffer(count: MatrixProduct.scratchBytes(.bool))
    a.withUnsafeBytes { bytes in
      let view = MatrixView(bytes.baseAddress!, row: 2, column: 1)
      MatrixProduct.multiply(
        .bool, rows: 2, columns: 2, depth: 2, view, view, into: c.bytes.baseAddress!, leading: 2,
        accumulates: false,
        scratch: scratch.bytes.baseAddress!)
    }
    #expect(Array(c.bytes.prefix(4)) == [1, 0, 1, 1])
  }

  @Test func placesInMemoryDoNotChangeBits() throws {
    var generator = SeededGenerator(seed: 21)
    for (m, k, n) in [(40, 70, 33), (1, 300, 50), (50, 300, 1), (5, 5, 5)] {
      let values = (0..<(m * k + k * n)).map { _ in Float.random(in: -1...1, using: &generator) }
      var known: [Float]?
      for offset in [0, 4, 12, 20, 60] {
        let memory = Buffer(count: values.count * 4 + 64)
        values.withUnsafeBytes {
          (memory.bytes.baseAddress! + offset).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
        let c = Buffer(count: m * n * 4 + 64)
        let scratch = Buffer(count: MatrixKernel.scratchBytes(.float32))
        withExtendedLifetime((memory, scratch)) {
          let first = UnsafeRawPointer(memory.bytes.baseAddress!) + offset
          MatrixKernel.multiply(
            .float32, rows: m, columns: n, depth: k, MatrixView(first, row: k, column: 1),
            MatrixView(first + m * k * 4, row: n, column: 1), into: c.bytes.baseAddress! + offset % 32,
            leading: n,
            accumulates: false, scratch: scratch.bytes.baseAddress!)
        }
        let sums = withExtendedLifetime(c) {
          (0..<m * n).map { c.bytes.loadUnaligned(fromByteOffset: offset % 32 + 4 * $0, as: Float.self) }
        }
        #expect(sums == known ?? sums, "\(m) x \(k) x \(n) at \(offset)")
        known = sums
      }
    }
  }
}
