import TesseraCore
import TesseraIO
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct MatmulCommandTests {
  private func operands(_ folder: TemporaryFolder) throws -> (String, String) {
    (
      try folder.npy("a.npy", [2, 3], [1, 2, 3, 4, 5, 6] as [Float]),
      try folder.npy("b.npy", [3, 2], [1, 0, 0, 1, 1, 1] as [Float])
    )
  }

  @Test func intoAFileAndAStore() throws {
    let folder = try TemporaryFolder()
    let (a, b) = try operands(folder)
    let run = ToolRun("matmul", a, b, folder("c.npy"))
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output.hasPrefix("\(a), \(b) -> \(folder("c.npy")): "))
    #expect(ToolRun("slice", folder("c.npy"), "...").output == "[[ 4.  5.]\n [10. 11.]]\n")
    #expect(ToolRun("matmul", a, b, folder("c.zarr"), "--codec", "lz4", "--chunks", "1x2").status == 0)
    #expect(try StoredArray.open(folder("c.zarr")).elements(as: Float.self) == [4, 5, 10, 11])
    #expect(ToolRun("matmul", a, b, folder("d.npy"), "--dtype", "int32").status == 0)
    #expect(try StoredArray.open(folder("d.npy")).elements(as: Int32.self) == [4, 5, 10, 11])
  }

  @Test func transposes() throws {
    let folder = try TemporaryFolder()
    let (a, b) = try operands(folder)
    #expect(ToolRun("matmul", a, a, folder("c.npy"), "--transpose-a").status == 0)
    #expect(
      try StoredArray.open(folder("c.npy")).elements(as: Float.self) == [17, 22, 27, 22, 29, 36, 27, 36, 45])
    #expect(ToolRun("matmul", a, a, folder("d.npy"), "--transpose-b").status == 0)
    #expect(try StoredArray.open(folder("d.npy")).elements(as: Float.self) == [14, 32, 32, 77])
    #expect(ToolRun("matmul", a, b, folder("e.npy"), "--transpose-a", "--transpose-b").status == 0)
    #expect(try StoredArray.open(folder("e.npy")).elements(as: Float.self) == [1, 4, 5, 2, 5, 7, 3, 6, 9])
  }

  @Test func aLargeProductIsPlannedInTiles() throws {
    let folder = try TemporaryFolder()
    for name in ["a.npy", "b.npy"] { try folder.sparseNpy(name, [8192, 8192]) }
    let arguments = [
      "matmul", folder("a.npy"), folder("b.npy"), folder("c.npy"), "--memory", "192MiB", "--threads", "2",
    ]
    let plan = try ToolRun(arguments + ["--explain", "--json"]).json()
    let pass = try #require(plan["passes"]?.array?.first)
    let block = try #require(pass["block_shape"]?.array).compactMap(\.int)
    let product = try #require(pass["product"])
    let (left, right) = (try #require(product["left_reads"]?.int), try #require(product["right_reads"]?.int))
    #expect(left == (8192 + block[1] - 1) / block[1] && right == (8192 + block[0] - 1) / block[0])
    #expect(pass["bytes_read"]?.int == (left + right) * 8192 * 8192 * 4)
    #expect(try #require(product["least_bytes_read"]?.int) <= (left + right) * 8192 * 8192 * 4)
    #expect(try #require(plan["predicted_peak_bytes"]?.int) <= 192 << 20)
    let text = ToolRun(arguments + ["--explain"]).output
    #expect(text.contains("product of (8192, 8192) and (8192, 8192) in tiles of "))
    #expect(text.contains("the least that any order of work could read is "))
    #expect(folder.names == ["a.npy", "b.npy"])
  }

  @Test func mistakes() throws {
    let folder = try TemporaryFolder()
    let (a, _) = try operands(folder)
    let mismatch = ToolRun("matmul", a, a, folder("c.npy"))
    #expect(mismatch.status == 2 || mismatch.status == 1)
    #expect(mismatch.errors.contains("(size 2 is different from 3), shapes (2, 3) and (2, 3)"))
    #expect(mismatch.errors.split(separator: "\n").count == 1)
    #expect(ToolRun("matmul", a, folder("c.npy")).status == 2)
    #expect(ToolRun("matmul", a, folder("none.npy"), folder("c.npy")).status == 1)
    #expect(ToolRun("matmul", a, a, a, "--transpose-b").status == 1)
    #expect(folder.names == ["a.npy", "b.npy"])
  }
}

extension TemporaryFolder {
  /// A float32 array of zeros that takes no disk.
  fileprivate func sparseNpy(_ name: String, _ shape: [Int]) throws {
    let header = try NpyHeader.bytes(dtype: .float32, fortranOrder: false, shape: Shape(shape))
    let file = try File(at(name), .create)
    try file.write(header, at: 0)
    try file.truncate(to: header.count + shape.reduce(4, *))
  }
}
