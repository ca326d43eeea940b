import TesseraCore

extension JSONValue {
  /// Parses a whole document.
  ///
  /// `NaN`, `Infinity` and `-Infinity` are taken as numbers, as Python's json module writes them.
  ///
  /// - Throws: `TesseraError` that names the line and the column, both from 1.
  /// - Complexity: O(bytes).
  public init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws {
    var parser = JSONParser(bytes, limits: limits)
    self = try parser.document()
  }

  /// Parses a whole document but for the object or array at the end of a path of keys, which becomes null.
  ///
  /// What is passed over is neither kept nor checked, so it costs no memory and little time however large it is.
  package init(parsing bytes: [UInt8], omitting path: [String]) throws {
    self = try bytes.withUnsafeBytes {
      var parser = JSONParser($0, limits: JSONLimits(), omitting: path)
      return try parser.document()
    }
  }

  /// Parses a whole document that is in memory.
  public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws {
    self = try bytes.withUnsafeBytes { try JSONValue(parsing: $0, limits: limits) }
  }

  /// Parses a whole document that is a string.
  public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws {
    var text = text
    self = try text.withUTF8 { try JSONValue(parsing: UnsafeRawBufferPointer($0), limits: limits) }
  }
}
