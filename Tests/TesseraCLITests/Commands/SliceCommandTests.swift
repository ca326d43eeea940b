import TesseraCore
import TesseraStorage
import Testing

@testable import TesseraCLI

@Suite struct SliceCommandTests {
  @Test(
    arguments: [
      ("0", "[[ 0  1  2  3]\n [ 4  5  6  7]\n [ 8  9 10 11]]\n"), ("-1,-1,-1", "23\n"),
      ("-1:,0,::-2", "[[15 13]]\n"),
      ("...,None,0", "[[[ 0]\n  [ 4]\n  [ 8]]\n\n [[12]\n  [16]\n  [20]]]\n"), ("2:", "[]\n"),
      ("[1, 2, 1:3]", "[21 22]\n"),
    ])
  func printsAsNumPy(_ selection: String, _ expected: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [2, 3, 4], (0..<24).map { Int64($0) })
    let run = ToolRun("slice", path, selection)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output == expected)
  }

  @Test func largeArraysShowTheirEdges() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [100, 20], (0..<2000).map { Int32($0) })
    let expected = """
      [[   0    1    2 ...   17   18   19]
       [  20   21   22 ...   37   38   39]
       [  40   41   42 ...   57   58   59]
       ...
       [1940 1941 1942 ... 1957 1958 1959]
       [1960 1961 1962 ... 1977 1978 1979]
       [1980 1981 1982 ... 1997 1998 1999]]

      """
    #expect(ToolRun("slice", path, "...").output == expected)
    #expect(ToolRun("convert", path, folder("a.zarr"), "--chunks", "7x9", "--codec", "lz4").status == 0)
    #expect(ToolRun("slice", folder("a.zarr"), ":").output == expected)
  }

  @Test func edgesMatchTheWholeArray() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [9, 3, 50], (0..<1350).map { Float($0) / 7 })
    // The same elements through a selection with steps, an index and a new axis.
    let array = try StoredArray.open(path)
    for text in ["...", "::-1", ":,None,:,::-1", ":,::2"] {
      let region = try Selection(parsing: text).resolve(array.shape)
      let elements = try array.elements(Selection(parsing: text), as: Float.self)
      let copy = try folder.npy("copy.npy", region.resultShape.dimensions, elements)
      #expect(ToolRun("slice", path, text).output == ToolRun("slice", copy, "...").output, "\(text)")
    }
  }

  @Test func json() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [2, 2], [1.5, .nan, .infinity, -.infinity] as [Double])
    let json = try ToolRun("slice", path, "...", "--json").json()
    #expect(json["shape"] == [2, 2])
    #expect(json["dtype"] == "float64")
    #expect(json["data"] == [[1.5, "NaN"], ["Infinity", "-Infinity"]])
    #expect(try ToolRun("slice", path, "0,0", "--json").json()["data"] == 1.5)
    #expect(try ToolRun("slice", path, "2:", "--json").json()["data"] == [])
    let oddNaN = try folder.npy("n.npy", [1], [Float(bitPattern: 0x7FC0_0001)])
    #expect(try ToolRun("slice", oddNaN, "...", "--json").json()["data"] == ["NaN"])
  }

  @Test func jsonIsForSmallResults() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [100_001], [UInt8](repeating: 1, count: 100_001))
    let run = ToolRun("slice", path, "...", "--json")
    #expect(run.status == 2)
    #expect(run.errors.contains("-o DST"))
    #expect(try ToolRun("slice", path, "1:", "--json").json()["shape"] == [100_000])
  }

  /// Whether it is run or planned.
  @Test func tooManyElementsAreRefused() throws {
    let folder = try TemporaryFolder()
    let long = try folder.npy("a.npy", [100_001], [UInt8](repeating: 1, count: 100_001))
    // Of eight axes six elements each are shown, more than a million.
    let shape = [Int](repeating: 7, count: 8)
    let high = try folder.npy("h.npy", shape, [UInt8](repeating: 1, count: shape.reduce(1, *)))
    for (arguments, part) in [([long, "...", "--json"], "for JSON"), ([high, "..."], "to print")] {
      let run = ToolRun(["slice"] + arguments)
      #expect(run.status == 2 && run.errors.contains("too many elements \(part)"), "\(run.errors)")
      let planned = ToolRun(["slice"] + arguments + ["--explain"])
      #expect(planned.status == 2 && planned.output.isEmpty, "\(arguments)")
      #expect(planned.errors == run.errors, "\(planned.errors)")
    }
    #expect(ToolRun("slice", long, "...", "--explain").status == 0)
  }

  @Test func writesToADestination() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [10, 4], (0..<40).map { Int32($0) })
    #expect(ToolRun("slice", path, "-3:,::-1", "-o", folder("b.npy")).status == 0)
    #expect(ToolRun("slice", folder("b.npy"), "...").output == ToolRun("slice", path, "-3:,::-1").output)
    #expect(
      ToolRun("slice", path, ":,1", "-o", folder("c.zarr"), "--codec=lz4", "--dtype", "float64").status == 0)
    #expect(ToolRun("slice", folder("c.zarr"), ":3").output == "[1. 5. 9.]\n")
    let plan = try ToolRun("slice", path, ":5", "-o", folder("d.npy"), "--explain", "--json").json()
    #expect(plan["bytes_written"] == 80)
    #expect(folder.names == ["a.npy", "b.npy", "c.zarr"])
  }

  @Test func layoutNeedsADestination() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [1], [1] as [Int32])
    #expect(ToolRun("slice", path, "0", "--codec", "lz4").status == 2)
  }

  @Test(arguments: ["5", "0,0", "a", "::0", "...,...", ""])
  func badSelections(_ selection: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [5], [1, 2, 3, 4, 5] as [Int32])
    let run = ToolRun("slice", path, selection)
    #expect(run.status == 2)
    #expect(run.errors.hasPrefix("tessera: error: ") && run.errors.count { $0 == "\n" } == 1)
  }

  @Test func explainOfPrinting() throws {
    let folder = try TemporaryFolder()
    let path = try folder.npy("a.npy", [100, 20], [Int32](repeating: 1, count: 2000))
    let json = try ToolRun("slice", path, "...", "--explain", "--json").json()
    #expect(json["bytes_read"] == 8000)
    #expect(json["bytes_written"] == 0)
    // As text only the edges are shown, and read.
    #expect(ToolRun("slice", path, "...", "--explain").output.contains("reads 144 B"))
  }
}
