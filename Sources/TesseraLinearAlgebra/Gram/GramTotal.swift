import TesseraCore
import TesseraEngine
import TesseraKernels

/// The products of all rows that were merged, in float64 or complex128.
///
/// Centred ones are merged by the formulas of Chan, Golub and LeVeque (1983,
/// https://doi.org/10.1080/00031305.1983.10483115), for each pair of columns.
final class GramTotal {
  private let form: GramForm
  let products: MemoryDriver
  private(set) var weight = 0.0
  /// Weighted means of the columns; complex numbers are two.
  private(set) var means: [Double]
  /// The row that all rows are equal to, while there is one: of centred products without weights.
  private var commonRow: [Double]?
  /// One row of a partial's products.
  private let row: Buffer

  init(_ form: GramForm) {
    self.form = form
    products = MemoryDriver(
      shape: Shape(known: [form.columns, form.columns]), dtype: form.totalDType
    ) { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
    means = [Double](repeating: 0, count: form.isCentred ? form.reals : 0)
    row = Buffer(count: form.columns * form.totalDType.itemSize)
  }

  /// Whether all rows are the same: then products are nothing but rounding.
  var isConstant: Bool { commonRow != nil }

  func merge(_ partial: GramPartial) {
    guard partial.weight != 0 else { return }
    let row = partial.commonRow
    commonRow = weight == 0 || commonRow == row ? row : nil
    let all = weight + partial.weight
    let own = zip(partial.shift, partial.offsets).map { $0 + $1 }
    let apart = zip(own, means).map { $0 - $1 }
    for index in 0..<form.columns {
      load(partial, row: index)
      guard form.isCentred else {
        addRow(index)
        continue
      }
      let between = weight / all * partial.weight
      if form.parts == 1 {
        addReal(index, -partial.weight, partial.offsets, between, apart)
      } else {
        addComplex(index, -partial.weight, partial.offsets, between, apart)
      }
    }
    for place in means.indices { means[place] += apart[place] * (partial.weight / all) }
    weight = all
  }

  /// Fills the lower triangle.
  func mirror() {
    let columns = form.columns
    switch form.totalDType {
    case .float64:
      let all = products.bytes.assumingMemoryBound(to: Double.self)
      for i in 0..<columns { for j in 0..<i { all[i * columns + j] = all[j * columns + i] } }
    default:
      let all = products.bytes.assumingMemoryBound(to: Complex<Double>.self)
      for i in 0..<columns {
        for j in 0..<i {
          let other = all[j * columns + i]
          all[i * columns + j] = Complex(other.real, -other.imaginary)
        }
      }
    }
  }

  /// Puts a row of a partial's products, from the diagonal on and without its scales, at the start of `row`.
  private func load(_ partial: GramPartial, row index: Int) {
    let place = (index * form.columns + index) * form.dtype.itemSize
    Cast.convert(
      form.columns - index, from: form.dtype, UnsafeRawPointer(partial.products.bytes.baseAddress! + place),
      to: form.totalDType, row.bytes.baseAddress!)
    partial.scales?.restore(row: index, row.bytes.baseAddress!)
  }

  private func line<Scalar>(_ index: Int, _ type: Scalar.Type) -> (
    total: UnsafeMutablePointer<Scalar>, own: UnsafeMutablePointer<Scalar>
  ) {
    (
      products.bytes.baseAddress!.assumingMemoryBound(to: Scalar.self) + index * form.columns + index,
      row.bytes.baseAddress!.assumingMemoryBound(to: Scalar.self)
    )
  }

  private func addRow(_ index: Int) {
    let count = (form.columns - index) * form.parts
    let total =
      products.bytes.baseAddress!.assumingMemoryBound(to: Double.self)
      + (index * form.columns + index) * form.parts
    let own = row.bytes.baseAddress!.assumingMemoryBound(to: Double.self)
    for place in 0..<count { total[place] += own[place] }
  }

  private func addReal(
    _ index: Int, _ within: Double, _ offsets: [Double], _ between: Double, _ apart: [Double]
  ) {
    let (total, own) = line(index, Double.self)
    let (a, b) = (within * offsets[index], between * apart[index])
    offsets.withUnsafeBufferPointer { offsets in
      apart.withUnsafeBufferPointer { apart in
        let (y, d) = (offsets.baseAddress! + index, apart.baseAddress! + index)
        for place in 0..<form.columns - index { total[place] += own[place] + (a * y[place] + b * d[place]) }
      }
    }
  }

  private func addComplex(
    _ index: Int, _ within: Double, _ offsets: [Double], _ between: Double, _ apart: [Double]
  ) {
    let (total, own) = line(index, Complex<Double>.self)
    func product(_ values: [Double], _ other: Int) -> (real: Double, imaginary: Double) {
      let (a, b) = (values[2 * index], values[2 * index + 1])
      let (c, d) = (values[2 * other], values[2 * other + 1])
      return (a * c + b * d, a * d - b * c)
    }
    for place in 0..<form.columns - index {
      let y = product(offsets, index + place)
      let d = product(apart, index + place)
      total[place].real += own[place].real + (within * y.real + between * d.real)
      total[place].imaginary += own[place].imaginary + (within * y.imaginary + between * d.imaginary)
    }
  }
}
