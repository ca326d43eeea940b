package import TesseraCore
package import TesseraKernels
package import TesseraStorage

/// Random numbers as an array: element i of the C order is element i of the stream.
package struct RandomDriver: SequenceDriver {
  package let description: ArrayDescription
  private let stream: RandomStream
  private let seed: UInt128

  /// - Throws: `.usage` for parameters that make no sense or that the dtype cannot hold.
  package init(
    _ shape: Shape, _ distribution: RandomDistribution, seed: UInt128, dtype: DType
  ) throws {
    stream = try RandomStream(seed: seed, distribution, dtype: dtype)
    self.seed = seed
    var description = ArrayDescription(computed: shape, dtype: dtype)
    description.path = "<random>"
    self.description = description
  }

  package func fill(first: Int, count: Int, into target: UnsafeMutableRawPointer) {
    stream.fill(first: first, count: count, into: target)
  }

  package func fingerprint() throws -> String {
    "random \(stream.distribution) \(seed) \(stream.dtype) \(description.shape)"
  }
}
