import TesseraCore
import Testing

/// The error that `body` throws, which must be a `TesseraError` with one line of text; nil when it throws none.
func tesseraError(
  _ note: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) -> TesseraError? {
  do {
    try body()
    return nil
  } catch let error as TesseraError {
    if error.description.isEmpty || error.description.contains(where: \.isNewline) {
      Issue.record("\(note()): message '\(error)'", sourceLocation: sourceLocation)
    }
    return error
  } catch {
    Issue.record("\(note()): threw \(error), which is no TesseraError", sourceLocation: sourceLocation)
    return TesseraError(.corrupt, "\(error)")
  }
}
