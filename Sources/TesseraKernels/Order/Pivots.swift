import CTesseraKernels
import TesseraCore

/// Two elements for each probability and kept position, between which the wanted ranks very probably lie.
struct Pivots: Sendable {
  let dtype: DType
  let kept: Int
  /// Those of probability p and kept position k have number p * `kept` + k.
  private(set) var lowKeys: [UInt64] = []
  private(set) var highKeys: [UInt64] = []
  /// The elements with these keys.
  private(set) var lows: [UInt8] = []
  private(set) var highs: [UInt8] = []

  var count: Int { lowKeys.count }
  /// Pairs for each kept position.
  var width: Int { kept == 0 ? 0 : count / kept }

  /// Takes them from a sample of every position.
  ///
  /// A rank among the elements is, but for few of a million cases, no further from its place in the sample than
  /// `distance` (R. W. Floyd, R. L. Rivest, "Expected time bounds for selection",
  /// https://doi.org/10.1145/360680.360691). Where the sample ends before that, the pivot is the least or greatest element
  /// there can be.
  init(_ request: QuantileRequest, _ dtype: DType, kept: Int, sample: OwnedElements) {
    self.dtype = dtype
    self.kept = kept
    let pairs = request.probabilities.count * kept
    let bounds = OrderedKeys.bounds(dtype)
    lowKeys = [UInt64](repeating: bounds.lowerBound, count: pairs)
    highKeys = [UInt64](repeating: bounds.upperBound, count: pairs)
    choose(request, from: sample)
    lows = elements(of: lowKeys)
    highs = elements(of: highKeys)
  }

  /// How many places in a sample of `count` a rank of probability `q` may be away from its own: four and a half standard
  /// deviations, and some for the tails, where they are few.
  static func distance(_ q: Double, count: Int) -> Int {
    Int(4.5 * (q * (1 - q) * Double(count)).squareRoot()) + 5
  }

  private mutating func choose(_ request: QuantileRequest, from sample: OwnedElements) {
    let groups = ElementGroups(sample, dtype, owners: kept)
    groups.withSelector { selector in
      for position in 0..<kept {
        selector.open(position)
        let count = selector.count - selector.nans
        for (number, place) in request.positions(count: count).enumerated() {
          let distance = Pivots.distance(request.probabilities[number], count: count)
          let pair = number * kept + position
          if place.lower >= distance { lowKeys[pair] = selector.key(ofRank: place.lower - distance) }
          if place.upper + distance < count {
            highKeys[pair] = selector.key(ofRank: place.upper + distance)
          }
        }
      }
    }
  }

  private func elements(of keys: [UInt64]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: keys.count * dtype.itemSize) { bytes, filled in
      for (place, key) in keys.enumerated() {
        OrderedKeys.value(ofKey: key, dtype, into: bytes.baseAddress! + place * dtype.itemSize)
      }
      filled = keys.count * dtype.itemSize
    }
  }
}
