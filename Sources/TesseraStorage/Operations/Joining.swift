/// How arrays that are computed from the same sources can be read together.
package struct Joining: Sendable {
  /// What each array is read from: arrays that have nothing of it in common are not worth reading together.
  package let origins: [Set<ObjectIdentifier>]
  /// The arrays of these numbers, all of one shape, as one source.
  package let source: @Sendable ([Int]) throws -> any BlockSource

  package init(
    origins: [Set<ObjectIdentifier>], source: @escaping @Sendable ([Int]) throws -> any BlockSource
  ) {
    self.origins = origins
    self.source = source
  }
}
