import TesseraCore
import TesseraIO

/// Decides which arrays are written in step: those of one shape that save reading by it.
struct SweepPlanner {
  private let parts: [Delivery.Part]
  private let joining: Joining?
  private let options: TransferOptions
  /// Bytes that the disk has left, by destination.
  private let available: [Int]

  /// Saving less than this part of the reading is not worth smaller blocks.
  private static let leastSaving = 0.01

  init(
    _ parts: [Delivery.Part], _ targets: [DeliveryTarget], joining: Joining?, options: TransferOptions
  ) {
    (self.parts, self.joining, self.options) = (parts, joining, options)
    available = targets.map { Syscalls.availableBytes(Path.parent($0.path)) ?? .max }
  }

  /// Sweeps in the order of their first arrays. An array joins the first sweep that it has something in common with,
  /// that the budget allows with it, and that reads less with it than both would apart; otherwise it begins one.
  ///
  /// - Throws: `.memory` when the budget is too small for an array alone.
  func sweeps() throws -> [Sweep] {
    var sweeps: [Sweep] = []
    for number in parts.indices {
      let alone = try sweep(alone: number)
      if let (place, joined) = try joined(alone, number, sweeps) {
        sweeps[place] = joined
      } else {
        sweeps.append(alone)
      }
    }
    return sweeps
  }

  private func sweep(alone number: Int) throws -> Sweep {
    let part = parts[number]
    return try part.source.namingErrors {
      let plan = try TransferPlan(from: part.source, to: part.requirements, options: options)
      let spill = try SpillPlan(
        from: part.source, to: part.requirements, insteadOf: plan, options: options,
        available: available[part.target])
      let source = try ArraySource(
        spill == nil ? plan.prepared(part.source) : part.source)
      let loaded = try joining?.source([number]).loadedBytes ?? source.loadedBytes
      return Sweep([number], source, plan, spill: spill, loadedBytes: loaded)
    }
  }

  private func joined(_ alone: Sweep, _ number: Int, _ sweeps: [Sweep]) throws -> (place: Int, sweep: Sweep)?
  {
    guard let joining, options.spilling != .always else { return nil }
    for (place, sweep) in sweeps.enumerated() {
      let isRelated =
        parts[sweep.parts[0]].requirements.shape == parts[number].requirements.shape
        && sweep.parts.contains { !joining.origins[$0].isDisjoint(with: joining.origins[number]) }
      guard isRelated else { continue }
      let members = sweep.parts + [number]
      let source = try joining.source(members)
      guard let plan = try plan(source, members) else { continue }
      let joined = Sweep(members, source, plan, loadedBytes: source.loadedBytes)
      if joined.cost < (sweep.cost + alone.cost) * (1 - SweepPlanner.leastSaving) { return (place, joined) }
    }
    return nil
  }

  /// - Returns: nil when the budget does not allow it, or too many files would be open at a time.
  private func plan(_ source: any BlockSource, _ members: [Int]) throws -> TransferPlan? {
    let sinks = members.map { parts[$0].requirements }
    do {
      let plan = try TransferPlan(from: source, to: sinks, options: options)
      // Blocks that are stretches in C order go over all of the array, others over a group.
      let extent =
        sinks.contains(where: \.isContiguous) ? plan.blocks.shape.dimensions : plan.blocks.group
      let isModest = sinks.allSatisfy { openFiles($0, within: extent) <= SweepPlanner.mostOpenFiles }
      return isModest ? plan : nil
    } catch let error as TesseraError where error.kind == .memory {
      return nil
    }
  }

  /// Of each array: files of one kind have few chunks in common with those of another, and are finished late.
  private static let mostOpenFiles = 64

  /// Blocks come in C order, so a row of files along the first axis is done before the next one.
  private func openFiles(_ sink: SinkRequirements, within extent: [Int]) -> Int {
    guard let file = sink.fileShape else { return 1 }
    return extent.indices.dropFirst().map { axis in
      (min(extent[axis], sink.shape[axis]) + file[axis] - 1) / file[axis]
    }.saturatingProduct()
  }
}

extension ArrayDriver {
  /// Runs `body`; an error that names no path is said of the stored array. Computed ones have none.
  func namingErrors<Result>(_ body: () throws -> Result) throws -> Result {
    description.format == .computed ? try body() : try naming(description.path, body)
  }
}
