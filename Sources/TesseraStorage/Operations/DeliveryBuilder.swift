import TesseraCore
import TesseraIO

/// One destination while it is built in its staging folder.
struct DeliveryBuilder {
  /// Of its parts, in order.
  let outputs: [Transfer.Output]
  private let target: DeliveryTarget
  private let staging: Staging
  private let parts: [Delivery.Part]
  private let archive: (writer: any NpzWriting, members: [NpzSink])?

  /// Makes the files as far as they can be before elements are known.
  ///
  /// - Parameters:
  ///   - job: everything the result depends on; nil where nothing is noted to be gone on from.
  ///   - blockElements: of the blocks in which a single array is written; a file notes how far it is.
  ///   - interruption: throws when the work was asked to stop.
  init(
    _ target: DeliveryTarget, _ staging: Staging, _ parts: [Delivery.Part], job: String?, blockElements: Int,
    interruption: @escaping @Sendable () throws -> Void
  ) throws {
    (self.target, self.staging, self.parts) = (target, staging, parts)
    switch target.location.form {
    case .zarr:
      // Whole shards tell that they are done; blocks need no note.
      let log = try job.map { try ResumeLog(staging, job: $0, blockBytes: 0) }
      outputs = try parts.compactMap { part in
        guard let metadata = part.metadata else { return nil }
        let root = part.name.map { Path.join(staging.payload, $0) } ?? staging.payload
        return Transfer.Output(try ZarrSink(metadata, root: root), log: log)
      }
      archive = nil
    case .npz:
      try Directory.remove(staging.payload)
      let file = try File(staging.payload, .create)
      if let deflater = target.deflater {
        let writer = DeflatedNpzWriter(
          file, deflater: deflater, waitingIn: staging.folder, interruption: interruption)
        outputs = try parts.map {
          Transfer.Output(
            try writer.member($0.name ?? "arr_0", shape: $0.requirements.shape, dtype: $0.requirements.dtype))
        }
        archive = (writer, [])
      } else {
        let writer = NpzWriter(file)
        let members = try parts.map {
          try writer.member($0.name ?? "arr_0", shape: $0.requirements.shape, dtype: $0.requirements.dtype)
        }
        outputs = members.map { Transfer.Output($0) }
        archive = (writer, members)
      }
    case .npy, .csv:
      let requirements = parts[0].requirements
      let blockBytes = blockElements.saturatingMultiply(requirements.dtype.itemSize)
      let log = try job.map { try ResumeLog(staging, job: $0, blockBytes: blockBytes) }
      let file = try File(staging.payload, .create)
      outputs = [
        Transfer.Output(try NpySink(requirements.shape, dtype: requirements.dtype, file: file), log: log)
      ]
      archive = nil
    }
  }

  /// Writes what comes after the elements.
  func finish() throws {
    if let archive {
      for member in archive.members { try member.finish() }
      for (name, text) in target.texts { try archive.writer.add(name, text: text) }
      return try archive.writer.close()
    }
    guard target.location.form == .zarr else { return }
    let members = parts.compactMap { part in part.name.flatMap { name in part.metadata.map { (name, $0) } } }
    if parts.isEmpty || !members.isEmpty {
      // No array has made it.
      if parts.isEmpty { try Directory.make(staging.payload) }
      try ZarrGroup.write(
        members, version: target.layout.format, groups: target.groups, to: staging.payload)
    }
  }
}
