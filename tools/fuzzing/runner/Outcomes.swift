import TesseraCore

/// The result of `body`; nil when it refuses, which it may do with a `TesseraError` of one line and with nothing else.
@discardableResult
func attempt<Result>(_ body: () throws -> Result) -> Result? {
  do {
    return try body()
  } catch let error as TesseraError {
    let line = error.description
    require(!line.isEmpty && !line.unicodeScalars.contains("\n"), "a message of several lines: \(line)")
    return nil
  } catch {
    fatalError("an error that is no TesseraError: \(error)")
  }
}

/// The result of what cannot fail once its input was accepted.
@discardableResult
func must<Result>(_ what: String, _ body: () throws -> Result) -> Result {
  do { return try body() } catch { fatalError("\(what): \(error)") }
}

func require(_ condition: Bool, _ what: @autoclosure () -> String) {
  if !condition { fatalError(what()) }
}
