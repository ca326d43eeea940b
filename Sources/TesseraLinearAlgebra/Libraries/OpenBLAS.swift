import TesseraCore

#if BLAS
  import COpenBLAS
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

  /// Makes the library ready; to be called before `functions`.
  ///
  /// It works on the thread that calls it and starts none: Tessera's own threads call it for parts that do not depend on
  /// how many there are, so results have the same bits for any number of threads. The setting is the process's.
  ///
  /// - Throws: `.unsupported` in a build without it, or where it is not installed, naming the package to install.
  package static func require() throws {
    #if BLAS
      guard openblas_load() == nil else { return }
      let reason = String(cString: openblas_failure())
      throw TesseraError(.unsupported, "cannot load OpenBLAS: install libopenblas0 (\(reason))")
    #else
      throw TesseraError(.unsupported, "this build has no OpenBLAS: install libopenblas-dev and rebuild")
    #endif
  }

  #if BLAS
    /// The library's functions, by their own names.
    static var functions: UnsafePointer<openblas_functions> {
      guard let functions = openblas_load() else {
        preconditionFailure("OpenBLAS.require() comes before the library's functions")
      }
      return functions
    }
  #endif
}
