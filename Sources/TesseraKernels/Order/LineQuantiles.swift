import CTesseraKernels
package import TesseraCore

/// Quantiles of lines of elements that are in memory.
package enum LineQuantiles {
  /// Bytes of scratch that lines of `columns` elements need.
  package static func scratchBytes(columns: Int) -> Int { 2 * columns * MemoryLayout<UInt64>.size }

  /// Writes the quantiles of each of `rows` lines of `columns` adjacent elements.
  ///
  /// Answers have `request.resultDType(of: dtype)`; that of probability p and row r becomes element
  /// p * `stride` + r of `target`. They equal those of `numpy.quantile`, or `median`, of each line, except that
  /// zeros have no sign and NaNs no payload. A line without elements, or with nothing but skipped NaNs, gives
  /// NaN (0 where the answers are integers). The elements are not changed; time is linear in their number.
  ///
  /// `scratch`, aligned for UInt64, has at least `scratchBytes(columns:)`.
  package static func quantiles(
    _ request: QuantileRequest, _ dtype: DType, rows: Int, columns: Int, values: UnsafeRawPointer,
    scratch: UnsafeMutableRawBufferPointer, into target: UnsafeMutableRawPointer, stride: Int
  ) throws {
    let resultSize = try request.resultDType(of: dtype).itemSize
    precondition(rows >= 0 && columns >= 0 && scratch.count >= scratchBytes(columns: columns))
    let words = scratch.bindMemory(to: UInt64.self)
    var line = Line(request, dtype, columns, words)
    var results = QuantileResults(request, dtype)
    var written = 0
    for row in 0..<rows {
      line.append(values + row * columns * dtype.itemSize, to: &results)
      if results.count >= 1024 || row + 1 == rows {
        results.write(to: target + written * resultSize, stride: stride)
        results.removeAll()
        written = row + 1
      }
    }
  }

  /// One line after the other.
  private struct Line {
    let request: QuantileRequest
    let dtype: DType
    let columns: Int
    let words: UnsafeMutableBufferPointer<UInt64>
    var ranks: QuantileRanks
    var selected: [UInt64] = []

    init(
      _ request: QuantileRequest, _ dtype: DType, _ columns: Int, _ words: UnsafeMutableBufferPointer<UInt64>
    ) {
      self.request = request
      self.dtype = dtype
      self.columns = columns
      self.words = words
      ranks = QuantileRanks(request)
    }

    mutating func append(_ values: UnsafeRawPointer, to results: inout QuantileResults) {
      guard columns > 0, let keys = words.baseAddress else { return appendMissing(to: &results) }
      OrderedKeys.keys(dtype, count: columns, values: values, into: keys)
      let nans = dtype.kind == .floating ? tessera_count_nan_keys(columns, keys) : 0
      guard nans == 0 || (request.skipsNaN && nans < columns) else { return appendMissing(to: &results) }
      ranks.update(count: columns - nans)
      if selected.count != ranks.ranks.count {
        selected = [UInt64](repeating: 0, count: ranks.ranks.count)
      }
      // NaNs sort last, so they change no rank below their number.
      tessera_select_keys(columns, keys, keys + columns, selected.count, ranks.ranks, &selected)
      for (position, place) in zip(ranks.positions, ranks.places) {
        results.append(selected[place.lower], selected[place.upper], position.fraction)
      }
    }

    private func appendMissing(to results: inout QuantileResults) {
      for _ in request.probabilities { results.appendMissing() }
    }
  }
}
