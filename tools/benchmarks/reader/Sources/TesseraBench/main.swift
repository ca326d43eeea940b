// Usage: tessera-bench read-all|rows|tiles STORE [--positions FILE.npy] [--json]
//
// Reads a two-dimensional float32 array into memory, times that alone, and prints the seconds and a float64
// sum of what was read, by which the benchmark checks the answer.

import Tessera

struct Answer {
  var seconds: Double
  var checksum: Double
}

func sum(_ values: UnsafeBufferPointer<Float>) -> Double {
  // Eight lanes, so that adding does not take longer than reading.
  var lanes = SIMD8<Double>.zero
  var index = 0
  while index + 8 <= values.count {
    for lane in 0..<8 { lanes[lane] += Double(values[index + lane]) }
    index += 8
  }
  return values[index...].reduce(lanes.sum()) { $0 + Double($1) }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let time = try ContinuousClock().measure(body)
  return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
}

func measure(count: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Void) throws -> Answer {
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count * 4, alignment: 64)
  defer { memory.deallocate() }
  let time = try seconds { try body(memory) }
  return Answer(seconds: time, checksum: sum(UnsafeBufferPointer(memory.bindMemory(to: Float.self))))
}

func readAll(_ array: StoredArray) throws -> Answer {
  try measure(count: array.shape.count) { try array.read(into: $0) }
}

func readRows(_ array: StoredArray, _ positions: StoredArray) throws -> Answer {
  let rows = try positions.elements(as: Int.self)
  return try measure(count: rows.count * array.shape[1]) { try array.take(rows, into: $0) }
}

/// Boxes of 256 x 256, clipped at the edges, one after another, each added up before the next is read.
func readTiles(_ array: StoredArray, _ positions: StoredArray) throws -> Answer {
  let corners = try positions.elements(as: Int.self)
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 256 * 4, alignment: 64)
  defer { memory.deallocate() }
  var answer = Answer(seconds: 0, checksum: 0)
  for number in stride(from: 0, to: corners.count, by: 2) {
    let region = Region([
      corners[number]..<min(corners[number] + 256, array.shape[0]),
      corners[number + 1]..<min(corners[number + 1] + 256, array.shape[1]),
    ])
    let tile = UnsafeMutableRawBufferPointer(rebasing: memory[..<(region.count * 4)])
    answer.seconds += try seconds { try array.read(region, into: tile) }
    answer.checksum += sum(UnsafeBufferPointer(tile.bindMemory(to: Float.self)))
  }
  return answer
}

do {
  let arguments = Array(CommandLine.arguments.dropFirst())
  guard arguments.count >= 2 else {
    throw TesseraError(.usage, "arguments", expected: "read-all|rows|tiles STORE [--positions FILE.npy]")
  }
  let array = try StoredArray.open(arguments[1])
  func positions() throws -> StoredArray {
    guard let option = arguments.firstIndex(of: "--positions"), option + 1 < arguments.count else {
      throw TesseraError(.usage, "--positions is missing", expected: "an int64 .npy file")
    }
    return try StoredArray.open(arguments[option + 1])
  }
  let answer: Answer
  switch arguments[0] {
  case "read-all": answer = try readAll(array)
  case "rows": answer = try readRows(array, try positions())
  case "tiles": answer = try readTiles(array, try positions())
  case let other: throw TesseraError(.usage, "job", expected: "read-all, rows or tiles", got: other)
  }
  print("{\"seconds\": \(answer.seconds), \"checksum\": \(answer.checksum)}")
} catch {
  print("tessera-bench: error: \(error)")
  throw error
}
