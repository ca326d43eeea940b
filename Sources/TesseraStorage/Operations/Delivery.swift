package import TesseraCore

/// Arrays on their way to one destination or several: which of them are written in step, and in what blocks.
///
/// Made without touching the destinations; `run` builds all of them beside their places, and puts them there when all
/// are complete.
package struct Delivery: Sendable {
  /// What is asked for: the arrays of one destination.
  package struct Request: Sendable {
    package var path: String
    package var layout: ArrayLayout
    /// Strings beside the arrays of an archive.
    package var texts: [(name: String, text: String)]
    /// What is said of a group, and the groups in it beside those that hold arrays.
    package var groups: GroupAttributes
    /// With names within an archive or group; without one when the destination is a single array.
    package var arrays: [(name: String?, driver: any ArrayDriver)]

    package init(
      _ path: String, layout: ArrayLayout = .init(), texts: [(name: String, text: String)] = [],
      groups: GroupAttributes = .init(), arrays: [(name: String?, driver: any ArrayDriver)]
    ) {
      (self.path, self.layout, self.texts, self.arrays) = (path, layout, texts, arrays)
      self.groups = groups
    }
  }

  /// One array's part.
  struct Part: Sendable {
    /// The number of its destination.
    let target: Int
    let name: String?
    let source: any ArrayDriver
    /// nil unless the destination is Zarr.
    let metadata: ZarrMetadata?
    let requirements: SinkRequirements
  }

  let targets: [DeliveryTarget]
  let parts: [Part]
  /// What is read and written in step; every part is in one of them.
  package let sweeps: [Sweep]
  let options: TransferOptions

  /// Plans.
  ///
  /// - Parameters:
  ///   - paths: the stored arrays that are read, which no destination must overlap.
  ///   - dtype: what to convert all elements to; nil for each array's own.
  ///   - joining: which arrays, counted over all requests, can be read together.
  /// - Throws: `TesseraError`: `.usage` for places and layouts that cannot be; `.exists`; `.memory` when the budget is
  ///   too small for one array, naming the least that does for each.
  package init(
    _ requests: [Request], readFrom paths: [String], dtype: DType? = nil, joining: Joining? = nil,
    options: TransferOptions
  ) throws {
    let targets = try requests.map {
      try DeliveryTarget(
        $0.path, layout: $0.layout, texts: $0.texts, groups: $0.groups, overwrites: options.overwrite)
    }
    try DeliveryTarget.requireApart(targets)
    for target in targets { for path in paths { try Overlap.check(target.path, readFrom: path) } }
    var parts: [Part] = []
    for (number, request) in requests.enumerated() {
      try targets[number].check(names: request.arrays.compactMap(\.name))
      for array in request.arrays {
        parts.append(try Delivery.part(array.name, array.driver, dtype, number, targets[number]))
      }
    }
    (self.targets, self.parts) = (targets, parts)
    let attributes =
      requests.map(\.groups.heldBytes)
      + parts.compactMap { $0.metadata?.attributes }
      .map { $0.isEmpty ? 0 : JSONValue.object($0).heldBytes }
    let attributeBytes = attributes.reduce(0) { $0.saturatingAdd($1) }
    (self.options, sweeps) = try options.planning { [parts] options -> (TransferOptions, [Sweep]) in
      let options = try Delivery.holding(parts.count, attributes: attributeBytes, options)
      for target in targets { try target.checkAttributes() }
      return (options, try SweepPlanner(parts, targets, joining: joining, options: options).sweeps())
    }
    // Asked again when it runs.
    if options.overwrite { for target in targets { try Replacement.check(target.path) } }
  }

  /// What is kept of an array from planning to the end: reader, metadata, plan. Measured with 10,000 arrays of one chunk.
  private static let bytesPerArray = 12 << 10
  /// The base of the memory model has room for that of a few.
  private static let fewArrays = 64
  private static let fewAttributes = 64 << 10

  /// - Parameter attributes: bytes, of what arrays and groups say of themselves.
  /// - Throws: `.memory` when what is kept of so many arrays, and of their attributes, leaves no room to move any.
  private static func holding(
    _ count: Int, attributes: Int, _ options: TransferOptions
  ) throws -> TransferOptions {
    let arrays = count > fewArrays ? count.saturatingMultiply(bytesPerArray) : 0
    let held = arrays.saturatingAdd(attributes > fewAttributes ? attributes : 0)
    guard held > 0 else { return options }
    var options = options
    options.heldBytes = options.heldBytes.saturatingAdd(held)
    let model = try MemoryModel(options)
    guard model.buffers > 0 else {
      throw model.tooSmall(
        for: arrays > attributes ? "\(count) arrays at a time" : "the attributes of arrays and groups",
        buffers: 1 << 20)
    }
    return options
  }

  private static func part(
    _ name: String?, _ driver: any ArrayDriver, _ dtype: DType?, _ number: Int, _ target: DeliveryTarget
  ) throws -> Part {
    try driver.namingErrors {
      let source = try driver.description.supportedDType()
      let written = dtype ?? source
      let (requirements, metadata) = try target.requirements(
        driver.description, dtype: written, fill: written == source ? driver.fill : nil)
      return Part(
        target: number, name: name ?? target.defaultName, source: driver, metadata: metadata,
        requirements: requirements)
    }
  }

  /// What the work will take, sweep by sweep, where the arrays are stored ones.
  var explanation: Explanation {
    Explanation(passes: sweeps.flatMap { $0.passes(parts[$0.parts[0]].source.description.path) })
  }

  var bytesOut: Int { sweeps.reduce(0) { $0.saturatingAdd($1.plan.bytesWritten) } }

  /// What progress is told of: bytes written, temporary files included.
  package var bytesMoved: Int { sweeps.reduce(bytesOut) { $0.saturatingAdd($1.spill?.bytes ?? 0) } }
}
