import Testing

@testable import TesseraCore

@Suite struct SelectionTests {
  /// The positions of Python's `range(length)[start:stop:step]`, by the rules of the language reference
  /// ("Sequence Types", notes 4 and 5) and not by CPython's arithmetic: bounds beyond the ends are cut, then
  /// positions are tried one after another.
  private static func positions(_ start: Int?, _ stop: Int?, _ step: Int?, length: Int) -> [Int] {
    let step = step ?? 1
    func bound(_ value: Int) -> Int {
      let fromStart = value < 0 ? value.addingReportingOverflow(length).partialValue : value
      return step > 0 ? min(max(fromStart, 0), length) : min(max(fromStart, -1), length - 1)
    }
    let first = start.map(bound) ?? (step > 0 ? 0 : length - 1)
    let end = stop.map(bound) ?? (step > 0 ? length : -1)
    var positions: [Int] = []
    for position in 0..<length {
      let position = step > 0 ? position : length - 1 - position
      let isBetween = step > 0 ? position >= first && position < end : position <= first && position > end
      if isBetween, (position - first) % step == 0 { positions.append(position) }
    }
    return positions
  }

  private static let bounds: [Int?] = [nil, Int.min, -1000] + Array(-7...7).map { $0 } + [1000, Int.max]
  private static let steps: [Int?] = [nil, Int.min, -1000, -5, -3, -2, -1, 1, 2, 3, 5, 1000, Int.max]

  @Test(arguments: 0...5)
  func slicesAreThoseOfPython(_ length: Int) throws {
    let shape = try Shape([length])
    for step in SelectionTests.steps {
      for start in SelectionTests.bounds {
        for stop in SelectionTests.bounds {
          let resolved = try Selection([.slice(start: start, stop: stop, step: step)]).resolve(shape)
          let axis = resolved.axes[0]
          let got = (0..<axis.count).map { axis.start + $0 * axis.step }
          let expected = SelectionTests.positions(start, stop, step, length: length)
          if got != expected {
            Issue.record(
              "[\(start as Any):\(stop as Any):\(step as Any)] of \(length): \(got), not \(expected)")
          }
          if resolved.resultShape.dimensions != [expected.count] {
            Issue.record("shape \(resolved.resultShape)")
          }
          if let low = expected.min(), let high = expected.max(), resolved.bounds != Region([low..<high + 1])
          {
            Issue.record("bounds \(resolved.bounds) of \(expected)")
          }
        }
      }
    }
  }

  @Test func slicesOfAVeryLongAxis() throws {
    let length = 1 << 58
    let shape = try Shape([length])
    for (start, stop, step) in [
      (Int.min, Int.max, 3), (Int.max, Int.min, -7), (nil, nil, Int.max), (nil, nil, Int.min),
    ]
      as [(Int?, Int?, Int?)]
    {
      let axis = try Selection([.slice(start: start, stop: stop, step: step)]).resolve(shape).axes[0]
      let last = axis.start + (axis.count - 1) * axis.step
      #expect((0..<length).contains(axis.start) && (0..<length).contains(last))
    }
  }

  /// As NumPy clips them; an index that is no integer of the machine is refused.
  @Test func slicesMayBeBeyondAnyInteger() throws {
    let shape = try Shape([4, 5])
    func result(_ text: String) throws -> [Int] {
      try Selection(parsing: text).resolve(shape).resultShape.dimensions
    }
    let huge = "99999999999999999999"
    #expect(try result(":\(huge)") == [4, 5])
    #expect(try result("-\(huge):+\(huge),::\(huge)") == [4, 1])
    #expect(try result("\(huge):,:-\(huge)") == [0, 0])
    #expect(try result("::-\(huge)") == [1, 5])
    for text in [huge, "-\(huge)", ":\(huge)x", ":--\(huge)", ":-"] {
      #expect(throws: TesseraError.self, "\(text)") { try Selection(parsing: text) }
    }
  }

  @Test func indicesDropTheirAxis() throws {
    let shape = try Shape([4, 5])
    for index in -4...3 {
      let resolved = try Selection([.index(index)]).resolve(shape)
      #expect(resolved.axes[0].start == (index + 4) % 4)
      #expect(resolved.resultShape.dimensions == [5])
    }
    for index in [4, -5, Int.max, Int.min] {
      let error = #expect(throws: TesseraError.self) { try Selection([.index(index)]).resolve(shape) }
      #expect(error?.description == "index \(index) is out of bounds for axis 0 with size 4")
    }
  }

  @Test func ellipsisAndNewAxes() throws {
    let shape = try Shape([2, 3, 4])
    func result(_ text: String) throws -> [Int] {
      try Selection(parsing: text).resolve(shape).resultShape.dimensions
    }
    #expect(try result("...") == [2, 3, 4])
    #expect(try result("...,1") == [2, 3])
    #expect(try result("1,...") == [3, 4])
    #expect(try result("None,...,None") == [1, 2, 3, 4, 1])
    #expect(try result("0,None,1,None,2") == [1, 1])
    #expect(try result("0,...,1,2") == [])
    #expect(try result("0,1,2,...") == [])
    #expect(try Selection.all.resolve(Shape([])).resultShape.dimensions == [])
    for text in ["...,...", "0,0,0,0", "::0"] {
      let error = #expect(throws: TesseraError.self) { try result(text) }
      #expect(error?.kind == .usage)
    }
    let many = Selection([Selection.Item](repeating: .newAxis, count: 62))
    #expect(throws: TesseraError.self) { try many.resolve(shape) }
  }

  @Test func parsesNumPysSyntax() throws {
    let items = try Selection(parsing: " [ 0:100 , : , -5, ::-2 ,...,None, 1: , :2] ").items
    #expect(
      items == [
        .slice(start: 0, stop: 100), .slice(), .index(-5), .slice(step: -2), .ellipsis, .newAxis,
        .slice(start: 1), .slice(stop: 2),
      ])
    #expect(try Selection(parsing: "3,").items == [.index(3)])
    #expect(try Selection(parsing: "1:2:").items == [.slice(start: 1, stop: 2)])
  }

  /// NumPy takes a list of integers for rows of that number, and not for one position on each axis.
  @Test(arguments: ["[0,2]", "[3]", " [ -1 , 0, ] ", "(0,1)", "[[0,2]]", "[0,2],:"])
  func refusesLists(_ text: String) {
    let error = #expect(throws: TesseraError.self) { try Selection(parsing: text) }
    #expect(error?.kind == .usage)
  }

  @Test(arguments: [("[0:2, 3]", "0:2,3"), ("[...]", "..."), ("[0, None]", "0,None"), ("[:,]", ":")])
  func bracketsAroundSlices(_ text: String, _ plain: String) throws {
    #expect(try Selection(parsing: text).items == Selection(parsing: plain).items)
  }

  @Test(arguments: [
    "", "[]", ",", "a", "1.5", "1:2:3:4", "0x10", "1 2", ",1", "1,,2", "- 1", "99999999999999999999", "1:b",
    "[1",
    "1]", "--1", "....", "1e3", "\u{0}", "١",
  ])
  func refusesOtherText(_ text: String) {
    let error = #expect(throws: TesseraError.self) { try Selection(parsing: text) }
    #expect(error?.kind == .usage)
  }
}
