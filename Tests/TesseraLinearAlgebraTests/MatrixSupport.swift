import TesseraCore
import TesseraEngine
import TesseraTestSupport

/// Small matrices of numbers with plain loops for what is to be checked.
struct TestMatrix {
  var rows: Int
  var columns: Int
  /// In C order.
  var elements: [Complex<Double>]

  init(_ rows: Int, _ columns: Int, _ element: (Int, Int) -> Complex<Double>) {
    self.rows = rows
    self.columns = columns
    elements = (0..<rows * columns).map { element($0 / columns, $0 % columns) }
  }

  /// Normal enough: sums of uniform numbers around 0.
  init(random rows: Int, _ columns: Int, _ generator: inout SeededGenerator, isComplex: Bool = false) {
    var numbers: [Complex<Double>] = []
    for _ in 0..<rows * columns {
      let real = Double.random(in: -1...1, using: &generator) + Double.random(in: -1...1, using: &generator)
      let imaginary = Double.random(in: -1...1, using: &generator)
      numbers.append(Complex(real, isComplex ? imaginary : 0))
    }
    self.init(rows, columns) { numbers[$0 * columns + $1] }
  }

  /// The elements of an array of two axes, or of one as a column.
  init(_ array: NDArray) throws {
    let wide = array.astype(.complex128)
    self.init(array.shape[0], array.ndim > 1 ? array.shape[1] : 1) { _, _ in Complex(0, 0) }
    elements = try wide.elements(as: Complex<Double>.self)
  }

  static func identity(_ n: Int) -> TestMatrix { TestMatrix(n, n) { Complex($0 == $1 ? 1 : 0, 0) } }

  subscript(row: Int, column: Int) -> Complex<Double> { elements[row * columns + column] }

  func array(_ dtype: DType = .float64) throws -> NDArray {
    let wide = try NDArray(elements, shape: [rows, columns])
    return dtype.kind == .complex ? wide.astype(dtype) : try real(wide).astype(dtype).evaluated()
  }

  var adjoint: TestMatrix {
    TestMatrix(columns, rows) { Complex(self[$1, $0].real, -self[$1, $0].imaginary) }
  }

  static func * (a: TestMatrix, b: TestMatrix) -> TestMatrix {
    precondition(a.columns == b.rows)
    return TestMatrix(a.rows, b.columns) { row, column in
      (0..<a.columns).reduce(Complex(0, 0)) { sum, inner in
        let (x, y) = (a[row, inner], b[inner, column])
        return Complex(
          sum.real + x.real * y.real - x.imaginary * y.imaginary,
          sum.imaginary + x.real * y.imaginary + x.imaginary * y.real)
      }
    }
  }

  static func - (a: TestMatrix, b: TestMatrix) -> TestMatrix {
    precondition(a.rows == b.rows && a.columns == b.columns)
    return TestMatrix(a.rows, a.columns) {
      Complex(a[$0, $1].real - b[$0, $1].real, a[$0, $1].imaginary - b[$0, $1].imaginary)
    }
  }

  /// With columns multiplied by numbers.
  func scaled(_ factors: [Double]) -> TestMatrix {
    TestMatrix(rows, columns) {
      Complex(self[$0, $1].real * factors[$1], self[$0, $1].imaginary * factors[$1])
    }
  }

  /// The Frobenius norm.
  var norm: Double {
    elements.reduce(0) { $0 + $1.real * $1.real + $1.imaginary * $1.imaginary }.squareRoot()
  }

  /// How far A Aᴴ or Aᴴ A, whichever is smaller, is from the identity.
  var orthogonalityError: Double {
    let product = rows >= columns ? adjoint * self : self * adjoint
    return (product - .identity(product.rows)).norm
  }
}

/// The dtypes that numpy.linalg keeps, with their precision.
let linalgDTypes: [(dtype: DType, precision: Double)] = [
  (.float32, Double(Float.ulpOfOne)), (.float64, Double.ulpOfOne), (.complex64, Double(Float.ulpOfOne)),
  (.complex128, Double.ulpOfOne),
]
