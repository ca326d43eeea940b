import TesseraCore

@testable import TesseraStorage

/// A form that the library writes, with the layout that makes it what it is.
struct StoredForm: Sendable, CustomStringConvertible {
  var name: String
  var suffix: String
  /// nil for forms without a layout; otherwise made for a shape.
  var layout: (@Sendable (_ shape: [Int]) -> ArrayLayout)?

  var description: String { name }

  func layout(for shape: [Int]) -> ArrayLayout { layout?(shape) ?? ArrayLayout() }

  /// Chunks that divide nothing evenly.
  private static func odd(_ shape: [Int]) -> [Int] { shape.map { max(1, ($0 * 2 + 2) / 5) } }
  private static func shards(_ shape: [Int]) -> [Int] { odd(shape).enumerated().map { $1 * ($0 % 2 + 2) } }

  static let all: [StoredForm] = {
    var forms = [
      StoredForm(name: "npy", suffix: "npy"), StoredForm(name: "npz", suffix: "npz"),
      StoredForm(name: "zarr, default layout", suffix: "zarr"),
      StoredForm(name: "deflated npz", suffix: "npz") { _ in ArrayLayout(codec: .gzip) },
    ]
    for codec in ArrayLayout.Codec.allCases {
      for checksum in [false, true] {
        let suffix = checksum ? ", checksum" : ""
        forms.append(
          StoredForm(name: "v3 \(codec.rawValue), shards\(suffix)", suffix: "zarr") {
            ArrayLayout(codec: codec, chunks: odd($0), shards: .shape(shards($0)), checksum: checksum)
          })
        forms.append(
          StoredForm(name: "v3 \(codec.rawValue), no shards\(suffix)", suffix: "zarr") {
            ArrayLayout(codec: codec, chunks: odd($0), shards: .none, checksum: checksum)
          })
      }
      forms.append(
        StoredForm(name: "v2 \(codec.rawValue)", suffix: "zarr") {
          ArrayLayout(codec: codec, chunks: odd($0), zarrFormat: 2)
        })
      forms.append(
        StoredForm(name: "v3 \(codec.rawValue), one element a chunk", suffix: "zarr") {
          ArrayLayout(codec: codec, chunks: $0.map { _ in 1 }, shards: .shape($0.map { max($0, 1) }))
        })
    }
    forms.append(
      StoredForm(name: "v3 lz4 level 9, automatic shards", suffix: "zarr") {
        ArrayLayout(codec: .lz4, level: 9, chunks: odd($0))
      })
    return forms
  }()
}
