/// A user's own elementwise function, over adjacent elements.
public struct CustomOperation: Sendable {
  /// Elements of an operand.
  public struct Operand {
    public var pointer: UnsafeRawPointer
    /// Whether one element stands for all.
    public var isScalar: Bool
  }

  /// Calls the function for `count` elements of each operand.
  public let run:
    @Sendable (_ count: Int, _ operands: [Operand], _ result: UnsafeMutableRawPointer) throws -> Void

  public init(_ run: @escaping @Sendable (Int, [Operand], UnsafeMutableRawPointer) throws -> Void) {
    self.run = run
  }
}
