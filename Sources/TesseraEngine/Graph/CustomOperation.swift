public import TesseraCore
import TesseraKernels

/// A user's own elementwise function, over adjacent elements.
public struct CustomOperation: Sendable {
  /// Elements of an operand.
  public struct Operand {
    public var pointer: UnsafeRawPointer
    /// Whether one element stands for all.
    public var isScalar: Bool

    /// The element at a position, or the one that stands for all.
    @inlinable
    func element<T: Element>(_ index: Int, as _: T.Type) -> T {
      pointer.loadUnaligned(fromByteOffset: isScalar ? 0 : index * MemoryLayout<T>.stride, as: T.self)
    }
  }

  /// Calls the function for `count` elements of each operand.
  public let run:
    @Sendable (_ count: Int, _ operands: [Operand], _ result: UnsafeMutableRawPointer) throws -> Void

  /// Bytes of what the function keeps in memory, such as a list that it looks elements up in.
  package private(set) var heldBytes = 0

  public init(_ run: @escaping @Sendable (Int, [Operand], UnsafeMutableRawPointer) throws -> Void) {
    self.run = run
  }
}

extension CustomOperation {
  /// What goes over adjacent elements.
  typealias Loop =
    @Sendable (_ count: Int, _ values: UnsafeRawPointer, _ result: UnsafeMutableRawPointer) -> Void

  /// A function of one operand; where one element stands for all, it is computed once.
  ///
  /// - Parameters:
  ///   - itemSize: bytes of an element of the result.
  ///   - held: bytes of what the function keeps in memory.
  init(itemSize: Int, held: Int, _ loop: @escaping Loop) {
    self.init { count, operands, result in
      guard operands[0].isScalar else { return loop(count, operands[0].pointer, result) }
      loop(1, operands[0].pointer, result)
      Fill.fill(
        result + itemSize, count: count - 1,
        pattern: UnsafeRawBufferPointer(start: result, count: itemSize))
    }
    heldBytes = held
  }
}
