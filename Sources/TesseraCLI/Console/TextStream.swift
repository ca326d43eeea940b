/// Something text can be written to.
struct TextStream: Sendable {
  /// Whether a person is likely to watch: progress is shown to people.
  let isTerminal: Bool
  /// Writes UTF-8; throws what the operating system refused.
  let write: @Sendable (String) throws -> Void

  init(isTerminal: Bool = false, write: @escaping @Sendable (String) throws -> Void) {
    self.isTerminal = isTerminal
    self.write = write
  }
}

extension String {
  /// Without characters that would move the cursor or reorder text: names and dtypes come from files.
  var printable: String {
    String(
      unicodeScalars.map { scalar -> Character in
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        return isControl || scalar.properties.generalCategory == .format ? "?" : Character(scalar)
      })
  }
}
