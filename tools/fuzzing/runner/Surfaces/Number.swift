import Glibc
import TesseraStorage

extension Surface {
  /// One field of a table, against the C library's conversion, which rounds correctly.
  static let number = Surface("number") { bytes in
    guard bytes.count <= 1024 else { return }
    let parsed = attempt {
      try withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { row in
        _ = try CSVParser(dialect: .commas).parseRow(
          bytes, at: 0, line: 1, columns: 1, into: row.baseAddress!)
        return row[0]
      }
    }
    guard !bytes.isEmpty, bytes.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return }
    let text = bytes.map { CChar($0) } + [0]
    let known = text.withUnsafeBufferPointer { text -> Double? in
      var end: UnsafeMutablePointer<CChar>?
      let value = strtod(text.baseAddress!, &end)
      return UnsafePointer(end) == text.baseAddress! + bytes.count ? value : nil
    }
    require(
      parsed?.bitPattern == known?.bitPattern,
      "\(String(decoding: bytes, as: UTF8.self)) is \(String(describing: parsed)), not \(String(describing: known))"
    )
  }
}
