import TesseraCore

/// What `axis:` takes: one axis or several, counted from the end when negative. `0`, `[0, -1]`, an `Int`, a list of them,
/// `Axes`.
public protocol ArrayAxes: Sendable {
  /// The same as a value.
  var axes: Axes { get }
}

extension Int: ArrayAxes { public var axes: Axes { Axes(self) } }
extension Array: ArrayAxes where Element == Int { public var axes: Axes { Axes(self) } }
extension Axes: ArrayAxes { public var axes: Axes { self } }

extension ArrayAxes {
  /// The axes of an array of that rank, none twice.
  package func list(_ rank: Int) throws -> [Int] { try axes.list(rank) }
}

/// One axis or several, counted from the end when negative: `axis: 0`, `axis: [0, -1]`.
public struct Axes: Sendable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  /// As given: neither counted from the front yet nor checked.
  public let values: [Int]
  /// Whether it is one axis by itself, which NumPy tells from a list of one where it is that of a scalar.
  package let isSingle: Bool

  /// Several axes; that none comes twice is checked when they are used.
  public init(_ values: [Int]) { (self.values, isSingle) = (values, false) }
  /// One axis.
  public init(_ value: Int) { (values, isSingle) = ([value], true) }
  /// One axis: `axis: 0`.
  public init(integerLiteral value: Int) { self.init(value) }
  /// Several axes: `axis: [0, -1]`.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The axes of an array of that rank, none twice.
  package func list(_ rank: Int) throws -> [Int] {
    let known = try values.map { axis in
      guard axis < rank, axis >= -rank else {
        throw TesseraError(.usage, "axis \(axis) is out of bounds for array of dimension \(rank)")
      }
      return axis < 0 ? axis + rank : axis
    }
    guard Set(known).count == known.count else { throw TesseraError(.usage, "duplicate value in 'axis'") }
    return known
  }
}
