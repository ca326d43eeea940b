import TesseraCore
import Testing

@testable import TesseraStorage

@Suite struct TransferPlanTests {
  /// The budget that a refusal names is enough, and the plan keeps within every budget it accepts.
  @Test(arguments: [
    [4000, 2000], [2000, 3000], [1 << 12, 1 << 12], [1 << 13, 1 << 12], [100_000_000], [1 << 14, 1 << 14],
  ])
  func theBudgetThatIsNamedWouldDo(_ chunk: [Int]) throws {
    let folder = try TemporaryFolder()
    let metadata = CrashTests.metadata(shape: "\(chunk)", dtype: "float64", file: "\(chunk)")
    try folder.write("x.zarr/zarr.json", text: metadata)
    func plan(_ memory: Int, _ threads: Int) throws -> Explanation {
      try Conversion(
        from: folder.at("x.zarr"), to: folder.at("y.zarr"),
        layout: .init(codec: .lz4, chunks: chunk, shards: .none),
        options: .init(memory: memory, threads: threads)
      ).explanation
    }
    for memory in [64 << 20, 100 << 20, 1 << 30, 16 << 30] {
      for threads in [1, 2, 8] {
        var explanation: Explanation?
        let error = tesseraError { explanation = try plan(memory, threads) }
        if let explanation {
          #expect(explanation.predictedPeakBytes <= memory, "\(chunk), \(memory), \(threads) threads")
          continue
        }
        #expect(error?.kind == .memory)
        let words = error?.expected?.split(separator: " ") ?? []
        let named = try #require(words.compactMap { ByteSize.parse(String($0)) }.first, "\(error as Any)")
        #expect(named > memory, "\(error as Any)")
        #expect(
          tesseraError { _ = try plan(named, threads) } == nil, "\(chunk): \(named >> 20) MiB was named")
        if named > 65 << 20 {
          #expect(
            tesseraError { _ = try plan(named - (4 << 20), threads) } != nil,
            "\(named >> 20) MiB is not the least")
        }
      }
    }
  }

  @Test func budgetsBelowTheLeastAreRefused() throws {
    let folder = try TemporaryFolder()
    try ModelArray(shape: [4], dtype: .uint8, bytes: [1, 2, 3, 4]).writeNpy(folder.at("x.npy"))
    let error = tesseraError {
      _ = try Conversion(
        from: folder.at("x.npy"), to: folder.at("y.npy"), options: .init(memory: (64 << 20) - 1))
    }
    #expect(error?.kind == .usage)
    #expect(folder.names == ["x.npy"])
  }
}
