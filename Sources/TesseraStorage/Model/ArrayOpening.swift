import TesseraCore
import TesseraIO

/// What is stored at a location: one array, or several with names.
public enum StoredContents: Sendable {
  case array(ArrayDescription)
  /// The members of an archive or group; `path` of each is what `StoredArray.open` takes.
  case members(StorageFormat, [ArrayDescription])
}

extension ArrayLocation {
  /// A reader of the array at this location.
  ///
  /// - Throws: `.usage` when there are several and none is named; `.corrupt`, `.unsupported` as found.
  package func driver() throws -> any ArrayDriver {
    switch form {
    case .npy: return try npyDriver()
    case .npz:
      let archive = try NpzArchive(path)
      return try archive.driver(archive.entry(member))
    case .zarr:
      switch try ZarrStore.open(path) {
      case .array(let metadata): return try naming(path) { try ZarrDriver(metadata, path: path) }
      case .group(let group):
        let names = try group.arrays(in: path).map(\.path)
        throw TesseraError(
          .usage, "this is a group of \(names.count) arrays", path: path,
          expected: "one of them, as \(path)/NAME: \(NpzArchive.list(names))")
      }
    case .csv: return try CSVDriver(path: path)
    }
  }

  /// What is here, without reading elements. Unsupported dtypes are described too, and so are members of an archive
  /// that are no arrays, unless they are named.
  package func contents() throws -> StoredContents {
    switch form {
    case .npy:
      let (_, header) = try npyHeader()
      return .array(description(header))
    case .npz:
      let archive = try NpzArchive(path)
      if let member { return .array(try archive.describe(archive.entry(member))) }
      let members = try archive.descriptions()
      if members.count == 1, members[0].problem == nil { return .array(members[0]) }
      return .members(.npz, members)
    case .zarr:
      switch try ZarrStore.open(path) {
      case .array(let metadata): return .array(description(metadata, path))
      case .group(let group):
        let arrays = try group.arrays(in: path)
        return .members(
          group.version == 3 ? .zarr3 : .zarr2,
          arrays.map { description($0.metadata, Path.join(path, $0.path)) })
      }
    case .csv: return .array(try CSVDriver(path: path).description)
    }
  }

  private func description(_ metadata: ZarrMetadata, _ path: String) -> ArrayDescription {
    var description = metadata.description
    description.path = path
    return description
  }

  private func npyHeader() throws -> (File, NpyHeader) {
    let file = try File(path)
    return try naming(path) { (file, try NpyHeader.read(file)) }
  }

  private func description(_ header: NpyHeader) -> ArrayDescription {
    ArrayDescription(
      path: path, format: .npy, shape: header.shape, dtype: header.dtype,
      dtypeName: header.dtype?.name ?? header.descr, codec: "none", isFortranOrder: header.fortranOrder)
  }

  private func npyDriver() throws -> any ArrayDriver {
    let (file, header) = try npyHeader()
    return try naming(path) {
      _ = try header.supportedDType()
      return try FlatDriver(
        description(header), mapping: try Mapping(file), dataOffset: header.dataOffset, order: header.order)
    }
  }
}
