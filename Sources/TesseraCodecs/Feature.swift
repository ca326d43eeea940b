import TesseraCore

/// A compression library that a build may lack.
enum Feature: String {
  case zlib, zstd

  var isAvailable: Bool {
    switch self {
    case .zlib:
      #if Zlib
        true
      #else
        false
      #endif
    case .zstd:
      #if Zstd
        true
      #else
        false
      #endif
    }
  }

  private var package: String {
    switch self {
    case .zlib: "zlib1g-dev"
    case .zstd: "libzstd-dev"
    }
  }

  /// What to tell somebody whose build lacks it.
  var missing: TesseraError {
    TesseraError(.unsupported, "this build has no \(rawValue): install \(package) and rebuild")
  }

  func require() throws {
    if !isAvailable { throw missing }
  }
}
