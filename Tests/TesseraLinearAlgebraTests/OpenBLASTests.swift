import TesseraCore
import TesseraLinearAlgebra
import Testing

/// What a build with and without the library says.
@Suite struct OpenBLASTests {
  @Test func aBuildWithoutItNamesThePackage() throws {
    if OpenBLAS.isAvailable { return try OpenBLAS.require() }
    let error = #expect(throws: TesseraError.self) { try OpenBLAS.require() }
    #expect(error?.kind == .unsupported)
    #expect("\(error!)".contains("libopenblas-dev"))
  }
}
