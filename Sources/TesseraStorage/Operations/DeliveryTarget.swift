import TesseraCodecs
import TesseraCore
import TesseraIO

/// One destination: a file or store that appears whole.
struct DeliveryTarget: Sendable {
  let location: ArrayLocation
  /// With the format of the group around it.
  let layout: ArrayLayout
  /// nil for what is no Zarr.
  private let place: ZarrPlace?
  /// Of an archive whose members are deflated.
  let deflater: StretchDeflater?
  /// Strings beside the arrays of an archive.
  let texts: [(name: String, text: String)]
  /// What is said of a group, and the groups in it beside those that hold arrays.
  let groups: GroupAttributes

  var path: String { location.path }

  /// - Parameter path: a name ending in `.npy`, `.npz` or `.zarr`, `d.npz/name`, or a name in a Zarr group.
  /// - Throws: `.usage` for another name, a place in an array, or a layout that the destination cannot have; `.exists`;
  ///   `.notFound` for a folder that is missing; `.unsupported` for members to be deflated without zlib.
  init(
    _ path: String, layout: ArrayLayout, texts: [(name: String, text: String)] = [],
    groups: GroupAttributes = GroupAttributes(), overwrites: Bool
  ) throws {
    let location = try ArrayLocation(destination: path)
    deflater = try location.form == .npz ? layout.deflater(forArchive: path) : nil
    if location.form == .npy || location.form == .csv {
      try layout.requireDefaults(for: path, expected: "a destination ending in .zarr")
    }
    place = try location.form == .zarr ? ZarrPlace(location.path) : nil
    self.layout = try place?.resolve(layout) ?? layout
    if location.member != nil, try Directory.kind(location.path) != nil {
      throw TesseraError(
        .exists, "cannot change one member of an archive", path: location.path,
        expected: "a new archive, or the whole one as destination with --overwrite")
    }
    try Staging.requireFree(location.path, overwrites: overwrites)
    try DeliveryTarget.requireFolder(of: location)
    (self.location, self.texts, self.groups) = (location, texts, groups)
  }

  /// - Throws: `.notFound` when the folder is missing that the destination, or the groups to be made around it, would be
  ///   in.
  private static func requireFolder(of location: ArrayLocation) throws {
    var folder = Path.parent(location.path)
    while location.form == .zarr, folder.contains(".zarr"), try Directory.kind(folder) == nil {
      folder = Path.parent(folder)
    }
    try Directory.require(folder)
  }

  /// The name of an array without one, where it needs one.
  var defaultName: String? { location.form == .npz ? location.member ?? "arr_0" : nil }

  /// What an array needs here.
  ///
  /// - Parameters:
  ///   - dtype: what is written.
  ///   - fill: the element that was never written, of a store that is copied.
  /// - Returns: with the array's metadata where it has any.
  func requirements(
    _ description: ArrayDescription, dtype: DType, fill: [UInt8]?
  ) throws -> (SinkRequirements, ZarrMetadata?) {
    let shape = description.shape
    switch location.form {
    case .zarr:
      let metadata = try ZarrMetadata(
        creating: shape, dtype: dtype, layout: layout, fill: fill, attributes: description.attributes,
        dimensionNames: description.dimensionNames)
      return (try ZarrSink.requirements(metadata), metadata)
    case .npz:
      _ = try NpyHeader.bytes(dtype: dtype, fortranOrder: false, shape: shape)
      if deflater != nil { return (DeflatedNpzSink.requirements(shape, dtype: dtype), nil) }
      return (NpzSink.requirements(shape, dtype: dtype), nil)
    case .npy, .csv:
      _ = try NpyHeader.bytes(dtype: dtype, fortranOrder: false, shape: shape)
      return (NpySink.requirements(shape, dtype: dtype), nil)
    }
  }

  /// Bytes of the files, once they are there.
  func storedBytes() throws -> Int {
    if location.form != .zarr { return try FileStamp(path: path).size }
    switch try ZarrStore.open(path) {
    case .array(let metadata): return try ZarrDriver(metadata, path: path).storedBytes()
    case .group(let group):
      return try group.arrays(in: path).reduce(0) { sum, member in
        try sum + ZarrDriver(member.metadata, path: Path.join(path, member.path)).storedBytes()
      }
    }
  }

  // MARK: Places

  /// - Throws: `.usage` for names of arrays that cannot be in one group with one another and the groups in it: outside it,
  ///   reserved, too deep, or one within another.
  func check(names: [String]) throws {
    guard location.form == .zarr else { return }
    let all = names + groups.within.keys
    for name in all where !ZarrGroup.isInside(name) {
      throw TesseraError(
        .usage, "name in a group", path: path, expected: "a relative path without . and ..",
        got: "'\(TesseraError.printable(name))'")
    }
    for name in all {
      try ZarrPlace.check(names: Path.names(name), format: layout.format, path)
      try place?.requireWithinReach(Path.names(name))
    }
    // An array comes before everything within it, and before a group of its name.
    var places: [(name: String, isArray: Bool)] = []
    for name in names { places.append((name + "/", true)) }
    for name in groups.within.keys { places.append((name + "/", false)) }
    places.sort { $0.name == $1.name ? $0.isArray && !$1.isArray : $0.name < $1.name }
    for (place, next) in zip(places, places.dropFirst())
    where place.isArray && next.name.hasPrefix(place.name) {
      throw TesseraError(
        .usage, next.isArray ? "an array within an array" : "a group within an array", path: path,
        expected: "arrays side by side", got: "'\(TesseraError.printable(String(next.name.dropLast())))'")
    }
  }

  /// Finds out whether what groups say can be written so that it can be read again.
  ///
  /// - Throws: `.unsupported`.
  func checkAttributes() throws {
    guard location.form == .zarr, !groups.isEmpty else { return }
    try naming(path) { try ZarrGroup.check(groups, version: layout.format) }
  }

  /// - Throws: `.usage` when one of several destinations is another, or within it.
  static func requireApart(_ targets: [DeliveryTarget]) throws {
    for (number, target) in targets.enumerated() {
      for other in targets[..<number] where try !Overlap.areApart(other.path, target.path) {
        throw TesseraError(
          .usage, "two destinations overlap", path: target.path, expected: "a place apart from \(other.path)")
      }
    }
  }
}
