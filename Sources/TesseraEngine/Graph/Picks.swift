package import TesseraCore

/// Positions along several axes of an array that are taken together: one axis of the result, in place of the first of those
/// axes.
package struct Picks: Sendable {
  /// Ascending, at least one.
  package let axes: [Int]
  /// In C order of those axes, within them, which was checked.
  package let positions: [Int]

  package init(axes: [Int], positions: [Int]) {
    self.axes = axes
    self.positions = positions
  }

  /// What has a value for each axis of an array, with one for the picks in place of those for their axes.
  package func narrowed<Value>(_ values: [Value], _ own: Value) -> [Value] {
    var values = values
    for axis in axes.dropFirst().reversed() { values.remove(at: axis) }
    values[axes[0]] = own
    return values
  }

  /// What has a value for each axis of the result, with one for each of the axes that are picked from.
  package func widened<Value>(_ values: [Value], _ each: Value) -> [Value] {
    var values = values
    values[axes[0]] = each
    for axis in axes.dropFirst() { values.insert(each, at: axis) }
    return values
  }

  /// The shape of what is picked from an array.
  package func shape(of base: Shape) throws -> Shape {
    try Shape(narrowed(base.dimensions, positions.count))
  }

  /// Tells them apart from others.
  package var fingerprint: String { "\(axes) \(Positions.listed(positions).fingerprint)" }
}
