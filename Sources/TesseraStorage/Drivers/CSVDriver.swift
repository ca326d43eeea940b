import TesseraCore
import TesseraIO
struct CSVDriver: ArrayDriver {
  let description: ArrayDescription
  init(path: String) throws { throw TesseraError(.unsupported, "csv") }
  var granule: [Int] { [] }
  func read(_ selection: StridedRegion, into target: UnsafeMutableRawPointer, strides: [Int], scratch: ReadScratch) throws {}
  func storedBytes() throws -> Int { 0 }
  func fingerprint() throws -> String { "" }
}
