import Tessera
import TesseraCore
import TesseraEngine
import TesseraStorage

/// What `stats` found, computed: a row for each feature.
struct SummaryTable {
  /// Rows that fit a screen, with a title, heads and a note.
  static let screen = 20
  /// Rows that are made at a time.
  private static let batch = 1000

  /// Where the features are: what remains of the array's shape.
  let shape: Shape
  let names: [String]
  /// The columns, in memory, with their names.
  let arrays: [Writing.Member]
  private let columns: [StoredArray]
  private let flatColumns: [StoredArray]

  /// Computes all columns together.
  init(_ summary: ArraySummary, _ options: TransferOptions) throws {
    shape = summary.count.shape
    names = summary.columns.map(\.name)
    let computed = try evaluate(summary.columns.map(\.array), options: options)
    arrays = zip(names, computed).map { ($0, $1) }
    columns = try computed.map { try $0.stored() }
    flatColumns = try computed.map { try $0.ravel().stored() }
  }

  /// Calls `body` with rows, a thousand at a time.
  func forEachBatch(
    _ ranges: [Range<Int>], _ body: (_ first: Int, _ rows: [[JSONValue]]) throws -> Void
  ) throws {
    for range in ranges {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: SummaryTable.batch) {
        let part = start..<min(range.upperBound, start + SummaryTable.batch)
        let values = try flatColumns.map { try ArrayJSON.elements($0, part) }
        try body(start, part.indices.map { row in values.map { $0[row - start] } })
      }
    }
  }

  /// - Parameter destination: where the table was written; stands for columns that are too long for JSON.
  func json(
    _ shape: Shape, _ dtype: DType, _ axis: Int?, writtenTo destination: String?
  ) throws -> JSONValue {
    var members = JSONObject()
    members["shape"] = JSONValue(shape.dimensions)
    members["dtype"] = .string(dtype.name)
    members["axis"] = axis.map { JSONValue($0) } ?? .null
    if let destination, !ArrayJSON.holds(self.shape) {
      members["destination"] = .string(destination)
      return .object(members)
    }
    for (name, column) in zip(names, columns) { members[name] = try ArrayJSON.data(column) }
    return .object(members)
  }

  /// Prints aligned rows; of more than `most` the first and the last ones.
  func print(_ most: Int?, _ write: (String) throws -> Void) throws {
    let count = shape.count
    let half = (most ?? count) / 2
    let isCut = most != nil && count > 2 * half
    let shown = isCut ? [0..<half, count - half..<count] : [0..<count]
    let heads = (shape.rank > 0 ? ["feature"] : []) + ["count", "nan", "min", "max", "mean", "std"]
    var widths = heads.map(\.count)
    try forEachBatch(shown) { first, rows in
      for (number, row) in rows.enumerated() {
        widths = zip(widths, cells(first + number, row)).map { max($0, $1.count) }
      }
    }
    try write(SummaryTable.line(heads, widths))
    try forEachBatch(shown) { first, rows in
      if isCut, first == shown[1].lowerBound {
        try write(SummaryTable.line(heads.map { _ in "..." }, widths))
      }
      try write(rows.enumerated().map { SummaryTable.line(cells(first + $0, $1), widths) }.joined())
    }
    if isCut { try write("\(count) features; --all-features prints all of them, -o writes them\n") }
  }

  private func cells(_ feature: Int, _ row: [JSONValue]) -> [String] {
    let name = shape.rank == 1 ? "\(feature)" : Shape.describe(shape.index(ordinal: feature))
    return (shape.rank > 0 ? [name] : []) + row.map(SummaryTable.text)
  }

  private static func text(_ value: JSONValue) -> String {
    if let flag = value.bool { return flag ? "True" : "False" }
    guard let number = value.number else { return Quantity.significant(value.special ?? .nan) }
    return number.text.contains { ".eE".contains($0) } ? Quantity.significant(number.double) : number.text
  }

  private static func line(_ cells: [String], _ widths: [Int]) -> String {
    zip(cells, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
      + "\n"
  }
}

extension JSONValue {
  /// The float that a string stands for where JSON has no number.
  var special: Double? {
    switch string {
    case "NaN": .nan
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    default: nil
    }
  }
}

extension NDArray {
  /// An array whose elements have been computed, as one that can be read in parts.
  func stored() throws -> StoredArray { StoredArray(try NodeSource.driver(of: node)) }
}

extension Shape {
  /// The position of an element from its number in C order.
  fileprivate func index(ordinal: Int) -> [Int] {
    var rest = ordinal
    return strides.map { stride in
      defer { rest %= stride }
      return rest / stride
    }
  }
}
