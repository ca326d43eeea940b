/// The lengths of an array's axes, with a product that is known to fit an `Int`.
public struct Shape: Sendable, Hashable {
  /// One length per axis, none negative.
  public let dimensions: [Int]
  /// The product of the dimensions; 1 for a scalar (no axes).
  public let count: Int

  /// NumPy's limit as well.
  public static let maximumRank = 64

  /// Checks rank, signs and the product.
  ///
  /// The product of the non-zero dimensions must fit too, so that strides of empty arrays cannot overflow.
  ///
  /// - Throws: `TesseraError` of kind `.usage` naming the shape, `.unsupported` for too many dimensions.
  public init(_ dimensions: [Int]) throws { try self.init(dimensions, otherwise: .usage) }

  /// The same for what a file says.
  ///
  /// - Throws: `.corrupt` in place of `.usage`.
  package init(stored dimensions: [Int]) throws { try self.init(dimensions, otherwise: .corrupt) }

  private init(_ dimensions: [Int], otherwise kind: TesseraError.Kind) throws {
    guard dimensions.count <= Shape.maximumRank else {
      throw TesseraError(
        .unsupported, "too many dimensions", expected: "at most \(Shape.maximumRank)",
        got: "\(dimensions.count)")
    }
    var product = 1
    for dimension in dimensions {
      guard dimension >= 0 else {
        throw TesseraError(
          kind, "negative dimension", expected: "lengths of 0 or more",
          got: Shape.describe(dimensions))
      }
      if dimension == 0 { continue }
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      // Below 2^59, elements of 16 bytes have a size and strides that fit an Int; 2^59 of them do not.
      guard !overflow, next < 1 << 59 else {
        throw TesseraError(
          kind, "shape is too large", expected: "fewer than 2^59 elements",
          got: Shape.describe(dimensions))
      }
      product = next
    }
    self.dimensions = dimensions
    self.count = dimensions.contains(0) ? 0 : product
  }

  /// For dimensions that are known to be valid, such as part of a valid shape.
  package init(known dimensions: [Int]) {
    self.dimensions = dimensions
    self.count = dimensions.reduce(1, *)
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }
  public var indices: Range<Int> { dimensions.indices }
  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// Element strides in C order (last axis fastest).
  public var strides: [Int] { Shape.strides(of: dimensions) }

  package static func strides(of dimensions: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: dimensions.count)
    for axis in dimensions.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * max(dimensions[axis + 1], 1)
    }
    return strides
  }

  /// NumPy's spelling: `(3, 4)`, `(3,)`, `()`.
  package static func describe(_ dimensions: [Int]) -> String {
    let list = dimensions.map(String.init).joined(separator: ", ")
    return dimensions.count == 1 ? "(\(list),)" : "(\(list))"
  }
}

extension Shape: CustomStringConvertible {
  public var description: String { Shape.describe(dimensions) }
}
