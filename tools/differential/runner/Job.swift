import Tessera

/// Steps that make arrays, which of them to compute together, and how.
struct Job {
  let steps: [JSONValue]
  let outputs: [Int]
  let options: TransferOptions
  /// `evaluate`, or the form to write to straight away: `npy`, `zarr-none`, `zarr-lz4`.
  let how: String
  /// Where results go; it exists and is empty.
  let folder: String

  init(parsing line: String) throws {
    let job = try JSONValue(parsing: line)
    steps = job["steps"]?.array ?? []
    outputs = job["outputs"]?.ints ?? []
    how = job["how"]?.string ?? "evaluate"
    folder = job["folder"]?.string ?? "."
    options = TransferOptions(memory: job["memory"]?.int, threads: job["threads"]?.int)
  }

  func run() -> JSONValue {
    do {
      var arrays: [Int: NDArray] = [:]
      for step in steps {
        let number = step["id"]?.int ?? -1
        do { arrays[number] = try Step(step, arrays, options).array() } catch {
          throw JobFailure(step: number, error)
        }
      }
      do { return ["ok": true, "outputs": .array(try compute(outputs.map { arrays[$0]! }))] } catch {
        throw JobFailure(step: nil, error)
      }
    } catch let failure as JobFailure {
      return failure.answer
    } catch {
      return JobFailure(step: nil, error).answer
    }
  }

  private func compute(_ arrays: [NDArray]) throws -> [JSONValue] {
    // No .npy holds bfloat16; float32 has all of its values.
    let computed = how == "evaluate" ? try evaluate(arrays, options: options) : arrays
    return try zip(outputs, zip(arrays, computed)).map { number, pair in
      let (array, result) = pair
      let written = array.dtype == .bfloat16 ? result.astype(.float32) : result
      let path = "\(folder)/\(number)" + (how.hasPrefix("zarr") ? ".zarr" : ".npy")
      let layout = how == "zarr-lz4" ? ArrayLayout(codec: .lz4) : ArrayLayout()
      try written.write(to: path, layout: layout, options: options)
      return [
        "dtype": .string(array.dtype.name),
        "shape": .array(array.shape.dimensions.map { .number(.init($0)) }),
        "path": .string(path),
      ]
    }
  }
}

/// What a step or the evaluation threw.
struct JobFailure: Error {
  let step: Int?
  let error: any Error

  init(step: Int?, _ error: any Error) {
    self.step = step
    self.error = error
  }

  var answer: JSONValue {
    let kind = (error as? TesseraError).map { "\($0.kind)" } ?? "other"
    return [
      "ok": false, "step": step.map { .number(.init($0)) } ?? .null, "kind": .string(kind),
      "message": .string("\(error)"),
    ]
  }
}

/// A mistake in the job itself.
struct BadJob: Error {
  let what: String
}
