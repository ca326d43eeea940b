/// How a chunk's index becomes a file's path within the store.
///
/// https://zarr-specs.readthedocs.io/en/latest/v3/chunk-key-encodings/default/index.html
package struct ChunkKeys: Sendable, Hashable {
  package enum Style: Sendable {
    /// `c/1/2`, a scalar `c`.
    case standard
    /// `1.2`, a scalar `0`.
    case v2
  }

  package var style: Style
  package var separator: Character

  package init(_ style: Style, separator: Character) {
    self.style = style
    self.separator = separator
  }

  package func path(_ index: [Int]) -> String {
    let parts = index.map(String.init).joined(separator: String(separator))
    switch style {
    case .standard: return index.isEmpty ? "c" : "c\(separator)\(parts)"
    case .v2: return index.isEmpty ? "0" : parts
    }
  }
}
