import TesseraIO

/// An archive that is being written: the arrays first, then this.
protocol NpzWriting: Sendable {
  /// Adds a string, which `numpy.load` gives as an array of shape `()`.
  func add(_ name: String, text: String) throws

  /// Writes the directory and syncs; the archive is complete.
  func close() throws
}

extension ZipRecord {
  /// Writes the directory, of members in the order of their places, and what goes behind it, and syncs.
  ///
  /// - Parameter end: where the last member ends.
  static func writeDirectory(of records: [ZipRecord], at end: Int, to file: File) throws {
    let directory = records.sorted { $0.headerOffset < $1.headerOffset }.flatMap { $0.centralHeader() }
    try file.write(directory, at: end)
    let closing = ZipRecord.end(
      entryCount: records.count, directoryOffset: end, directorySize: directory.count)
    try file.write(closing, at: end + directory.count)
    try file.sync()
  }
}
