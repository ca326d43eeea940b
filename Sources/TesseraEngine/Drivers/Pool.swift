import TesseraIO

/// Objects that one thread uses at a time and that are worth keeping.
package final class Pool<Object>: Sendable {
  private struct Idle: @unchecked Sendable { var objects: [Object] = [] }
  private let idle = Lock(Idle())
  private let make: @Sendable () -> Object

  package init(_ make: @escaping @Sendable () -> Object) { self.make = make }

  package func with<Result>(_ body: (Object) throws -> Result) rethrows -> Result {
    let object = idle.withLock { $0.objects.popLast() } ?? make()
    defer { idle.withLock { $0.objects.append(object) } }
    return try body(object)
  }

  /// Lets go of what nobody uses now.
  package func drain() { idle.withLock { $0.objects.removeAll() } }
}
