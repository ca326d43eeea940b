import TesseraCore
import TesseraEngine
import TesseraLinearAlgebra
import TesseraStorage
import TesseraTestSupport

/// An array of small whole numbers, each exact in every dtype, with sums that are exact too: what products are compared
/// with.
struct NaiveArray {
  var shape: [Int]
  /// In C order.
  var elements: [Complex<Double>]

  init(_ shape: [Int], _ element: ([Int]) -> Complex<Double>) {
    self.shape = shape
    elements = []
    Region(shape.map { 0..<$0 }).forEachIndex { elements.append(element($0)) }
  }

  /// Whole numbers from -2 to 2, or what a dtype has of them.
  init(random shape: [Int], _ dtype: DType, using generator: inout SeededGenerator) {
    self.init(shape) { _ in
      let low = dtype.kind == .unsigned || dtype.kind == .bool ? 0 : -2
      let high = dtype.kind == .bool ? 1 : 2
      let real = Double(Int.random(in: low...high, using: &generator))
      let imaginary = dtype.kind == .complex ? Double(Int.random(in: -2...2, using: &generator)) : 0
      return Complex(real, imaginary)
    }
  }

  subscript(_ index: [Int]) -> Complex<Double> { elements[place(index)] }

  private func place(_ index: [Int]) -> Int { zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 } }

  /// The array in memory.
  func array(_ dtype: DType) throws -> NDArray {
    try NDArray(elements, shape: shape).astype(dtype).evaluated()
  }

  func transposed(_ order: [Int]) -> NaiveArray {
    NaiveArray(order.map { shape[$0] }) { index in
      var own = index
      for (place, axis) in order.enumerated() { own[axis] = index[place] }
      return self[own]
    }
  }

  /// NumPy's `matmul` of arrays of two or more axes, element by element.
  func times(_ other: NaiveArray, _ dtype: DType) throws -> NaiveArray {
    let (first, second) = (shape.dropLast(2), other.shape.dropLast(2))
    let stack = try NDArray.broadcastShape(Shape(Array(first)), Shape(Array(second))).dimensions
    let k = shape[shape.count - 1]
    let width = other.shape[other.shape.count - 1]
    return NaiveArray(stack + [shape[shape.count - 2], other.shape[other.shape.count - 1]]) { index in
      let (row, column) = (index[index.count - 2], index[index.count - 1])
      func own(_ stack: ArraySlice<Int>, _ lengths: ArraySlice<Int>) -> [Int] {
        zip(stack.suffix(lengths.count), lengths).map { $1 == 1 ? 0 : $0 }
      }
      var (real, imaginary) = (0.0, 0.0)
      if k == 0 { return Complex(0, 0) }
      // The places of the row's and the column's first elements: an index made for each would take most of the time.
      let rowStart = place(own(index.dropLast(2), first) + [row, 0])
      let columnStart = other.place(own(index.dropLast(2), second) + [0, column])
      for position in 0..<k {
        let a = elements[rowStart + position]
        let b = other.elements[columnStart + position * width]
        real += a.real * b.real - a.imaginary * b.imaginary
        imaginary += a.real * b.imaginary + a.imaginary * b.real
      }
      return Complex(dtype == .bool ? min(real, 1) : real, imaginary)
    }
  }
}

extension NDArray {
  /// The elements as complex numbers, which hold small whole numbers of every dtype.
  func numbers(_ options: TransferOptions = .init()) throws -> [Complex<Double>] {
    try astype(.complex128).elements(as: Complex<Double>.self, options: options)
  }

  /// The bits of all elements.
  func bits(_ options: TransferOptions = .init()) throws -> [UInt8] {
    let computed = try evaluated(options: options)
    var bytes = [UInt8](repeating: 0, count: nbytes)
    try bytes.withUnsafeMutableBytes {
      try StoredArray(NodeSource.driver(of: computed.node)).read(into: $0)
    }
    return bytes
  }
}

extension ProductTiles {
  /// So small that small matrices are cut in every way, and read from where they are stored.
  static let tiny = ProductTiles(
    rows: 4, columns: 3, depth: 5, slabs: .init(leastDepth: 9, count: 3, mostElements: 12), keptBytes: 0)
}
