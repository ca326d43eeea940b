import TesseraCore
public import TesseraStorage

// The file of parameters, an .npz archive that numpy.load reads without pickle:
//
//   center, scale           float64, a number per feature: z = (x - center) / scale
//   method                  a string of shape (): zscore, minmax, maxabs, robust, l2 or l1
//   axis                    int64 of shape (): what statistics were taken along; 0 when missing
//   dtype                   a string of shape (): the dtype of the data; float64 when missing
//   count, m2               of zscore: values that were not NaN, and their squared deviations from the mean
//   data_min, data_max      of minmax
//   max_abs                 of maxabs
//
// center, scale and method are what a file must have, but l2 and l1 have no center and scale. The other members let
// fits be merged.
extension Normalizer {
  /// Writes the parameters to an `.npz` archive, which `load` and `numpy.load` read.
  ///
  /// - Parameter options: `overwrite` replaces an existing file.
  /// - Throws: `.usage` for a name that does not end in `.npz`; `.exists`; `.system`.
  public func save(to path: String, options: TransferOptions = .init()) throws {
    _ = try Writing([archive(path)], options: options).run()
  }

  /// The parameters on their way to an archive, alone or beside what they make of an array.
  func archive(_ path: String) throws -> WritingDestination {
    var arrays: [(name: String, array: NDArray)] = []
    if let center, let scale { arrays = [("center", center), ("scale", scale)] }
    arrays.append(("axis", NDArray(Int64(axis))))
    for (name, values) in statistics.members {
      arrays.append((name, try NDArray(values, shape: featureShape.dimensions)))
    }
    let texts = [("method", method.rawValue)] + (method.scalesRows ? [] : [("dtype", dtype.name)])
    return try WritingDestination(archive: path, arrays, texts: texts)
  }
}

extension NormalizerStatistics {
  /// What is saved beside center and scale.
  fileprivate var members: [(name: String, values: [Double])] {
    switch self {
    case .moments(let count, _, let m2): [("count", count), ("m2", m2)]
    case .range(let minimum, let maximum): [("data_min", minimum), ("data_max", maximum)]
    case .magnitude(let most): [("max_abs", most)]
    case .quartiles, .fixed, .planned, .none: []
    }
  }
}
