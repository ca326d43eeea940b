/// The indices of a tile's values along what is reduced: at (row, column) the index
/// `start + row * step + column / group * groupStep`.
struct ReducedPositions {
  var start: Int
  var step: Int
  var group: Int
  var groupStep: Int
}
