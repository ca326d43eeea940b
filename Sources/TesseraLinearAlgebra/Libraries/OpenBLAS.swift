import TesseraCore

#if BLAS
  import COpenBLASCalls
#endif

/// The library behind matrix products at full rate and behind all decompositions, which a build may lack.
package enum OpenBLAS {
  package static var isAvailable: Bool {
    #if BLAS
      true
    #else
      false
    #endif
  }

  /// Makes the library ready; to be called before any other of its functions, which otherwise load it by themselves but
  /// cannot throw.
  ///
  /// It works on the thread that calls it and starts none: Tessera's own threads call it for parts that do not depend on
  /// how many there are, so results have the same bits for any number of threads. The setting is the process's.
  ///
  /// - Throws: `.unsupported` in a build without it, or where it is not installed, naming the package to install.
  package static func require() throws {
    #if BLAS
      guard let failure else { return }
      throw TesseraError(.unsupported, "cannot load OpenBLAS: install libopenblas0 (\(failure))")
    #else
      throw TesseraError(.unsupported, "this build has no OpenBLAS: install libopenblas-dev and rebuild")
    #endif
  }

  #if BLAS
    /// What kept the library from being loaded.
    private static let failure = openblas_calls_load().map { String(cString: $0) }
  #endif
}
