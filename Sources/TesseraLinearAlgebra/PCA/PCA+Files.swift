import TesseraCore
import TesseraEngine
public import TesseraStorage

// The file of components, an .npz archive that numpy.load reads: mean, components, singular_values, explained_variance,
// explained_variance_ratio, as scikit-learn's attributes without their underscores; and float64 noise_variance and int64
// n_samples of shape (), which may be missing.
extension PCA {
  /// Writes the attributes to an `.npz` archive, which `load` and `numpy.load` read.
  ///
  /// - Parameter options: `overwrite` replaces an existing file.
  /// - Throws: `.usage` for a name that does not end in `.npz`; `.exists`; `.system`.
  public func save(to path: String, options: TransferOptions = .init()) throws {
    _ = try Writing(archive: path, members, options: options).run()
  }

  var members: [(name: String, array: NDArray)] {
    var members = [
      (name: "mean", array: mean), ("components", components), ("singular_values", singularValues),
      ("explained_variance", explainedVariance), ("explained_variance_ratio", explainedVarianceRatio),
    ]
    if let noiseVariance { members.append(("noise_variance", NDArray(noiseVariance))) }
    if let sampleCount { members.append(("n_samples", NDArray(Int64(sampleCount)))) }
    return members
  }

  /// Reads what `save` wrote, or `numpy.savez` with the same names.
  ///
  /// - Throws: `.notFound`; `.corrupt` for files that are no archive, lack an attribute, or whose shapes do not go together.
  public static func load(from path: String) throws -> PCA {
    let names = Set(try NpzArchive(path).names)
    return try naming(path) {
      func member(_ name: String) throws -> NDArray {
        guard names.contains(name) else {
          throw TesseraError(.corrupt, "no components", expected: "a member '\(name)'")
        }
        return try NDArray.open("\(path)/\(name)").evaluated()
      }
      let components = try member("components")
      guard components.ndim == 2 else {
        throw TesseraError(.corrupt, "components", expected: "2 dimensions", got: "shape \(components.shape)")
      }
      func vector(_ name: String, _ length: Int) throws -> NDArray {
        let array = try member(name)
        guard array.shape.dimensions == [length] else {
          throw TesseraError(.corrupt, name, expected: "shape (\(length),)", got: "\(array.shape)")
        }
        return array
      }
      func scalar(_ name: String) throws -> Double? {
        guard names.contains(name) else { return nil }
        return try member(name).astype(.float64).item(as: Double.self)
      }
      let count = components.shape[0]
      return try PCA(
        mean: vector("mean", components.shape[1]), components: components,
        singularValues: vector("singular_values", count),
        explainedVariance: vector("explained_variance", count),
        explainedVarianceRatio: vector("explained_variance_ratio", count),
        noiseVariance: scalar("noise_variance"),
        sampleCount: scalar("n_samples").flatMap { Int(exactly: $0) })
    }
  }
}
