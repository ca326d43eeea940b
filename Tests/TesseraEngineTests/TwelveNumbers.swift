import TesseraEngine
import Testing

/// Tests of what is made of the numbers from 0 to 11, three rows of int64.
protocol TwelveNumbers {
  var x: NDArray { get }
}

extension TwelveNumbers {
  static func numbers() throws -> NDArray { try NDArray((0..<12).map(Int64.init), shape: [3, 4]) }

  /// Whether an array of their shape and dtype has these values.
  func expect(_ array: NDArray, _ values: [Int64], _ location: SourceLocation = #_sourceLocation) throws {
    #expect(array.shape == x.shape && array.dtype == .int64, sourceLocation: location)
    #expect(try array.elements(as: Int64.self) == values, sourceLocation: location)
  }
}
