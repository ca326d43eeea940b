import TesseraCore
import TesseraEngine
import TesseraTestSupport

/// Compensated sums over complex numbers in float64, row by row.
struct GramReference {
  let rows: Int
  let columns: Int
  let values: [Complex<Double>]

  /// - Parameter x: of two axes; columns are multiplied.
  init(_ x: NDArray) throws {
    (rows, columns) = (x.shape[0], x.shape[1])
    values = try x.astype(.complex128).elements(as: Complex<Double>.self)
  }

  private init(_ rows: Int, _ columns: Int, _ values: [Complex<Double>]) {
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  /// Deviations from the columns' weighted means.
  func centred(_ weights: [Double]? = nil) -> GramReference {
    let weights = weights ?? [Double](repeating: 1, count: rows)
    let sum = weights.reduce(0, +)
    var values = values
    for column in 0..<columns {
      var total = (real: CompensatedSum(), imaginary: CompensatedSum())
      for row in 0..<rows {
        let value = values[row * columns + column]
        total.real.add(weights[row] * value.real)
        total.imaginary.add(weights[row] * value.imaginary)
      }
      let mean = Complex(total.real.value / sum, total.imaginary.value / sum)
      for row in 0..<rows {
        values[row * columns + column].real -= mean.real
        values[row * columns + column].imaginary -= mean.imaginary
      }
    }
    return GramReference(rows, columns, values)
  }

  /// Σ w conj(x) y of each pair of columns, and Σ w |x| |y|, which bounds the errors.
  func products(_ weights: [Double]? = nil) -> (values: [Complex<Double>], bounds: [Double]) {
    var sums = [(real: CompensatedSum, imaginary: CompensatedSum)](
      repeating: (CompensatedSum(), CompensatedSum()), count: columns * columns)
    var bounds = [Double](repeating: 0, count: columns * columns)
    for row in 0..<rows {
      let weight = weights?[row] ?? 1
      for i in 0..<columns {
        let x = values[row * columns + i]
        for j in 0..<columns {
          let y = values[row * columns + j]
          sums[i * columns + j].real.add(weight * (x.real * y.real + x.imaginary * y.imaginary))
          sums[i * columns + j].imaginary.add(weight * (x.real * y.imaginary - x.imaginary * y.real))
          bounds[i * columns + j] += weight * magnitude(x) * magnitude(y)
        }
      }
    }
    return (sums.map { Complex($0.real.value, $0.imaginary.value) }, bounds)
  }
}

/// Neumaier's sum: what each addition loses is added up beside it.
struct CompensatedSum {
  private var sum = 0.0
  private var lost = 0.0

  var value: Double { sum + lost }

  mutating func add(_ term: Double) {
    let next = sum + term
    lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
    sum = next
  }
}

func magnitude(_ value: Complex<Double>) -> Double {
  (value.real * value.real + value.imaginary * value.imaginary).squareRoot()
}

/// Seeded numbers of any dtype: floats around 0, small integers, complex numbers.
func randomMatrix(_ rows: Int, _ columns: Int, _ dtype: DType, seed: UInt64) throws -> NDArray {
  var generator = SeededGenerator(seed: seed)
  func number() -> Double { Double(Int64(bitPattern: generator.next()) >> 11) * 0x1p-50 }
  let values = (0..<rows * columns).map { _ in Complex(number(), number()) }
  let array = try NDArray(values, shape: [rows, columns])
  switch dtype.kind {
  case .complex: return try array.astype(dtype).evaluated()
  case .floating: return try NDArray(values.map(\.real), shape: [rows, columns]).astype(dtype).evaluated()
  case .bool: return try NDArray(values.map { $0.real > 0 }, shape: [rows, columns])
  case .unsigned:
    return try NDArray(values.map { ($0.real.magnitude * 50).rounded() }, shape: [rows, columns]).astype(
      dtype
    )
    .evaluated()
  case .signed:
    return try NDArray(values.map { ($0.real * 20).rounded() }, shape: [rows, columns]).astype(dtype)
      .evaluated()
  }
}

/// Errors of sums of products that are added up in blocks stay below this many roundings of Σ |x| |y|: some thousand
/// rows in a tree of partial sums, with room.
let sumOfProductsRoundings = 64.0

extension DType {
  /// The rounding of the dtype that products of its elements are made in.
  var productRounding: Double {
    switch self {
    case .float16, .bfloat16, .float32, .complex64: 0x1p-24
    default: 0x1p-53
    }
  }
}

/// The product of a matrix and another one, or a vector, as a sum of elementwise products.
func plainProduct(_ a: NDArray, _ b: NDArray) throws -> NDArray {
  if b.ndim == 1 { return try plainProduct(a, b.expandDims(axis: 1)).squeeze(axis: -1) }
  if a.ndim == 1 { return try plainProduct(a.expandDims(axis: 0), b).squeeze(axis: 0) }
  return try (a.expandDims(axis: 2) * b.expandDims(axis: 0)).sum(axis: 1)
}
