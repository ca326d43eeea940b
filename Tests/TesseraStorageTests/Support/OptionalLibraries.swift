import TesseraCodecs
import Testing

/// Lets the cases of a suite that need zlib or zstd off in a build without them: their one allowed failure is the
/// error that names the package to install. Where both are in, it does nothing.
struct OptionalLibraries: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    guard CodecRegistry.features.contains(where: { !$0.isAvailable }) else { return try await function() }
    try await withKnownIssue("needs a library this build lacks", isIntermittent: true) {
      try await function()
    } matching: { issue in
      let text = (issue.error.map { "\($0)" } ?? "") + issue.comments.map(\.rawValue).joined() + "\(issue)"
      return text.contains("this build has no") && text.contains("and rebuild")
    }
  }
}

extension Trait where Self == OptionalLibraries {
  static var optionalLibraries: Self { OptionalLibraries() }
}
