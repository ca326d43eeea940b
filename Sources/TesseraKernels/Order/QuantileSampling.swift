import Glibc
import TesseraCore

/// How many elements a sample needs for pivots, where they are worth a pass over the elements.
struct QuantileSampling: Sendable {
  /// One of so many elements is taken, on average.
  let step: Int
  /// Bytes for what is gathered, of the sample and then between pivots, grouped and as keys.
  let memory: Int

  /// Closer than this the sample itself would cost what it saves.
  private static let leastStep = 4
  /// Beyond this part of the elements between pivots, counting them is no slower.
  private static let mostShare = 0.4

  /// nil where a sample would not help: for few elements, or for many probabilities.
  ///
  /// - Parameter count: elements of each kept position.
  init?(_ request: QuantileRequest, itemSize: Int, kept: Int, count: Int, partials: Int) {
    // As many elements of the sample as there are between pivots, which is the least of both together.
    let size = pow(4.5 * Double(count), 2.0 / 3)
    guard kept > 0, size >= 1, Double(count) / size >= Double(QuantileSampling.leastStep) else { return nil }
    let share = request.probabilities.reduce(0.0) { share, q in
      share + min(1, Double(2 * Pivots.distance(q, count: Int(size)) + 2) / size)
    }
    guard share <= QuantileSampling.mostShare else { return nil }
    let gathered = Double(kept) * max(size, share * Double(count))
    // A half more than expected, and a page each, for threads need not share evenly.
    let pages = partials * OwnedElements.leastMemory(itemSize: itemSize)
    let perElement = OwnedElements.bytesPerElement(itemSize: itemSize)
    let bytes = 1.5 * gathered * Double(perElement) + Double(pages)
    guard bytes < 1e17 else { return nil }
    memory = (Int(bytes) / perElement + partials) * QuantileSampling.bytesPerElement(itemSize: itemSize)
    step = Int(Double(count) / size)
  }

  /// Of an element that is gathered: its page, its group, and the keys of the group, which may be all there are.
  private static func bytesPerElement(itemSize: Int) -> Int {
    OwnedElements.bytesPerElement(itemSize: itemSize) + itemSize + ElementGroups.scratchBytes
  }

  /// What part of the memory is for pages.
  static func pageBytes(of memory: Int, itemSize: Int) -> Int {
    memory / bytesPerElement(itemSize: itemSize) * OwnedElements.bytesPerElement(itemSize: itemSize)
  }
}
