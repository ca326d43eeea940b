import TesseraStorage

extension Surface {
  /// A table of numbers.
  static let csv = Surface("csv") { bytes in
    attempt { try checkLayout(bytes) }
    let array = try StoredArray.open(Workplace.write("x.csv", bytes))
    let names = array.attributes["columns"]?.array
    require(names.map { $0.count == array.shape[1] } ?? true, "names of other columns")
    try Reading.check(array)
  }

  /// Whatever follows the first row says nothing about the columns.
  private static func checkLayout(_ bytes: UnsafeRawBufferPointer) throws {
    let whole = try CSVLayout.detect(bytes, isWholeFile: true, path: "x.csv")
    let prefix = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
    guard let early = attempt({ try CSVLayout.detect(prefix, isWholeFile: false, path: "x.csv") }), let early
    else { return }
    require(early == whole, "\(early) of half the file, \(String(describing: whole)) of all of it")
  }
}
