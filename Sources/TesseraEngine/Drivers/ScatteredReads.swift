import TesseraCore
import TesseraStorage

/// Elements that lie scattered are copied from a box that holds them, where an array would read as much for one of them.
enum ScatteredReads {
  private static let leastBytes = 1 << 20
  /// Where chunks are larger they are read more than once; the least budget must do.
  private static let mostBytes = 4 << 20

  /// What a box may take.
  ///
  /// - Parameter cell: what the array reads as one.
  static func mostBytes(cell: [Int], of array: ArrayDescription, itemSize: Int) -> Int {
    let box = max(leastBytes, min(cell.saturatingProduct(itemSize), mostBytes), itemSize)
    return min(box, max(itemSize, array.logicalBytes ?? box))
  }
}

extension ArraySlice {
  /// How many elements from the first on are each to the one before as `follows` says.
  func prefixLength(_ follows: (Element, Element) -> Bool) -> Int {
    var end = startIndex + 1
    while end < endIndex, follows(self[end - 1], self[end]) { end += 1 }
    return end - startIndex
  }
}
