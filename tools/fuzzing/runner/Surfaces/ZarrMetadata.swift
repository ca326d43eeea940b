import TesseraStorage

extension Surface {
  /// The metadata of a Zarr array, v2 (`.zarray`) or v3 (`zarr.json`).
  static let zarrMetadata = Surface("zarr-metadata") { bytes in
    guard let document = try JSONValue(parsing: bytes).object else { return }
    let metadata =
      document["zarr_format"]?.int == 2
      ? try ZarrMetadata(v2: document, attributes: JSONObject()) : try ZarrMetadata(v3: document)
    if let dtype = metadata.dtype {
      let spelled = FillValue.json(metadata.fill, dtype: dtype)
      let fill = must("a fill value that was written") { try FillValue.bytes(spelled, dtype: dtype) }
      require(fill == metadata.fill, "the fill value \(metadata.fillValue) is \(spelled) once it was written")
    }
    let driver = try ZarrDriver(metadata, path: Workplace.free("nothing.zarr"))
    require(driver.leastRead.count == metadata.shape.rank, "the least that is read at once")
    require(driver.granule.allSatisfy { $0 > 0 }, "chunks without elements")
    _ = driver.description.logicalBytes
    // Of a store without chunks everything is the fill value.
    let array = StoredArray(driver)
    guard let last = attempt({ try Reading.last(array) }), let last else { return }
    require(last == metadata.fill, "an element that was never written")
    if Reading.isHandy(array), let whole = try Reading.check(array) {
      require(whole.starts(with: metadata.fill), "elements that were never written")
    }
  }
}
