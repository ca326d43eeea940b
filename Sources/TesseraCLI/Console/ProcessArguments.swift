/// What this process was called with.
enum ProcessArguments {
  /// Without the program's name; nil for an argument that is not UTF-8.
  ///
  /// `CommandLine.arguments` repairs such an argument, which then names another file than was meant.
  static var all: [String?] {
    (0..<Int(CommandLine.argc)).dropFirst().map { number in
      guard let bytes = CommandLine.unsafeArgv[number] else { return nil }
      return String(validatingCString: UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self))
    }
  }
}
