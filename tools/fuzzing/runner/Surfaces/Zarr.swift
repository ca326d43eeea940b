import TesseraCore
import TesseraIO
import TesseraStorage

extension Surface {
  /// A Zarr store: the document of an array or group, a zero byte, and what two of its chunk or shard files hold.
  static let zarr = Surface("zarr") { bytes in
    let end = bytes.firstIndex(of: 0) ?? bytes.count
    let document = UnsafeRawBufferPointer(rebasing: bytes[..<end])
    let isV2 = try JSONValue(parsing: document)["zarr_format"]?.int == 2
    let store = Workplace.free("x.zarr")
    _ = Workplace.write(isV2 ? "x.zarr/.zarray" : "x.zarr/zarr.json", document)
    guard case .array(let metadata) = try ZarrStore.open(store) else {
      attempt { try StoredArray.contents(of: store) }
      return
    }
    if end < bytes.count {
      try writeFiles(of: metadata, store, UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...]))
    }
    try check(store)
  }

  /// Writes the first file and the one after it along the last axis.
  private static func writeFiles(
    of metadata: ZarrMetadata, _ store: String, _ bytes: UnsafeRawBufferPointer
  ) throws {
    let counts = try FileGrid(metadata).files.counts
    var index = [Int](repeating: 0, count: counts.count)
    for number in 0..<min(2, counts.last ?? 1) {
      if !index.isEmpty { index[index.count - 1] = number }
      _ = Workplace.write("x.zarr/" + metadata.keys.path(index), bytes)
    }
  }

  private static func check(_ store: String) throws {
    let array = try StoredArray.open(store)
    attempt { try array.driver.storedBytes() }
    let report = attempt { try Verification(store, options: Workplace.options).run() }
    let copy = Workplace.free("y.npy")
    let conversion = attempt { try Conversion(from: store, to: copy, options: Workplace.options) }
    let elements: [UInt8]?
    if report?.problems.isEmpty == true {
      elements = must("a store that was verified") { try Reading.check(array) }
    } else {
      elements = try Reading.check(array)
    }
    guard let elements, let conversion else { return }
    must("to convert what was read") { try conversion.run() }
    // The copy may have more parts than the store has, too many to be looked at.
    guard let copied = must("what was converted", { try Reading.check(try StoredArray.open(copy)) }) else {
      return
    }
    require(copied == elements, "elements that were converted")
  }
}
