package import TesseraCore
import TesseraKernels
package import TesseraStorage

/// Evenly spaced numbers, each computed from its position, as NumPy computes them.
package struct RangeDriver: SequenceDriver {
  /// How an element follows from its position.
  package enum Rule: Sendable, Hashable {
    /// Integers, which wrap.
    case integers(start: Int64, step: Int64)
    /// Floats by the distance of the first two, in the arithmetic of the dtype; of the half types, in float32.
    case floats(first: Double, second: Double)
    /// `start + position / divisions * span`, the last one `stop` where it is given.
    case divisions(start: Double, span: Double, divisions: Double, last: Double?)
  }

  package let description: ArrayDescription
  private let rule: Rule
  private let count: Int
  private let dtype: DType

  package init(_ count: Int, _ rule: Rule, dtype: DType) throws {
    self.count = count
    self.rule = rule
    self.dtype = dtype
    var description = ArrayDescription(computed: try Shape([count]), dtype: dtype)
    description.path = "<range>"
    self.description = description
  }

  private static let tile = 512

  package func fill(first: Int, count: Int, into target: UnsafeMutableRawPointer) {
    for start in stride(from: 0, to: count, by: RangeDriver.tile) {
      let place = target + start * dtype.itemSize
      let range = first + start..<first + min(count, start + RangeDriver.tile)
      switch rule {
      case .integers(let start, let step):
        make(range, into: place) { start &+ Int64($0) &* step }
      case .floats(let first, let second) where dtype == .float64:
        make(range, into: place) { $0 == 1 ? second : first + Double($0) * (second - first) }
      case .floats(let first, let second):
        let (first, second) = (Float(first), Float(second))
        make(range, into: place) { $0 == 1 ? second : first + Float($0) * (second - first) }
      case .divisions(let start, let span, let divisions, let last):
        makeDivisions(range, start, span, divisions, last, into: place)
      }
    }
  }

  /// NumPy's order of operations, which decides the last bit.
  private func makeDivisions(
    _ range: Range<Int>, _ start: Double, _ span: Double, _ divisions: Double, _ last: Double?,
    into place: UnsafeMutableRawPointer
  ) {
    let step = span / divisions
    let isInteger = dtype.kind == .signed || dtype.kind == .unsigned
    let end = count - 1
    make(range, into: place) { position in
      let offset =
        divisions == 0
        ? Double(position) * span
        : step == 0 ? Double(position) / divisions * span : Double(position) * step
      let value = if position == end, let last { last } else { offset + start }
      return isInteger ? value.rounded(.down) : value
    }
  }

  private func make<Value: Element>(
    _ range: Range<Int>, into target: UnsafeMutableRawPointer, _ value: (Int) -> Value
  ) {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: RangeDriver.tile) { values in
      for (number, position) in range.enumerated() { values[number] = value(position) }
      Cast.convert(range.count, from: Value.dtype, values.baseAddress!, to: dtype, target)
    }
  }

  package func fingerprint() throws -> String { "range \(rule) \(dtype) \(count)" }
}
