/// What went wrong: a kind to act on, and the operands that the one-line message names.
///
/// The message reads `<path>: <what>: expected <…>, got <…>`; parts that are not known are left out.
public struct TesseraError: Error, Sendable, Hashable {
  /// What a caller can do about it.
  public enum Kind: Sendable, Hashable {
    /// The request itself is wrong: an axis out of range, an unknown codec name.
    case usage
    /// There is nothing at the path.
    case notFound
    /// The destination is there already.
    case exists
    /// A file is not what it says it is: truncated, inconsistent, a bad checksum.
    case corrupt
    /// A valid file that needs something this build or this library does not have.
    case unsupported
    /// The work needs more memory than it is allowed.
    case memory
    /// The operating system refused; the associated value is `errno`.
    case system(Int32)
    /// Somebody asked to stop.
    case cancelled
    /// The numbers have no such answer: a singular matrix, one that is not positive definite, no convergence.
    case unsolvable
    /// Somebody else is writing here.
    case busy
  }

  /// What a caller can act on.
  public var kind: Kind
  /// The file, array or chunk concerned.
  public var path: String?
  /// What is wrong, in a few words.
  public var what: String
  /// What would have been right.
  public var expected: String?
  /// What was there instead.
  public var got: String?
  /// Of a memory budget that is too small, the least that does for the whole job, in bytes; nil where none is known, as
  /// where the process can never have so much, or where it would take long to find.
  public var leastMemory: Int?

  public init(
    _ kind: Kind, _ what: String, path: String? = nil, expected: String? = nil, got: String? = nil
  ) {
    self.kind = kind
    self.path = path
    self.what = what
    self.expected = expected
    self.got = got
  }

  /// The same error, said of `path` unless it already names one.
  public func at(_ path: String) -> TesseraError {
    var error = self
    if error.path == nil { error.path = path }
    return error
  }

  /// The same refusal of a memory budget, naming so many bytes, rounded up, as an argument of the command line.
  package func naming(leastMemory bytes: Int) -> TesseraError {
    let mebibytes = bytes.saturatingAdd((1 << 20) - 1) >> 20
    var error = self
    error.leastMemory = mebibytes << 20
    error.expected = "--memory \(mebibytes)MiB or more"
    return error
  }

  /// The same refusal where no budget is known that does, only that so many bytes do not.
  package func naming(insufficientMemory bytes: Int) -> TesseraError {
    var error = self
    error.leastMemory = nil
    error.expected = "--memory of more than \(bytes >> 20)MiB"
    return error
  }
}

extension TesseraError: CustomStringConvertible {
  public var description: String {
    var line = path.map { "\($0): " } ?? ""
    line += what
    if expected != nil || got != nil {
      let parts = [expected.map { "expected \($0)" }, got.map { "got \($0)" }]
      line += ": " + parts.compactMap(\.self).joined(separator: ", ")
    }
    return TesseraError.printable(line)
  }

  /// Text from files may hold control characters; a message stays one line and leaves the terminal alone.
  package static func printable(_ text: String) -> String {
    String(
      text.unicodeScalars.map { scalar -> Character in
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        let isHidden = [.format, .lineSeparator, .paragraphSeparator].contains(
          scalar.properties.generalCategory)
        return isControl || isHidden ? "?" : Character(scalar)
      })
  }
}

/// Runs what remains to be done once the result at `path` is there to be seen: its failure is an error that
/// says so.
package func afterwards(_ path: String, _ shortcoming: String, _ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as TesseraError {
    throw TesseraError(error.kind, "is in place, but \(shortcoming) (\(error.what))", path: path)
  }
}

/// Runs `body`; an error that names no path is said of `path`.
package func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as TesseraError {
    throw error.at(path)
  }
}
